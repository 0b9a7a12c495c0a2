// The bridge: one thread that owns all that is known. NinjaTrader's events, the client's commands and time come to it in one queue.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using NinjaTrader.Cbi;
using NinjaTrader.Data;

namespace PhantomDesk.Bridge
{
    /// <summary>What is known, what is told, and what is asked of the platform.</summary>
    public sealed partial class Bridge : IPlatformEvents
    {
        /// <summary>The version that the client is told.</summary>
        public const string Version = "1.0.0";

        private const int TickEvery = 50;
        private const int PingEvery = 1000;
        private const int SilentAfter = 3000;
        private const int ItemsEvery = 250;
        private const int QuietAfterConnect = 2000;
        private const int QuietAtMost = 10000;

        private readonly IClock clock;
        private readonly Inbox inbox = new Inbox();
        private readonly Journal journal;
        private readonly Hooks hooks;
        private readonly long startedAt;
        private readonly long startedUtc;
        private readonly Dictionary<string, AccountView> accounts = new Dictionary<string, AccountView>(StringComparer.Ordinal);
        private Peer peer;
        private long seq;
        private long lastTick;
        private Thread thread;
        private volatile bool isStopping;

        /// <summary>Over a journal that is open.</summary>
        public Bridge(IClock clock, Journal journal)
        {
            this.clock = clock;
            this.journal = journal;
            Epoch = Guid.NewGuid().ToString();
            startedAt = clock.Elapsed;
            startedUtc = clock.Utc;
            lastTick = startedAt;
            hooks = new Hooks(inbox, this);
        }

        /// <summary>This start of the AddOn.</summary>
        public string Epoch { get; private set; }

        /// <summary>The queue of the bridge's thread.</summary>
        public Inbox Inbox { get { return inbox; } }

        /// <summary>Attaches to the platform. Before that nothing happens.</summary>
        public void Attach()
        {
            hooks.Attach();
            inbox.Post(TakeStock);
        }

        /// <summary>Starts the thread.</summary>
        public void Start()
        {
            thread = new Thread(Run) { IsBackground = true, Name = "PhantomBridge" };
            thread.Start();
        }

        /// <summary>Tells the client, lets go of the platform, ends the thread.</summary>
        public void Stop()
        {
            hooks.Detach();
            inbox.Post(() =>
            {
                EndPeer("stopping", false);
                ReleaseFeeds();
                isStopping = true;
            });
            if (thread != null && thread != Thread.CurrentThread) thread.Join(2000);
            isStopping = true;
        }

        /// <summary>Does what waits and what is due: one round of the thread. The tests turn it by hand.</summary>
        public void RunOnce(int millisecondsMax)
        {
            Action work = inbox.Take(millisecondsMax);
            while (work != null)
            {
                Guarded(work);
                if (clock.Elapsed - lastTick >= TickEvery) Guarded(Tick);
                work = inbox.Take(0);
            }
            if (clock.Elapsed - lastTick >= TickEvery) Guarded(Tick);
        }

        private void Run()
        {
            while (!isStopping) RunOnce(TickEvery);
        }

        private static void Guarded(Action work)
        {
            try { work(); }
            catch (Exception fault) { Report.Fault("bridge", fault); }
        }

        private void Tick()
        {
            long now = clock.Elapsed;
            lastTick = now;
            if (inbox.TakeOverflow()) EndPeer("slow", true);
            TickPeer(now);
            ReleaseHeldEnds(now);
            ForgetOutstanding(now);
            LookAtConnections();
            Settle(now);
            TellItems(now);
            TickFlattens(now);
            Protect(now);
        }

        // ---- the client

        /// <summary>Lets a client in that has proved the key, or says why not. On the bridge's thread.</summary>
        public string Admit(Peer candidate)
        {
            AccountView view = FindAccount(candidate.Account);
            if (view == null) return "unknown_account";
            if (peer != null && peer.EndedBy == null) return "busy";
            peer = candidate;
            peer.LastGood = clock.Elapsed;
            Welcome(candidate.Account);
            Report.Say(candidate.Client + " trades " + candidate.Account + " (" + Words.Env(view.Account) + ", " + Words.Name(view.Account.Provider.ToString()) + ")");
            candidate.Outbox.Put(new JsonText().Add("t", "welcome").ToString());
            SendSnapshot("r-0");
            return null;
        }

        /// <summary>The connection of a client has closed. On the bridge's thread.</summary>
        public void Left(Peer gone)
        {
            if (gone == peer) EndPeer("closed", true);
        }

        /// <summary>A good frame of a client. On the bridge's thread.</summary>
        public void TakeFrame(Peer from, JsonObject body)
        {
            if (from != peer || from.EndedBy != null) return;
            switch (body.Text("t"))
            {
                case "cmd": TakeCommand(body); break;
                case "ping": TakePing(body); break;
                case "pong": break;
                case "bye": EndPeer("closed", true); break;
                default: EndPeer("protocol", true); break;
            }
        }

        private void TakePing(JsonObject ping)
        {
            object n = ping.Get("n");
            if (!(n is long) || (long)n < 1) { EndPeer("protocol", true); return; }
            Send(new JsonText().Add("t", "pong").Add("n", (long)n).Add("seq", seq).Add("ts", clock.Utc).Add("digest", DigestOf(peer.Account)));
        }

        private void TickPeer(long now)
        {
            if (peer == null) return;
            if (now - peer.LastGood >= SilentAfter) { EndPeer("silent", true); return; }
            if (now < peer.NextPing) return;
            peer.NextPing = now + PingEvery;
            peer.Pings++;
            Send(new JsonText().Add("t", "ping").Add("n", peer.Pings).Add("seq", seq).Add("ts", clock.Utc).Add("digest", DigestOf(peer.Account)));
        }

        private void EndPeer(string code, bool throwsAway)
        {
            Peer gone = peer;
            if (gone == null) return;
            peer = null;
            gone.EndedBy = code;
            lastGoodOf[gone.Account] = gone.LastGood;
            foreach (Feed feed in gone.Feeds.Values) feed.Sub = 0;
            ReleaseUnwantedFeeds();
            gone.Outbox.Close(code == "closed" ? null : Handshake.Bye(code), throwsAway);
            Report.Say(gone.Client + " is gone (" + code + ")");
        }

        private void Send(JsonText body)
        {
            if (peer != null && !peer.Outbox.Put(body.ToString())) EndPeer("slow", true);
        }

        private void SendEvent(string account, string kind, JsonText data, bool again)
        {
            if (peer == null || peer.Account != account) return;
            seq++;
            Send(new JsonText().Add("t", "ev").Add("seq", seq).Add("k", kind).Add("ts", clock.Utc).Flag("again", again).Add("d", data));
        }

        // ---- trades and quotes

        private readonly Dictionary<Contract, Feed> feeds = new Dictionary<Contract, Feed>();

        private Feed FeedOf(Contract contract, Instrument instrument)
        {
            Feed feed;
            if (feeds.TryGetValue(contract, out feed)) return feed;
            feed = new Feed(instrument, contract, inbox, OnMarket);
            feeds[contract] = feed;
            feed.Hook();
            return feed;
        }

        private void ReleaseUnwantedFeeds()
        {
            foreach (Feed feed in feeds.Values.Where(f => f.Sub == 0 && !IsArmed(f.Contract)).ToList())
            {
                feed.Release();
                feeds.Remove(feed.Contract);
            }
        }

        private void ReleaseFeeds()
        {
            foreach (Feed feed in feeds.Values) feed.Release();
            feeds.Clear();
        }

        private void OnMarket(Feed feed, MarketDataType type, double price, long size, double bid, double ask)
        {
            double tick = feed.Instrument.MasterInstrument.TickSize;
            string text = Prices.OnGrid(price, tick);
            if (text == null) return;
            if (type == MarketDataType.Last) feed.Last = Prices.Parse(text);
            if (type == MarketDataType.Bid) { feed.Bid = text; feed.BidSize = size; }
            if (type == MarketDataType.Ask) { feed.Ask = text; feed.AskSize = size; }
            if (feed.Sub == 0 || peer == null) return;
            if (type != MarketDataType.Last) { SendQuote(feed); return; }
            // The last trade as a new listener is given it was before: it must not fire anything.
            if (size < 1) return;
            feed.Trades++;
            bool hasBoth = bid > 0 && ask > 0;
            Send(new JsonText().Add("t", "trade").Add("sub", feed.Sub).Add("n", feed.Trades).Add("price", text).Add("size", Math.Min(size, 1000000))
                .Add("bid", hasBoth ? Prices.OnGrid(bid, tick) : null).Add("ask", hasBoth ? Prices.OnGrid(ask, tick) : null).Add("ts", clock.Utc));
        }

        private void SendQuote(Feed feed)
        {
            var quote = new JsonText().Add("t", "quote").Add("sub", feed.Sub);
            if (feed.Bid != null) quote.Add("bid", feed.Bid).Add("bid_size", feed.BidSize);
            if (feed.Ask != null) quote.Add("ask", feed.Ask).Add("ask_size", feed.AskSize);
            peer.Outbox.PutQuote(feed.Quote, quote.Add("ts", clock.Utc).ToString());
        }
    }
}
