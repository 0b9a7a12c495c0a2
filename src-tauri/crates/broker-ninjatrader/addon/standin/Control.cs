// Commands that steer the stand-in, one a line (README.md lists them): from a test, or typed by hand.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using NinjaTrader.Cbi;
using NinjaTrader.Data;

namespace StandIn
{
    /// <summary>Does what a line says, and answers with one line: "ok", "ok ...", or "error ...".</summary>
    public sealed class Control
    {
        private readonly World world;
        private Account account;

        /// <summary>Over a world; the account is Sim101 until "account" names another one.</summary>
        public Control(World world)
        {
            this.world = world;
            account = World.Find("Sim101");
        }

        /// <summary>Whether "stop" was said.</summary>
        public bool IsStopped { get; private set; }

        /// <summary>Does one line.</summary>
        public string Do(string line)
        {
            string[] words = line.Trim().Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) return "error no command";
            try
            {
                string answer = Orders(words) ?? Switches(words) ?? Platform(words) ?? Market(words) ?? Questions(words);
                return answer == null ? "error unknown command " + words[0] : ("ok " + answer).Trim();
            }
            catch (Exception fault) { return "error " + fault.GetType().Name + ": " + fault.Message.Replace('\n', ' '); }
        }

        private string Orders(string[] words)
        {
            switch (words[0])
            {
                case "account":
                    account = World.Find(words[1]) ?? throw new ArgumentException("no such account");
                    return string.Empty;
                case "fill":
                case "partial":
                    Order filled = FindOrder(words[1]);
                    account.StandInFill(filled, words.Length > 2 ? Whole(words[2]) : filled.Open, words.Length > 3 ? Number(words[3]) : PriceOf(filled));
                    return string.Empty;
                case "accept":
                    account.StandInAccept(FindOrder(words[1]));
                    return string.Empty;
                case "reject":
                    account.StandInEnd(FindOrder(words[1]), OrderState.Rejected, ErrorCode.OrderRejected, Rest(words, 2, "rejected by the stand-in"));
                    return string.Empty;
                case "cancel":
                    account.StandInEnd(FindOrder(words[1]), OrderState.Cancelled, ErrorCode.NoError, Rest(words, 2, string.Empty));
                    return string.Empty;
                case "state":
                    account.StandInEnd(FindOrder(words[1]), (OrderState)Enum.Parse(typeof(OrderState), words[2]), ErrorCode.NoError, string.Empty);
                    return string.Empty;
                case "release":
                    account.StandInReleaseCancel(FindOrder(words[1]));
                    return string.Empty;
                case "foreign":
                    return account.StandInForeign(Contract(words, 3), words[1] == "buy" ? OrderAction.Buy : OrderAction.Sell, Whole(words[2]),
                        words.Length > 5 ? Number(words[5]) : 0, Rest(words, 6, "Entry by hand")).Id.ToString(CultureInfo.InvariantCulture);
                case "bust":
                    Execution busted = FindExecution(words[1]);
                    account.StandInAmend(busted, Operation.Remove, busted.Quantity, busted.Price);
                    return string.Empty;
                case "amend":
                    account.StandInAmend(FindExecution(words[1]), Operation.Update, Whole(words[2]), Number(words[3]));
                    return string.Empty;
                default:
                    return null;
            }
        }

        private string Switches(string[] words)
        {
            BrokerBehaviour behaviour = account.Behaviour;
            bool isOn = words.Length > 1 && words[1] == "on";
            switch (words[0])
            {
                case "auto": behaviour.FillsByItself = isOn; return string.Empty;
                case "hold-acks": behaviour.HoldsAcks = isOn; return string.Empty;
                case "hold-cancels": behaviour.HoldsCancels = isOn; return string.Empty;
                case "reorder": behaviour.Reorders = isOn; return string.Empty;
                case "stay-accepted": behaviour.StaysAccepted = isOn; return string.Empty;
                case "null-orders": behaviour.CreateAnswersNull = isOn; return string.Empty;
                case "submit-throws": behaviour.SubmitThrows = isOn; return string.Empty;
                case "reject-next":
                    behaviour.RejectsNext = Whole(words[1]);
                    behaviour.RejectComment = Rest(words, 2, "rejected by the stand-in");
                    return string.Empty;
                case "refuse-cancel": behaviour.RefusesNextCancel = Whole(words[1]); return string.Empty;
                case "refuse-change": behaviour.RefusesNextChange = Whole(words[1]); return string.Empty;
                case "reset":
                    account.Behaviour = new BrokerBehaviour();
                    return string.Empty;
                default: return null;
            }
        }

        private string Platform(string[] words)
        {
            switch (words[0])
            {
                case "disconnect": world.Set(account, ConnectionStatus.Disconnected, ConnectionStatus.Disconnected); return string.Empty;
                case "lost": world.Set(account, ConnectionStatus.ConnectionLost, ConnectionStatus.ConnectionLost); return string.Empty;
                case "reconnect": world.Set(account, ConnectionStatus.Connected, ConnectionStatus.Connected); return string.Empty;
                case "price-lost": world.Set(account, ConnectionStatus.Connected, ConnectionStatus.ConnectionLost); return string.Empty;
                case "f5": world.Recompile(words.Length > 1 && words[1] == "overlap"); return string.Empty;
                case "restart": world.Restart(!(words.Length > 1 && words[1] == "names-lost")); return string.Empty;
                case "status": account.StandInStatus((AccountStatus)Enum.Parse(typeof(AccountStatus), words[1])); return string.Empty;
                case "item": account.StandInItem((AccountItem)Enum.Parse(typeof(AccountItem), words[1]), Number(words[2])); return string.Empty;
                case "drain":
                    account.StandInDrain();
                    Connection.StandInDrain();
                    return string.Empty;
                case "stop":
                    IsStopped = true;
                    return string.Empty;
                default: return null;
            }
        }

        private string Market(string[] words)
        {
            switch (words[0])
            {
                case "tick":
                    Trade(Contract(words, 1), Number(words[3]), words.Length > 4 ? Whole(words[4]) : 1);
                    return string.Empty;
                case "quote":
                    Instrument quoted = Contract(words, 1);
                    quoted.MarketData.StandInPublish(MarketDataType.Bid, Number(words[3]), Whole(words[4]));
                    quoted.MarketData.StandInPublish(MarketDataType.Ask, Number(words[5]), Whole(words[6]));
                    return string.Empty;
                case "ticks":
                    Instrument traded = Contract(words, 1);
                    int rate = Whole(words[3]), count = Whole(words[4]);
                    double from = Number(words[5]);
                    new Thread(() => Run(traded, rate, count, from)) { IsBackground = true, Name = "ticks" }.Start();
                    return string.Empty;
                default: return null;
            }
        }

        // Trades at a rate, each tick up and down the grid in turn, so that a test knows each price. A slow market also
        // fills what it reaches; count 0 goes on for ever.
        private static void Run(Instrument instrument, int rate, int count, double from)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            double tick = instrument.MasterInstrument.TickSize;
            for (int i = 0; count == 0 || i < count; i++)
            {
                while (clock.ElapsedMilliseconds * rate < i * 1000L) Thread.Sleep(1);
                instrument.MarketData.StandInPublish(MarketDataType.Last, from + i % 10 * tick, 1 + i % 7);
                if (rate <= 100) instrument.Dispatcher.InvokeAsync(() => FillIn(instrument));
            }
        }

        private static void FillIn(Instrument instrument)
        {
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            foreach (Account one in all) one.StandInTraded(instrument);
        }

        private static void Trade(Instrument instrument, double price, int size)
        {
            instrument.MarketData.StandInPublish(MarketDataType.Last, price, size);
            instrument.Dispatcher.StandInDrain();
            FillIn(instrument);
        }

        private string Questions(string[] words)
        {
            switch (words[0])
            {
                case "orders":
                    lock (account.Orders)
                        return string.Join("; ", account.Orders.Select(o => string.Join(" ", o.Id, o.Name.Replace(' ', '_'), o.OrderState, o.OrderAction, o.OrderType,
                            o.Instrument.MasterInstrument.Name, o.Filled + "/" + o.Quantity, Text(o.LimitPrice), Text(o.StopPrice), o.OrderEntry, o.TimeInForce)));
                case "executions":
                    lock (account.Executions)
                        return string.Join("; ", account.Executions.Select(e => string.Join(" ", e.ExecutionId, e.Name.Replace(' ', '_'), e.MarketPosition, e.Quantity, Text(e.Price))));
                case "positions":
                    lock (account.Positions)
                        return string.Join("; ", account.Positions.Select(p => string.Join(" ", p.Instrument.MasterInstrument.Name, p.Net, Text(p.AveragePrice))));
                case "submitted": return account.StandInSubmitted.ToString(CultureInfo.InvariantCulture);
                case "faults": return Faults.Count.ToString(CultureInfo.InvariantCulture);
                case "instances": return world.Instances.ToString(CultureInfo.InvariantCulture);
                case "listeners": return account.StandInListeners + " " + Connection.StandInListeners;
                default: return null;
            }
        }

        private Order FindOrder(string name)
        {
            lock (account.Orders)
            {
                Order found = name == "*"
                    ? account.Orders.LastOrDefault(o => !Order.IsTerminalState(o.OrderState))
                    : account.Orders.LastOrDefault(o => o.Name == name || o.Id.ToString(CultureInfo.InvariantCulture) == name);
                if (found == null) throw new ArgumentException("no such order");
                return found;
            }
        }

        private Execution FindExecution(string id)
        {
            lock (account.Executions)
            {
                Execution found = id == "*" ? account.Executions.LastOrDefault() : account.Executions.FirstOrDefault(e => e.ExecutionId == id);
                if (found == null) throw new ArgumentException("no such execution");
                return found;
            }
        }

        private static double PriceOf(Order order)
        {
            if (order.OrderType == OrderType.Limit) return order.LimitPrice;
            if (order.OrderType == OrderType.StopMarket) return order.StopPrice;
            if (order.Instrument.MarketData.Last == null) throw new ArgumentException("name a price: nothing has traded");
            return order.Instrument.MarketData.Last.Price;
        }

        private static Instrument Contract(string[] words, int from)
        {
            return Instrument.GetInstrument(words[from] + " " + words[from + 1]) ?? throw new ArgumentException("no such contract");
        }

        private static string Rest(string[] words, int from, string otherwise) { return words.Length > from ? string.Join(" ", words.Skip(from)) : otherwise; }
        private static int Whole(string word) { return int.Parse(word, CultureInfo.InvariantCulture); }
        private static double Number(string word) { return double.Parse(word, CultureInfo.InvariantCulture); }
        private static string Text(double number) { return number.ToString("0.#########", CultureInfo.InvariantCulture); }
    }
}
