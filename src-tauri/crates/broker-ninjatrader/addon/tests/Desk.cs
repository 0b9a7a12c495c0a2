// A bridge over the stand-in whose clock the test turns, and a client without a socket.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NinjaTrader.Cbi;
using NinjaTrader.Data;

namespace PhantomDesk.Bridge.Tests
{
    /// <summary>Time that stands until it is moved.</summary>
    public sealed class TurnedClock : IClock
    {
        public long Elapsed { get; set; }
        public long Utc { get { return 1764253800000 + Elapsed; } }
    }

    /// <summary>One account of its own, one bridge, at most one client.</summary>
    public sealed class Desk
    {
        private static int count;

        private readonly string journalPath;
        private int requests;

        public readonly TurnedClock Clock = new TurnedClock { Elapsed = 1000 };
        public readonly Account Account;
        public readonly Instrument Nq = Instrument.GetInstrument("NQ 12-26");
        public readonly List<JsonObject> Lines = new List<JsonObject>();
        public Bridge Bridge;
        public Journal Journal;
        public Peer Peer;

        public Desk() : this(Provider.Simulator) { }

        public Desk(Provider provider)
        {
            count++;
            Account = StandIn.World.Open("Desk" + count, provider);
            journalPath = Path.Combine(Check.Folder, "journal" + count + ".jsonl");
            File.Delete(journalPath);
            Trade(23000);
            Begin();
        }

        /// <summary>The platform's AddOn starts.</summary>
        public void Begin()
        {
            Journal = Journal.Open(journalPath, Clock.Utc);
            Bridge = new Bridge(Clock, Journal);
            Bridge.Attach();
            Run();
        }

        /// <summary>The AddOn ends, as on F5.</summary>
        public void End()
        {
            Bridge.Stop();
            Bridge.RunOnce(0);
            Journal.Dispose();
            Peer = null;
        }

        /// <summary>A client for another account.</summary>
        public string Connect(string account)
        {
            Peer = new Peer("desk", account, Clock.Elapsed);
            string refused = Bridge.Admit(Peer);
            Collect();
            return refused;
        }

        /// <summary>A client comes in; what it is told at once is in Lines.</summary>
        public string Connect() { return Connect(Account.Name); }

        /// <summary>The client is gone, as when its process dies.</summary>
        public void Vanish()
        {
            Bridge.Left(Peer);
            Peer = null;
        }

        /// <summary>Lets everything that is under way arrive.</summary>
        public void Run()
        {
            for (int i = 0; i < 2; i++)
            {
                Account.StandInDrain();
                Connection.StandInDrain();
                Nq.Dispatcher.StandInDrain();
                Bridge.RunOnce(0);
            }
            Collect();
        }

        /// <summary>Moves time on in small steps; a client that is there gives signs of life.</summary>
        public void Wait(int milliseconds)
        {
            for (int waited = 0; waited < milliseconds; waited += 50)
            {
                Clock.Elapsed += 50;
                if (Peer != null && Peer.EndedBy == null) Peer.LastGood = Clock.Elapsed;
                Run();
            }
        }

        /// <summary>Moves time on while the client is silent.</summary>
        public void WaitSilently(int milliseconds)
        {
            for (int waited = 0; waited < milliseconds; waited += 50)
            {
                Clock.Elapsed += 50;
                Run();
            }
        }

        /// <summary>A trade in the market, and what fills by it.</summary>
        public void Trade(double price)
        {
            Nq.MarketData.StandInPublish(MarketDataType.Last, price, 1);
            Nq.Dispatcher.StandInDrain();
            Account.StandInTraded(Nq);
            if (Bridge != null) Run();
        }

        /// <summary>A command, and its ack.</summary>
        public JsonObject Ask(string op, string data)
        {
            string id = "r-" + ++requests;
            Bridge.TakeFrame(Peer, JsonReader.Read("{\"t\":\"cmd\",\"id\":\"" + id + "\",\"op\":\"" + op + "\",\"d\":" + data.Replace('\'', '"') + "}"));
            Collect();
            JsonObject ack = Lines.LastOrDefault(l => l.Text("t") == "ack" && l.Text("id") == id);
            if (ack == null) throw new Failed("no ack for " + op);
            return ack;
        }

        /// <summary>The code of a refused command; "ok" or "dup".</summary>
        public string Code(string op, string data)
        {
            JsonObject ack = Ask(op, data);
            return ack.Get("ok").Equals(true) ? (ack.Get("dup") != null ? "dup" : "ok") : ack.Text("code");
        }

        public const string Nq1226 = "'root':'NQ','month':12,'year':2026,";

        public string Market(string id, string side, int qty)
        {
            return Code("place", "{'client_id':'" + id + "'," + Nq1226 + "'side':'" + side + "','type':'market','qty':" + qty + ",'tif':'day','entry':'manual','env':'sim'}");
        }

        public string Limit(string id, string side, int qty, string limit)
        {
            return Code("place", "{'client_id':'" + id + "'," + Nq1226 + "'side':'" + side + "','type':'limit','qty':" + qty + ",'limit':'" + limit + "','tif':'day','entry':'manual','env':'sim'}");
        }

        public string Arm(string name, string side, int qty, string stop, string disaster)
        {
            return Code("arm", "{'phantom':'" + name + "','exit_id':'" + name + "-X1'," + Nq1226 + "'side':'" + side + "','qty':" + qty + ",'stop':'" + stop + "',"
                + (disaster == null ? "" : "'disaster':'" + disaster + "',") + "'env':'sim'}");
        }

        /// <summary>The states that were told of an order, in their order.</summary>
        public string States(string clientId) { return string.Join(" ", Events("order", clientId).Select(d => d.Text("state"))); }

        public IEnumerable<JsonObject> Events(string kind, string clientId)
        {
            return Lines.Where(l => l.Text("t") == "ev" && l.Text("k") == kind).Select(l => (JsonObject)l.Get("d")).Where(d => d.Text("client_id") == clientId);
        }

        public JsonObject LastSnap(string kind, string clientId)
        {
            return Lines.Where(l => l.Text("t") == "snap" && l.Text("k") == kind).Select(l => (JsonObject)l.Get("d")).LastOrDefault(d => d.Text("client_id") == clientId);
        }

        public int CountLines(string t) { return Lines.Count(l => l.Text("t") == t); }

        /// <summary>The platform's orders with a name that begins so, newest last.</summary>
        public List<Order> Orders(string begins)
        {
            lock (Account.Orders) return Account.Orders.Where(o => o.Name.StartsWith(begins, StringComparison.Ordinal)).ToList();
        }

        public Order Live(string begins)
        {
            return Orders(begins).LastOrDefault(o => !Order.IsTerminalState(o.OrderState));
        }

        public int Net
        {
            get
            {
                lock (Account.Positions)
                    return Account.Positions.Where(p => p.Instrument == Nq).Select(p => p.MarketPosition == MarketPosition.Short ? -p.Quantity : p.Quantity).FirstOrDefault();
            }
        }

        private void Collect()
        {
            if (Peer == null) return;
            bool ended;
            string body;
            while ((body = Peer.Outbox.Take(0, out ended)) != null) Lines.Add(JsonReader.Read(body));
        }
    }
}
