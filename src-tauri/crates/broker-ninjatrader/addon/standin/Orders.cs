// Orders, executions, positions, and what events say about them.

using System;

namespace NinjaTrader.Cbi
{
    /// <summary>An order type of a broker's own; never used.</summary>
    public class CustomOrder { }

    /// <summary>One order. The object shows the latest state; event arguments carry the state of their moment.</summary>
    public class Order
    {
        public long Id { get; internal set; }

        /// <summary>The broker's id: not unique over the order's life, and it may change.</summary>
        public string OrderId { get; internal set; }

        public string Name { get; internal set; }
        public string Oco { get; internal set; }
        public Instrument Instrument { get; internal set; }
        public Account Account { get; internal set; }
        public OrderAction OrderAction { get; internal set; }
        public OrderType OrderType { get; internal set; }
        public OrderEntry OrderEntry { get; internal set; }
        public OrderState OrderState { get; internal set; }
        public TimeInForce TimeInForce { get; internal set; }
        public int Quantity { get; internal set; }
        public int Filled { get; internal set; }
        public double AverageFillPrice { get; internal set; }
        public double LimitPrice { get; internal set; }
        public double StopPrice { get; internal set; }
        public DateTime Time { get; internal set; }
        public DateTime Gtd { get; internal set; }

        /// <summary>What a change is to make of the quantity; set before Account.Change.</summary>
        public int QuantityChanged { get; set; }

        /// <summary>What a change is to make of the limit price.</summary>
        public double LimitPriceChanged { get; set; }

        /// <summary>What a change is to make of the stop price.</summary>
        public double StopPriceChanged { get; set; }

        /// <summary>Whether nothing can come of the order any more, as NinjaTrader sees it.</summary>
        public static bool IsTerminalState(OrderState state)
        {
            return state == OrderState.Cancelled || state == OrderState.Filled || state == OrderState.Rejected || state == OrderState.Unknown;
        }

        internal bool IsBuy { get { return OrderAction == OrderAction.Buy || OrderAction == OrderAction.BuyToCover; } }

        internal int Open { get { return Quantity - Filled; } }

        /// <summary>Whether a cancel waits to be released.</summary>
        internal bool IsCancelAsked;
    }

    /// <summary>One execution.</summary>
    public class Execution
    {
        public string ExecutionId { get; internal set; }
        public string OrderId { get; internal set; }
        public string Name { get; internal set; }
        public Order Order { get; internal set; }
        public Account Account { get; internal set; }
        public Instrument Instrument { get; internal set; }
        public MarketPosition MarketPosition { get; internal set; }
        public int Quantity { get; internal set; }
        public double Price { get; internal set; }
        public double Commission { get; internal set; }
        public double Fee { get; internal set; }
        public DateTime Time { get; internal set; }
        public bool IsSod { get; internal set; }
    }

    /// <summary>What an account holds of one contract.</summary>
    public class Position
    {
        public Account Account { get; internal set; }
        public Instrument Instrument { get; internal set; }
        public MarketPosition MarketPosition { get; internal set; }

        /// <summary>Contracts, without a sign.</summary>
        public int Quantity { get; internal set; }

        public double AveragePrice { get; internal set; }

        internal int Net { get { return MarketPosition == MarketPosition.Short ? -Quantity : Quantity; } }
    }

    /// <summary>An order has changed.</summary>
    public class OrderEventArgs : EventArgs
    {
        public Order Order { get; internal set; }
        public string OrderId { get; internal set; }
        public OrderState OrderState { get; internal set; }
        public int Quantity { get; internal set; }
        public int Filled { get; internal set; }
        public double AverageFillPrice { get; internal set; }
        public double LimitPrice { get; internal set; }
        public double StopPrice { get; internal set; }
        public DateTime Time { get; internal set; }
        public ErrorCode Error { get; internal set; }
        public string Comment { get; internal set; }
    }

    /// <summary>An execution came, was amended or was removed.</summary>
    public class ExecutionEventArgs : EventArgs
    {
        public Execution Execution { get; internal set; }
        public string ExecutionId { get; internal set; }
        public string OrderId { get; internal set; }
        public double Price { get; internal set; }
        public int Quantity { get; internal set; }
        public MarketPosition MarketPosition { get; internal set; }
        public Operation Operation { get; internal set; }
        public DateTime Time { get; internal set; }
        public bool IsSod { get; internal set; }
    }

    /// <summary>A position has changed.</summary>
    public class PositionEventArgs : EventArgs
    {
        public Position Position { get; internal set; }
        public MarketPosition MarketPosition { get; internal set; }
        public int Quantity { get; internal set; }
        public double AveragePrice { get; internal set; }
        public Operation Operation { get; internal set; }
    }

    /// <summary>A figure of an account has changed.</summary>
    public class AccountItemEventArgs : EventArgs
    {
        public Account Account { get; internal set; }
        public AccountItem AccountItem { get; internal set; }
        public Currency Currency { get; internal set; }
        public double Value { get; internal set; }
        public DateTime Time { get; internal set; }
    }

    /// <summary>What an account may do has changed, or the account is new.</summary>
    public class AccountStatusEventArgs : EventArgs
    {
        public Account Account { get; internal set; }
        public AccountStatus Status { get; internal set; }
    }

    /// <summary>How a connection is has changed.</summary>
    public class ConnectionStatusEventArgs : EventArgs
    {
        public Connection Connection { get; internal set; }
        public ConnectionStatus Status { get; internal set; }
        public ConnectionStatus PriceStatus { get; internal set; }
        public ConnectionStatus PreviousStatus { get; internal set; }
        public ConnectionStatus PreviousPriceStatus { get; internal set; }
        public ErrorCode Error { get; internal set; }
        public string NativeError { get; internal set; }
    }

    /// <summary>How a connection was set up.</summary>
    public class ConnectOptions
    {
        public string Name { get; internal set; }
        public Provider Provider { get; internal set; }
    }

    /// <summary>A connection to a broker or a feed.</summary>
    public class Connection
    {
        /// <summary>All of them; lock it while reading.</summary>
        public static readonly System.Collections.ObjectModel.Collection<Connection> Connections =
            new System.Collections.ObjectModel.Collection<Connection>();

        public static event EventHandler<ConnectionStatusEventArgs> ConnectionStatusUpdate;

        public ConnectOptions Options { get; internal set; }
        public ConnectionStatus Status { get; private set; }
        public ConnectionStatus PriceStatus { get; private set; }

        private static readonly System.Windows.Threading.Dispatcher Events = new System.Windows.Threading.Dispatcher("connections");

        /// <summary>Changes the status and tells the listeners, on a thread of the platform's.</summary>
        public void StandInSet(ConnectionStatus status, ConnectionStatus prices)
        {
            var args = new ConnectionStatusEventArgs
            {
                Connection = this,
                Status = status,
                PriceStatus = prices,
                PreviousStatus = Status,
                PreviousPriceStatus = PriceStatus,
                Error = ErrorCode.NoError,
                NativeError = string.Empty
            };
            Status = status;
            PriceStatus = prices;
            Events.InvokeAsync(() =>
            {
                EventHandler<ConnectionStatusEventArgs> now = ConnectionStatusUpdate;
                if (now != null) now(this, args);
            });
        }

        /// <summary>Waits until all listeners have been told.</summary>
        public static void StandInDrain() { Events.StandInDrain(); }

        /// <summary>How many handlers listen.</summary>
        public static int StandInListeners
        {
            get { var now = ConnectionStatusUpdate; return now == null ? 0 : now.GetInvocationList().Length; }
        }
    }
}
