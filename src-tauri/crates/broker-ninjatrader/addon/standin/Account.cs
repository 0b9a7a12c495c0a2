// An account as a script sees it: the documented members. What the broker behind it does is in Broker.cs.

using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Windows.Threading;

namespace NinjaTrader.Cbi
{
    /// <summary>A trading account.</summary>
    public partial class Account
    {
        /// <summary>All accounts; lock it while reading.</summary>
        public static readonly Collection<Account> All = new Collection<Account>();

        public static event EventHandler<AccountStatusEventArgs> AccountStatusUpdate;

        public event EventHandler<OrderEventArgs> OrderUpdate;
        public event EventHandler<ExecutionEventArgs> ExecutionUpdate;
        public event EventHandler<PositionEventArgs> PositionUpdate;
        public event EventHandler<AccountItemEventArgs> AccountItemUpdate;

        public string Name { get; internal set; }
        public string DisplayName { get; internal set; }
        public Connection Connection { get; internal set; }
        public ConnectionStatus ConnectionStatus { get { return Connection == null ? ConnectionStatus.Disconnected : Connection.Status; } }
        public AccountStatus AccountStatus { get; private set; }
        public Currency Denomination { get { return Currency.UsDollar; } }

        /// <summary>Whose account it is.</summary>
        public Provider Provider { get { return Connection.Options.Provider; } }

        /// <summary>The orders of the session; lock it while reading.</summary>
        public Collection<Order> Orders { get; private set; }

        /// <summary>The executions of the session; lock it while reading.</summary>
        public Collection<Execution> Executions { get; private set; }

        /// <summary>The open positions; lock it while reading.</summary>
        public Collection<Position> Positions { get; private set; }

        private readonly Dictionary<AccountItem, double> items = new Dictionary<AccountItem, double>();
        private readonly Dispatcher events;

        internal Account(string name, Connection connection)
        {
            Name = name;
            DisplayName = name + " (display)";
            Connection = connection;
            AccountStatus = AccountStatus.Enabled;
            Orders = new Collection<Order>();
            Executions = new Collection<Execution>();
            Positions = new Collection<Position>();
            events = new Dispatcher("account " + name);
            items[AccountItem.CashValue] = 50000;
            items[AccountItem.RealizedProfitLoss] = 0;
            items[AccountItem.BuyingPower] = 50000;
        }

        /// <summary>Makes an order; nothing leaves.</summary>
        public Order CreateOrder(Instrument instrument, OrderAction action, OrderType orderType, OrderEntry orderEntry,
            TimeInForce timeInForce, int quantity, double limitPrice, double stopPrice, string oco, string name, DateTime gtd,
            CustomOrder customOrder)
        {
            if (Behaviour.CreateAnswersNull) return null;
            if (name != null && name.Length > 50) throw new ArgumentException("name too long");
            return new Order
            {
                Id = NextId(),
                OrderId = string.Empty,
                Name = name,
                Oco = oco,
                Instrument = instrument,
                Account = this,
                OrderAction = action,
                OrderType = orderType,
                OrderEntry = orderEntry,
                OrderState = OrderState.Initialized,
                TimeInForce = timeInForce,
                Quantity = quantity,
                LimitPrice = limitPrice,
                StopPrice = stopPrice,
                Gtd = gtd,
                Time = DateTime.Now
            };
        }

        /// <summary>Sends orders.</summary>
        public void Submit(IEnumerable<Order> orders) { foreach (Order order in orders.ToList()) BrokerSubmit(order); }

        /// <summary>Sends changes; the new values are in the orders.</summary>
        public void Change(IEnumerable<Order> orders) { foreach (Order order in orders.ToList()) BrokerChange(order); }

        /// <summary>Sends cancels.</summary>
        public void Cancel(IEnumerable<Order> orders) { foreach (Order order in orders.ToList()) BrokerCancel(order); }

        /// <summary>Cancels the orders and closes the position of these contracts.</summary>
        public void Flatten(ICollection<Instrument> instruments) { foreach (Instrument one in instruments.ToList()) BrokerFlatten(one); }

        /// <summary>A figure of the account; 0 also when the provider does not supply it.</summary>
        public double Get(AccountItem item, Currency currency)
        {
            double value;
            lock (gate) return items.TryGetValue(item, out value) ? value : 0;
        }
    }
}
