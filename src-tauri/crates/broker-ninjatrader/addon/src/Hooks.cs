// The platform's events. Handlers run on NinjaTrader's threads: they copy values, hand them over and return.

using System;
using System.Collections.Generic;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    /// <summary>What the bridge's thread does with each event.</summary>
    public interface IPlatformEvents
    {
        void OnOrder(Account account, Order order, OrderSight sight);
        void OnExecution(ExecSight sight, Operation operation);
        void OnPosition(Account account, Instrument instrument, int net, double average);
        void OnAccountItem(Account account, AccountItem item, double value);
        void OnAccountStatus(Account account, AccountStatus status);
        void OnConnection(Connection connection, ConnectionStatus status, ConnectionStatus prices, string words);
    }

    /// <summary>Attached to every account there is, and to those that come.</summary>
    public sealed class Hooks
    {
        private readonly Inbox inbox;
        private readonly IPlatformEvents events;
        private readonly HashSet<Account> hooked = new HashSet<Account>();
        private bool isAttached;

        /// <summary>Hands what happens to the bridge's thread.</summary>
        public Hooks(Inbox inbox, IPlatformEvents events)
        {
            this.inbox = inbox;
            this.events = events;
        }

        /// <summary>Attaches to the connections and to every account.</summary>
        public void Attach()
        {
            lock (hooked)
            {
                if (isAttached) return;
                isAttached = true;
                Connection.ConnectionStatusUpdate += OnConnection;
                Account.AccountStatusUpdate += OnAccountStatus;
            }
            HookAll();
        }

        /// <summary>Undoes all of it.</summary>
        public void Detach()
        {
            lock (hooked)
            {
                if (!isAttached) return;
                isAttached = false;
                Connection.ConnectionStatusUpdate -= OnConnection;
                Account.AccountStatusUpdate -= OnAccountStatus;
                foreach (Account account in hooked)
                {
                    account.OrderUpdate -= OnOrder;
                    account.ExecutionUpdate -= OnExecution;
                    account.PositionUpdate -= OnPosition;
                    account.AccountItemUpdate -= OnAccountItem;
                }
                hooked.Clear();
            }
        }

        /// <summary>Attaches to accounts that are new. Adding a handler twice would count everything twice: hence the set.</summary>
        public void HookAll()
        {
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            lock (hooked)
            {
                if (!isAttached) return;
                foreach (Account account in all.Where(a => hooked.Add(a)))
                {
                    account.OrderUpdate += OnOrder;
                    account.ExecutionUpdate += OnExecution;
                    account.PositionUpdate += OnPosition;
                    account.AccountItemUpdate += OnAccountItem;
                }
            }
        }

        private void OnOrder(object sender, OrderEventArgs e)
        {
            Guarded("order update", () =>
            {
                Order order = e.Order;
                OrderSight sight = OrderSight.Of(e);
                inbox.Post(() => events.OnOrder(order.Account, order, sight));
            });
        }

        private void OnExecution(object sender, ExecutionEventArgs e)
        {
            Guarded("execution update", () =>
            {
                ExecSight sight = ExecSight.Of(e);
                Operation operation = e.Operation;
                if (sight != null) inbox.Post(() => events.OnExecution(sight, operation));
            });
        }

        private void OnPosition(object sender, PositionEventArgs e)
        {
            Guarded("position update", () =>
            {
                Account account = e.Position.Account;
                Instrument instrument = e.Position.Instrument;
                bool isFlat = e.Operation == Operation.Remove || e.MarketPosition == MarketPosition.Flat;
                int net = isFlat ? 0 : e.MarketPosition == MarketPosition.Short ? -e.Quantity : e.Quantity;
                double average = e.AveragePrice;
                inbox.Post(() => events.OnPosition(account, instrument, net, average));
            });
        }

        private void OnAccountItem(object sender, AccountItemEventArgs e)
        {
            Guarded("account item", () =>
            {
                Account account = e.Account;
                AccountItem item = e.AccountItem;
                double value = e.Value;
                if (Words.Item(item) != null) inbox.Post(() => events.OnAccountItem(account, item, value));
            });
        }

        private void OnAccountStatus(object sender, AccountStatusEventArgs e)
        {
            Guarded("account status", () =>
            {
                Account account = e.Account;
                AccountStatus status = e.Status;
                HookAll();
                inbox.Post(() => events.OnAccountStatus(account, status));
            });
        }

        private void OnConnection(object sender, ConnectionStatusEventArgs e)
        {
            Guarded("connection", () =>
            {
                Connection connection = e.Connection;
                ConnectionStatus status = e.Status, prices = e.PriceStatus;
                string words = e.NativeError;
                // Accounts appear with a connection.
                if (status == ConnectionStatus.Connected) HookAll();
                inbox.Post(() => events.OnConnection(connection, status, prices, words));
            });
        }

        // An exception out of a handler can hurt the platform.
        private static void Guarded(string what, Action handler)
        {
            try { handler(); }
            catch (Exception fault) { Report.Fault(what, fault); }
        }
    }
}
