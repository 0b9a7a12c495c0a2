// What was seen of NinjaTrader's objects, copied on NinjaTrader's own thread, and the rows of the wire that are made of it.

using System;
using System.Globalization;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    /// <summary>A futures contract as the wire names it: root, month, year. Never a display name.</summary>
    public struct Contract : IEquatable<Contract>
    {
        public readonly string Root;
        public readonly int Month;
        public readonly int Year;

        /// <summary>A contract.</summary>
        public Contract(string root, int month, int year)
        {
            Root = root;
            Month = month;
            Year = year;
        }

        /// <summary>The contract of an instrument; false for what is no futures contract.</summary>
        public static bool TryOf(Instrument instrument, out Contract contract)
        {
            contract = new Contract();
            if (instrument == null || instrument.MasterInstrument == null) return false;
            string root = instrument.MasterInstrument.Name ?? string.Empty;
            int year = instrument.Expiry.Year;
            bool isRoot = root.Length >= 1 && root.Length <= 8 && root.All(c => (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
            if (!isRoot || year < 1980 || year > 2079) return false;
            contract = new Contract(root, instrument.Expiry.Month, year);
            return true;
        }

        /// <summary>NinjaTrader's instrument for it; null when there is none. Root and month are compared whole.</summary>
        public Instrument Find()
        {
            Instrument found = Instrument.GetInstrument(ToString());
            Contract same;
            return TryOf(found, out same) && same.Equals(this) ? found : null;
        }

        /// <summary>Writes the members.</summary>
        public JsonText AddTo(JsonText row) { return row.Add("root", Root).Add("month", Month).Add("year", Year); }

        public bool Equals(Contract other) { return Root == other.Root && Month == other.Month && Year == other.Year; }
        public override bool Equals(object other) { return other is Contract && Equals((Contract)other); }
        public override int GetHashCode() { return (Root == null ? 0 : Root.GetHashCode()) ^ (Year * 12 + Month); }

        /// <summary>The name that GetInstrument takes: NQ 12-26.</summary>
        public override string ToString()
        {
            return string.Format(CultureInfo.InvariantCulture, "{0} {1:00}-{2:00}", Root, Month, Year % 100);
        }
    }

    /// <summary>An order at one moment.</summary>
    public struct OrderSight
    {
        public OrderState State;
        public int Quantity;
        public int Filled;
        public double Average;
        public double Limit;
        public double Stop;
        public DateTime Time;
        public ErrorCode Error;
        public string Comment;

        /// <summary>As an event says it.</summary>
        public static OrderSight Of(OrderEventArgs e)
        {
            return new OrderSight
            {
                State = e.OrderState, Quantity = e.Quantity, Filled = e.Filled, Average = e.AverageFillPrice, Limit = e.LimitPrice,
                Stop = e.StopPrice, Time = e.Time, Error = e.Error, Comment = e.Comment
            };
        }

        /// <summary>As the object shows it now.</summary>
        public static OrderSight Of(Order order)
        {
            return new OrderSight
            {
                State = order.OrderState, Quantity = order.Quantity, Filled = order.Filled, Average = order.AverageFillPrice,
                Limit = order.LimitPrice, Stop = order.StopPrice, Time = order.Time, Error = ErrorCode.NoError
            };
        }
    }

    /// <summary>An execution, as it now counts.</summary>
    public sealed class ExecSight
    {
        public Account Account;
        public Order Order;
        public string ExecId;
        public string OrderName;
        public Contract Contract;
        public string Side;
        public int Qty;
        public string Price;
        public string Commission;
        public string Time;
        public bool IsRemoved;

        /// <summary>As the platform lists it; null for what is no futures contract.</summary>
        public static ExecSight Of(Account account, Execution execution)
        {
            return Of(account, execution, execution.ExecutionId, execution.Quantity, execution.Price, execution.MarketPosition, execution.Time);
        }

        /// <summary>As an event says it.</summary>
        public static ExecSight Of(ExecutionEventArgs e)
        {
            return Of(e.Execution.Account, e.Execution, e.ExecutionId, e.Quantity, e.Price, e.MarketPosition, e.Time);
        }

        /// <summary>Whether another sight says the same.</summary>
        public bool SaysTheSameAs(ExecSight other)
        {
            return Qty == other.Qty && Price == other.Price && Side == other.Side && IsRemoved == other.IsRemoved;
        }

        /// <summary>The row of the wire.</summary>
        public JsonText ToRow(string clientId, string brokerId, string op)
        {
            var row = new JsonText().Add("exec_id", ExecId).Add("client_id", clientId).Add("broker_id", brokerId);
            return Contract.AddTo(row).Add("side", Side).Add("qty", Qty).Add("price", Price).Add("op", op).Add("time", Time)
                .Add("commission", Commission);
        }

        private static ExecSight Of(Account account, Execution execution, string id, int qty, double price, MarketPosition side, DateTime time)
        {
            Contract contract;
            if (!Contract.TryOf(execution.Instrument, out contract)) return null;
            return new ExecSight
            {
                Account = account, Order = execution.Order, ExecId = Words.PlatformId(id), OrderName = execution.Name, Contract = contract,
                Side = side == MarketPosition.Long ? "buy" : "sell", Qty = qty,
                Price = Prices.OnGrid(price, execution.Instrument.MasterInstrument.TickSize) ?? "0",
                Commission = Prices.Money(execution.Commission), Time = Words.Time(time)
            };
        }
    }

    /// <summary>What is asked of the platform for an order and not yet answered.</summary>
    public enum Outstanding { Nothing, Change, Cancel }

    /// <summary>An order that the platform has, and what has been told of it.</summary>
    public sealed class Known
    {
        /// <summary>The platform's object; the newest one where it made several.</summary>
        public Order Order;

        /// <summary>As it was journaled; null for an order of somebody else.</summary>
        public Placed Placed;

        public string BrokerId;
        public Contract Contract;

        /// <summary>What was last told of it; before the first time it is pending.</summary>
        public OrderSight? Told;

        /// <summary>Contracts of the executions that were seen.</summary>
        public int SeenFilled;

        /// <summary>Its terms were changed at least once.</summary>
        public bool IsChanged;

        /// <summary>What is asked and not answered, since when, and whether the platform has taken notice.</summary>
        public Outstanding Outstanding;
        public long OutstandingSince;
        public bool OutstandingNoticed;

        /// <summary>Submit threw: whether the order left is not known until the platform speaks of it.</summary>
        public bool IsInDoubt;

        /// <summary>Whether the last cancel was one of the protection's own.</summary>
        public bool IsCancelledByProtection;

        /// <summary>An end that waits for its executions, until a deadline.</summary>
        public bool HasHeldEnd;
        public OrderSight HeldEnd;
        public long HeldUntil;

        /// <summary>For a stop of the protection: its size has been wrong since; 0 when it is right.</summary>
        public long WrongSince;

        /// <summary>For a shadow: in which absence of the client it was placed.</summary>
        public int Absence;

        /// <summary>The client id; null for an order of somebody else.</summary>
        public string ClientId { get { return Placed == null ? null : Placed.ClientId; } }

        /// <summary>Whether something may still come of it.</summary>
        public bool IsLive { get { return !Words.IsEnd(Words.State(Order.OrderState)); } }

        /// <summary>Contracts that may still fill.</summary>
        public int Open { get { return IsLive ? Math.Max(0, Order.Quantity - Order.Filled) : 0; } }

        /// <summary>The order as the object shows it now. Why it was rejected is not in the object: it is kept from the event.</summary>
        public OrderSight Now()
        {
            OrderSight now = OrderSight.Of(Order);
            if (now.State == OrderState.Rejected && Told.HasValue && Told.Value.State == OrderState.Rejected)
            {
                now.Error = Told.Value.Error;
                now.Comment = Told.Value.Comment;
            }
            return now;
        }

        // That a request was refused is said once, as an event: in an answer it would be about another request.
        private static OrderSight WithoutOldError(OrderSight told)
        {
            if (told.State == OrderState.Rejected) return told;
            told.Error = ErrorCode.NoError;
            told.Comment = null;
            return told;
        }

        /// <summary>The row of the wire as it was last told: an answer is never ahead of the events.</summary>
        public JsonText ToToldRow()
        {
            if (Told.HasValue) return ToRow(WithoutOldError(Told.Value));
            OrderSight first = OrderSight.Of(Order);
            first.State = OrderState.Initialized;
            first.Filled = 0;
            return ToRow(first);
        }

        /// <summary>The row of the wire.</summary>
        public JsonText ToRow(OrderSight sight)
        {
            string type = Words.Type(Order.OrderType);
            double tick = Order.Instrument.MasterInstrument.TickSize;
            string state = IsInDoubt && sight.State == OrderState.Initialized ? "unknown" : Words.State(sight.State);
            var row = new JsonText().Add("client_id", ClientId).Add("broker_id", BrokerId);
            Contract.AddTo(row).Add("side", Words.Side(Order.OrderAction)).Add("type", type).Add("qty", Math.Max(1, sight.Quantity));
            if (type == "limit" || type == "stop_limit") row.Add("limit", Prices.OnGrid(sight.Limit, tick));
            if (type == "stop" || type == "stop_limit") row.Add("stop", Prices.OnGrid(sight.Stop, tick));
            row.Add("tif", Words.Tif(Order.TimeInForce)).Add("state", state).Add("filled", sight.Filled);
            if (sight.Filled > 0) row.Add("average", Prices.Money(sight.Average));
            row.Flag("changed", IsChanged).Add("role", Placed == null ? null : Placed.Role);
            if (state == "rejected") row.Add("reason", Words.Reason(sight.Error, sight.Comment));
            return row.Add("error", Words.Error(sight.Error)).Add("raw", sight.State.ToString()).Add("text", Words.ForPeople(sight.Comment))
                .Add("time", Words.Time(sight.Time));
        }
    }

    /// <summary>Rows of the wire that are about no object of the platform's.</summary>
    public static class Rows
    {
        /// <summary>An order of the journal that the platform does not have: how it ended, or "lost".</summary>
        public static JsonText OfJournal(Placed placed, string state, string words)
        {
            var row = new JsonText().Add("client_id", placed.ClientId).Add("broker_id", "-").Add("root", placed.Root).Add("month", placed.Month)
                .Add("year", placed.Year).Add("side", placed.Side).Add("type", placed.Type).Add("qty", placed.Qty).Add("limit", placed.Limit)
                .Add("stop", placed.Stop).Add("tif", placed.Tif).Add("state", state).Add("filled", placed.EndFilled)
                .Add("average", placed.EndAverage).Add("role", placed.Role);
            if (state == "rejected") row.Add("reason", "unspecified");
            return row.Add("text", Words.ForPeople(words));
        }
    }
}
