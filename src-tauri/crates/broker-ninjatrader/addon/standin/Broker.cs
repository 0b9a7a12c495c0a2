// The broker behind an account: what it does with orders, by itself or as the script of a test says.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using NinjaTrader.Data;

namespace NinjaTrader.Cbi
{
    /// <summary>What a test has asked of the broker.</summary>
    public sealed class BrokerBehaviour
    {
        /// <summary>Orders fill by themselves when the market gives the price.</summary>
        public bool FillsByItself = true;

        /// <summary>Orders stay Submitted until they are accepted by hand.</summary>
        public bool HoldsAcks;

        /// <summary>Cancels stay CancelPending until they are released by hand.</summary>
        public bool HoldsCancels;

        /// <summary>Position and execution come before the order update, as Rithmic may do it.</summary>
        public bool Reorders;

        /// <summary>How many of the next orders are rejected, and with what words.</summary>
        public int RejectsNext;
        public string RejectComment = "rejected by the stand-in";

        /// <summary>How many of the next cancels and changes are refused.</summary>
        public int RefusesNextCancel;
        public int RefusesNextChange;

        /// <summary>Flatten does nothing.</summary>
        public bool IgnoresFlatten;

        /// <summary>CreateOrder answers null; Submit throws.</summary>
        public bool CreateAnswersNull;
        public bool SubmitThrows;

        /// <summary>Limit orders stay Accepted, as some brokers hold stops.</summary>
        public bool StaysAccepted;
    }

    public partial class Account
    {
        private static long lastId = 990;
        private static long lastExecution;
        private readonly object gate = new object();

        /// <summary>How the broker behaves.</summary>
        public BrokerBehaviour Behaviour = new BrokerBehaviour();

        /// <summary>How many orders have reached the broker: what "sent once" is proved by.</summary>
        public int StandInSubmitted;

        /// <summary>Waits until all events so far have been delivered.</summary>
        public void StandInDrain() { events.StandInDrain(); }

        /// <summary>How many handlers listen to orders.</summary>
        public int StandInListeners
        {
            get { var now = OrderUpdate; return now == null ? 0 : now.GetInvocationList().Length; }
        }

        private static long NextId() { return Interlocked.Increment(ref lastId); }

        // ---- what a script asks

        private void BrokerSubmit(Order order)
        {
            lock (gate)
            {
                if (Behaviour.SubmitThrows) throw new InvalidOperationException("the stand-in was told to throw");
                StandInSubmitted++;
                lock (Orders) Orders.Add(order);
                order.OrderId = "b" + order.Id.ToString(CultureInfo.InvariantCulture);
                Tell(order, OrderState.Submitted);
                if (Behaviour.RejectsNext > 0 || order.Quantity < 1 || IsPassedStop(order))
                {
                    if (Behaviour.RejectsNext > 0) Behaviour.RejectsNext--;
                    Tell(order, OrderState.Rejected, ErrorCode.OrderRejected, Behaviour.RejectComment);
                    return;
                }
                if (!Behaviour.HoldsAcks) Accept(order);
            }
        }

        private void BrokerChange(Order order)
        {
            lock (gate)
            {
                if (Order.IsTerminalState(order.OrderState)) return;
                Tell(order, OrderState.ChangePending);
                Tell(order, OrderState.ChangeSubmitted);
                if (Behaviour.RefusesNextChange > 0)
                {
                    Behaviour.RefusesNextChange--;
                    Tell(order, WorkingState(order), ErrorCode.UnableToChangeOrder, "change refused by the stand-in");
                    return;
                }
                order.Quantity = order.QuantityChanged;
                order.LimitPrice = order.LimitPriceChanged;
                order.StopPrice = order.StopPriceChanged;
                Tell(order, WorkingState(order));
                Match(order);
            }
        }

        private void BrokerCancel(Order order)
        {
            lock (gate)
            {
                if (Order.IsTerminalState(order.OrderState)) return;
                OrderState before = order.OrderState;
                Tell(order, OrderState.CancelPending);
                Tell(order, OrderState.CancelSubmitted);
                if (Behaviour.RefusesNextCancel > 0)
                {
                    Behaviour.RefusesNextCancel--;
                    Tell(order, before, ErrorCode.UnableToCancelOrder, "cancel refused by the stand-in");
                    return;
                }
                order.IsCancelAsked = Behaviour.HoldsCancels;
                if (!Behaviour.HoldsCancels) Tell(order, OrderState.Cancelled);
            }
        }

        private void BrokerFlatten(Instrument instrument)
        {
            lock (gate)
            {
                if (Behaviour.IgnoresFlatten) return;
                foreach (Order order in Live().Where(o => o.Instrument == instrument)) BrokerCancel(order);
                int net = NetOf(instrument);
                if (net == 0) return;
                Order close = CreateOrder(instrument, net > 0 ? OrderAction.Sell : OrderAction.Buy, OrderType.Market, OrderEntry.Manual,
                    TimeInForce.Day, Math.Abs(net), 0, 0, string.Empty, "Close", NinjaTrader.Core.Globals.MaxDate, null);
                BrokerSubmit(close);
            }
        }

        // ---- what the broker does

        /// <summary>Accepts an order that waits for it.</summary>
        public void StandInAccept(Order order)
        {
            lock (gate) Accept(order);
        }

        private void Accept(Order order)
        {
            if (order.OrderState != OrderState.Submitted) return;
            Tell(order, OrderState.Accepted);
            if (!Behaviour.StaysAccepted) Tell(order, OrderState.Working);
            Match(order);
        }

        /// <summary>Ends an order that waits for its cancel.</summary>
        public void StandInReleaseCancel(Order order)
        {
            lock (gate)
                if (order.IsCancelAsked && !Order.IsTerminalState(order.OrderState)) Tell(order, OrderState.Cancelled);
        }

        /// <summary>Rejects an order that has been accepted, or ends it in any other state.</summary>
        public void StandInEnd(Order order, OrderState state, ErrorCode error, string comment)
        {
            lock (gate) Tell(order, state, error, comment);
        }

        /// <summary>Fills an order, in part or whole.</summary>
        public void StandInFill(Order order, int quantity, double price)
        {
            lock (gate) Fill(order, quantity, price);
        }

        /// <summary>An order that somebody else placed, in NinjaTrader's own windows.</summary>
        public Order StandInForeign(Instrument instrument, OrderAction action, int quantity, double limit, string name)
        {
            Order order = CreateOrder(instrument, action, limit == 0 ? OrderType.Market : OrderType.Limit, OrderEntry.Manual, TimeInForce.Day,
                quantity, limit, 0, string.Empty, name, NinjaTrader.Core.Globals.MaxDate, null);
            BrokerSubmit(order);
            return order;
        }

        /// <summary>Removes an execution, or gives it other figures.</summary>
        public void StandInAmend(Execution execution, Operation operation, int quantity, double price)
        {
            lock (gate)
            {
                int sign = execution.MarketPosition == MarketPosition.Long ? 1 : -1;
                int change = (operation == Operation.Remove ? 0 : quantity) - execution.Quantity;
                execution.Quantity = operation == Operation.Remove ? execution.Quantity : quantity;
                execution.Price = price;
                if (operation == Operation.Remove) lock (Executions) Executions.Remove(execution);
                TellExecution(execution, operation);
                Move(execution.Instrument, sign * change, price);
            }
        }

        /// <summary>Changes what the account may do, and says so.</summary>
        public void StandInStatus(AccountStatus status)
        {
            AccountStatus = status;
            var args = new AccountStatusEventArgs { Account = this, Status = status };
            events.InvokeAsync(() => { var now = AccountStatusUpdate; if (now != null) now(this, args); });
        }

        /// <summary>Shows the account to the platform, as happens on a connect.</summary>
        public void StandInAppear()
        {
            lock (All) if (!All.Contains(this)) All.Add(this);
            StandInStatus(AccountStatus);
        }

        /// <summary>Sets a figure and says so.</summary>
        public void StandInItem(AccountItem item, double value)
        {
            lock (gate) items[item] = value;
            var args = new AccountItemEventArgs { Account = this, AccountItem = item, Currency = Currency.UsDollar, Value = value, Time = DateTime.Now };
            events.InvokeAsync(() => { var now = AccountItemUpdate; if (now != null) now(this, args); });
        }

        /// <summary>What a start of NinjaTrader leaves: working orders as new objects, what has ended is forgotten.</summary>
        public void StandInRestart(bool keepsNames)
        {
            lock (gate)
            {
                var live = Live();
                lock (Orders)
                {
                    Orders.Clear();
                    foreach (Order old in live)
                        Orders.Add(new Order
                        {
                            Id = NextId(), OrderId = old.OrderId, Name = keepsNames ? old.Name : string.Empty, Oco = old.Oco,
                            Instrument = old.Instrument, Account = this, OrderAction = old.OrderAction, OrderType = old.OrderType,
                            OrderEntry = old.OrderEntry, OrderState = old.OrderState, TimeInForce = old.TimeInForce,
                            Quantity = old.Quantity, Filled = old.Filled, AverageFillPrice = old.AverageFillPrice,
                            LimitPrice = old.LimitPrice, StopPrice = old.StopPrice, Time = old.Time, Gtd = old.Gtd
                        });
                }
            }
        }

        /// <summary>The market has traded: orders that it reaches fill.</summary>
        public void StandInTraded(Instrument instrument)
        {
            lock (gate)
                foreach (Order order in Live().Where(o => o.Instrument == instrument)) Match(order);
        }

        private List<Order> Live()
        {
            lock (Orders) return Orders.Where(o => !Order.IsTerminalState(o.OrderState)).ToList();
        }

        private OrderState WorkingState(Order order)
        {
            return order.Filled > 0 ? OrderState.PartFilled : OrderState.Working;
        }

        // A stop that the market has already passed is refused, as exchanges do it.
        private static bool IsPassedStop(Order order)
        {
            MarketDataEventArgs last = order.Instrument.MarketData.Last;
            if (order.OrderType != OrderType.StopMarket || last == null) return false;
            return order.IsBuy ? last.Price >= order.StopPrice : last.Price <= order.StopPrice;
        }

        private void Match(Order order)
        {
            bool canFill = order.OrderState == OrderState.Working || order.OrderState == OrderState.PartFilled || order.OrderState == OrderState.Accepted;
            MarketDataEventArgs last = order.Instrument.MarketData.Last;
            if (!Behaviour.FillsByItself || !canFill || last == null || order.Open < 1) return;
            double price = last.Price;
            bool reached = order.OrderType == OrderType.Market
                || (order.OrderType == OrderType.Limit && (order.IsBuy ? price <= order.LimitPrice : price >= order.LimitPrice))
                || (order.OrderType == OrderType.StopMarket && (order.IsBuy ? price >= order.StopPrice : price <= order.StopPrice));
            if (reached) Fill(order, order.Open, order.OrderType == OrderType.Limit ? order.LimitPrice : price);
        }

        private void Fill(Order order, int quantity, double price)
        {
            quantity = Math.Min(quantity, order.Open);
            if (quantity < 1) return;
            order.AverageFillPrice = (order.AverageFillPrice * order.Filled + price * quantity) / (order.Filled + quantity);
            order.Filled += quantity;
            var execution = new Execution
            {
                ExecutionId = "x" + Interlocked.Increment(ref lastExecution).ToString(CultureInfo.InvariantCulture),
                OrderId = order.OrderId, Name = order.Name, Order = order, Account = this, Instrument = order.Instrument,
                MarketPosition = order.IsBuy ? MarketPosition.Long : MarketPosition.Short,
                Quantity = quantity, Price = price, Commission = 2.04 * quantity, Time = DateTime.Now
            };
            lock (Executions) Executions.Add(execution);
            OrderState state = order.Open == 0 ? OrderState.Filled : OrderState.PartFilled;
            if (Behaviour.Reorders)
            {
                Move(order.Instrument, order.IsBuy ? quantity : -quantity, price);
                TellExecution(execution, Operation.Add);
                Tell(order, state);
                return;
            }
            Tell(order, state);
            TellExecution(execution, Operation.Add);
            Move(order.Instrument, order.IsBuy ? quantity : -quantity, price);
        }

        private int NetOf(Instrument instrument)
        {
            lock (Positions)
            {
                Position held = Positions.FirstOrDefault(p => p.Instrument == instrument);
                return held == null ? 0 : held.Net;
            }
        }

        // ---- what the platform is told

        private void Tell(Order order, OrderState state) { Tell(order, state, ErrorCode.NoError, string.Empty); }

        private void Tell(Order order, OrderState state, ErrorCode error, string comment)
        {
            order.OrderState = state;
            order.Time = DateTime.Now;
            var args = new OrderEventArgs
            {
                Order = order, OrderId = order.OrderId, OrderState = state, Quantity = order.Quantity, Filled = order.Filled,
                AverageFillPrice = order.AverageFillPrice, LimitPrice = order.LimitPrice, StopPrice = order.StopPrice,
                Time = order.Time, Error = error, Comment = comment
            };
            events.InvokeAsync(() => { var now = OrderUpdate; if (now != null) now(this, args); });
        }

        private void TellExecution(Execution execution, Operation operation)
        {
            var args = new ExecutionEventArgs
            {
                Execution = execution, ExecutionId = execution.ExecutionId, OrderId = execution.OrderId, Price = execution.Price,
                Quantity = execution.Quantity, MarketPosition = execution.MarketPosition, Operation = operation, Time = execution.Time
            };
            events.InvokeAsync(() => { var now = ExecutionUpdate; if (now != null) now(this, args); });
        }

        private void Move(Instrument instrument, int by, double price)
        {
            if (by == 0) return;
            Position held;
            Operation operation;
            int net;
            lock (Positions)
            {
                held = Positions.FirstOrDefault(p => p.Instrument == instrument);
                operation = held == null ? Operation.Add : Operation.Update;
                if (held == null)
                {
                    held = new Position { Account = this, Instrument = instrument, MarketPosition = MarketPosition.Flat };
                    Positions.Add(held);
                }
                int before = held.Net;
                net = before + by;
                if (before != 0 && Math.Sign(before) != Math.Sign(by)) Realize(held, Math.Min(Math.Abs(before), Math.Abs(by)), price);
                if (before == 0 || Math.Sign(before) != Math.Sign(net)) held.AveragePrice = price;
                else if (Math.Abs(net) > Math.Abs(before)) held.AveragePrice = (held.AveragePrice * Math.Abs(before) + price * Math.Abs(by)) / Math.Abs(net);
                held.Quantity = Math.Abs(net);
                held.MarketPosition = net == 0 ? MarketPosition.Flat : net > 0 ? MarketPosition.Long : MarketPosition.Short;
                if (net == 0) { Positions.Remove(held); operation = Operation.Remove; }
            }
            var args = new PositionEventArgs
            {
                Position = held, MarketPosition = held.MarketPosition, Quantity = held.Quantity, AveragePrice = held.AveragePrice, Operation = operation
            };
            events.InvokeAsync(() => { var now = PositionUpdate; if (now != null) now(this, args); });
        }

        private void Realize(Position held, int closed, double price)
        {
            double profit = (price - held.AveragePrice) * closed * held.Instrument.MasterInstrument.PointValue * Math.Sign(held.Net);
            StandInItem(AccountItem.RealizedProfitLoss, items[AccountItem.RealizedProfitLoss] + profit);
            StandInItem(AccountItem.CashValue, items[AccountItem.CashValue] + profit);
        }
    }
}
