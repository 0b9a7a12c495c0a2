// Accounts and connections: which there are, whether they are ready, what is told of them.

using System;
using System.Collections.Generic;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    /// <summary>An account that was seen, and its way to the market.</summary>
    public sealed class AccountView
    {
        public Account Account;

        /// <summary>It has just come back and its events have not been quiet yet.</summary>
        public bool IsSettling;
        public long SettlingSince;
        public long LastActivity;

        /// <summary>Its connection; the last one while it has none.</summary>
        public Connection Connection;

        /// <summary>The status for orders and for prices as they were last noted, and the platform's words.</summary>
        public ConnectionStatus Noted;
        public ConnectionStatus Prices;
        public string ConnectionWords;

        /// <summary>Figures that came as events, and those that have not been told yet.</summary>
        public readonly Dictionary<AccountItem, double> Items = new Dictionary<AccountItem, double>();
        public readonly HashSet<AccountItem> Untold = new HashSet<AccountItem>();
        public long ToldItemsAt;

        /// <summary>Orders may be handed over.</summary>
        public bool IsReady { get { return Account.ConnectionStatus == ConnectionStatus.Connected && !IsSettling; } }
    }

    public sealed partial class Bridge
    {
        private bool hasTakenStock;

        private static readonly AccountItem[] ItemsTold =
            Enum.GetValues(typeof(AccountItem)).Cast<AccountItem>().Where(item => Words.Item(item) != null).ToArray();

        /// <summary>An account of the platform's, by its exact name; what was seen once stays known while it is away.</summary>
        private AccountView FindAccount(string name)
        {
            Account now;
            lock (Account.All) now = Account.All.FirstOrDefault(a => a.Name == name);
            AccountView view;
            accounts.TryGetValue(name, out view);
            if (now == null) return view;
            return view != null && view.Account == now ? view : ViewOf(now);
        }

        private AccountView ViewOf(Account account)
        {
            AccountView view;
            if (accounts.TryGetValue(account.Name, out view))
            {
                view.Account = account;
                if (account.Connection != null) view.Connection = account.Connection;
                return view;
            }
            view = new AccountView { Account = account, Noted = account.ConnectionStatus, Connection = account.Connection };
            // One that comes later comes with a connect: its orders and positions may still be on their way.
            if (hasTakenStock && account.ConnectionStatus == ConnectionStatus.Connected)
            {
                view.IsSettling = true;
                view.SettlingSince = view.LastActivity = clock.Elapsed;
            }
            view.Prices = account.Connection == null ? account.ConnectionStatus : account.Connection.PriceStatus;
            accounts[account.Name] = view;
            return view;
        }

        // What there is when the AddOn starts: orders of ours by their names, what has been filled, the feeds of armed phantoms.
        private void TakeStock()
        {
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            foreach (Account account in all)
            {
                ViewOf(account);
                ReadExecutions(account);
                foreach (Order order in OrdersOf(account)) KnownOf(account, order);
            }
            foreach (Phantom phantom in journal.Phantoms) WatchPriceOf(phantom);
            hasTakenStock = true;
        }

        void IPlatformEvents.OnConnection(Connection connection, ConnectionStatus status, ConnectionStatus prices, string words)
        {
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            foreach (Account account in all) ViewOf(account);
            foreach (AccountView view in accounts.Values.Where(v => v.Connection == connection || v.Account.Connection == connection).ToList())
                NoteConnection(view, status, prices, Words.ForPeople(words));
        }

        // Events are not trusted alone: what an account says of itself now is looked at as well.
        private void LookAtConnections()
        {
            foreach (AccountView view in accounts.Values)
            {
                if (view.Account.Connection != null) view.Connection = view.Account.Connection;
                ConnectionStatus status = view.Account.ConnectionStatus;
                if (status != view.Noted) NoteConnection(view, status, view.Connection == null ? status : view.Connection.PriceStatus, view.ConnectionWords);
            }
        }

        private void NoteConnection(AccountView view, ConnectionStatus status, ConnectionStatus prices, string words)
        {
            if (status == view.Noted && prices == view.Prices && words == view.ConnectionWords) return;
            if (status != ConnectionStatus.Connected) view.IsSettling = false;
            else if (view.Noted != ConnectionStatus.Connected)
            {
                view.IsSettling = true;
                view.SettlingSince = view.LastActivity = clock.Elapsed;
            }
            view.Noted = status;
            view.Prices = prices;
            view.ConnectionWords = words;
            SendEvent(view.Account.Name, "conn", ConnectionRow(view, status), false);
        }

        // After a connect orders and positions come in: it is ready when they have been quiet.
        private void Settle(long now)
        {
            foreach (AccountView view in accounts.Values)
            {
                if (!view.IsSettling || (now - view.LastActivity < QuietAfterConnect && now - view.SettlingSince < QuietAtMost)) continue;
                view.IsSettling = false;
                ReadExecutions(view.Account);
                foreach (Order order in OrdersOf(view.Account)) KnownOf(view.Account, order);
                SendEvent(view.Account.Name, "conn", ConnectionRow(view, view.Account.ConnectionStatus), false);
            }
        }

        void IPlatformEvents.OnAccountStatus(Account account, AccountStatus status)
        {
            SendEvent(account.Name, "acct", AccountRow(ViewOf(account), new AccountItem[0]), false);
        }

        void IPlatformEvents.OnAccountItem(Account account, AccountItem item, double value)
        {
            AccountView view = ViewOf(account);
            view.Items[item] = value;
            view.Untold.Add(item);
        }

        // Unrealized profit changes with each trade: the newest of each quarter of a second is enough.
        private void TellItems(long now)
        {
            foreach (AccountView view in accounts.Values)
            {
                if (view.Untold.Count == 0 || now - view.ToldItemsAt < ItemsEvery) continue;
                view.ToldItemsAt = now;
                var items = view.Untold.ToArray();
                view.Untold.Clear();
                SendEvent(view.Account.Name, "acct", AccountRow(view, items), false);
            }
        }

        private static JsonText ConnectionRow(AccountView view, ConnectionStatus status)
        {
            Connection connection = view.Connection;
            string name = connection == null || connection.Options == null ? null : connection.Options.Name;
            return new JsonText().Add("name", Words.Name(name))
                .Add("platform", Words.Name("NinjaTrader " + typeof(Account).Assembly.GetName().Version))
                .Add("status", view.IsSettling ? "connecting" : Words.Status(status)).Add("price_status", Words.Status(view.Prices))
                .Add("text", view.ConnectionWords);
        }

        private static JsonText AccountRow(AccountView view, IEnumerable<AccountItem> items)
        {
            Account account = view.Account;
            var row = new JsonText().Add("name", Words.Name(account.Name)).Add("display", Words.Name(account.DisplayName))
                .Add("provider", Words.Name(account.Provider.ToString())).Add("env", Words.Env(account)).Add("status", Words.Status(account.AccountStatus));
            if (account.Denomination == Currency.UsDollar) row.Add("currency", "USD");
            foreach (AccountItem item in items)
            {
                double value;
                bool isSeen = view.Items.TryGetValue(item, out value);
                if (!isSeen) value = account.Get(item, account.Denomination);
                // A figure that a provider does not supply reads as 0: without an event that said 0 it is "not supplied".
                if (isSeen || !value.Equals(0.0)) row.Add(Words.Item(item), Prices.Money(value));
            }
            return row;
        }

        private static List<Order> OrdersOf(Account account)
        {
            lock (account.Orders) return account.Orders.ToList();
        }

        private static int NetOf(Account account, Contract contract)
        {
            lock (account.Positions)
                foreach (Position position in account.Positions)
                {
                    Contract held;
                    if (position.MarketPosition == MarketPosition.Flat || !Contract.TryOf(position.Instrument, out held) || !held.Equals(contract)) continue;
                    return position.MarketPosition == MarketPosition.Short ? -position.Quantity : position.Quantity;
                }
            return 0;
        }
    }
}
