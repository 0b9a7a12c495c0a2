// The client's commands (docs/bridge.md, section 5): each is answered by exactly one ack.

using System;
using System.Collections.Generic;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    public sealed partial class Bridge
    {
        private const int QtyMax = 1000;
        private const int SubscriptionsMax = 100;
        private const int PhantomsMax = 1000;
        private const int NameMax = 50;
        private const int ExitIdMax = 46;
        private const int FlattenWaitsForCancels = 500;
        private const int FlattenGivesUpAfter = 10000;

        /// <summary>A flatten whose closing order waits until what works in the contract is cancelled.</summary>
        private sealed class Flatten
        {
            public Placed Placed;
            public Instrument Instrument;
            public Contract Contract;
            public OrderEntry Entry;
            public long Since;
        }

        private readonly List<Flatten> flattens = new List<Flatten>();

        private void TakeCommand(JsonObject command)
        {
            string id = command.Text("id");
            var data = command.Get("d") as JsonObject;
            if (id == null || !Fields.IsId(id) || command.Text("op") == null || data == null) { EndPeer("protocol", true); return; }
            try
            {
                if (command.Count != 4) throw new Refused("bad_request", "a member that is not known here");
                Do(id, command.Text("op"), new Fields(data));
            }
            catch (Refused refused)
            {
                Send(new JsonText().Add("t", "ack").Add("id", id).Add("ok", false).Add("code", refused.Code).Add("text", refused.Message));
            }
            catch (Exception fault)
            {
                Report.Fault(command.Text("op"), fault);
                Send(new JsonText().Add("t", "ack").Add("id", id).Add("ok", false).Add("code", "platform").Add("text", Words.ForPeople(fault.Message)));
            }
        }

        private void Do(string id, string op, Fields fields)
        {
            switch (op)
            {
                case "place": Place(id, fields); break;
                case "change": Change(id, fields); break;
                case "cancel": Cancel(id, fields); break;
                case "flatten": TakeFlatten(id, fields); break;
                case "query": Query(id, fields); break;
                case "snapshot":
                    fields.Done();
                    Ack(id, new JsonText());
                    SendSnapshot(id);
                    break;
                case "subscribe": Subscribe(id, fields); break;
                case "unsubscribe": Unsubscribe(id, fields); break;
                case "accounts": ListAccounts(id, fields); break;
                case "arm": Arm(id, fields); break;
                case "disarm": Disarm(id, fields); break;
                default: throw new Refused("unknown_op", "no such command: " + op);
            }
        }

        private void Ack(string id, JsonText data) { Ack(id, false, data); }

        private void Ack(string id, bool dup, JsonText data)
        {
            Send(new JsonText().Add("t", "ack").Add("id", id).Add("ok", true).Flag("dup", dup).Add("d", data));
        }

        // ---- orders

        private void Place(string id, Fields fields)
        {
            Placed placed = ReadTarget(fields, fields.Id("client_id", NameMax));
            placed.Type = fields.Word("type", "market", "limit");
            placed.Qty = fields.Integer("qty", 1, QtyMax);
            if (placed.Type == "limit") placed.Limit = fields.Price("limit");
            placed.Tif = fields.Word("tif", "day", "gtc");
            OrderEntry entry = ReadEntry(fields);
            string env = fields.Word("env", "sim", "live");
            fields.Done();
            if (AnswersKnown(id, placed)) return;
            AccountView view = ReadyAccount(env);
            Instrument instrument = FindInstrument(placed);
            RefuseLiquidationOnly(view, placed);
            decimal limit = placed.Limit == null ? 0 : Prices.Parse(placed.Limit);
            if (placed.Limit != null && (limit == 0 || !Prices.IsOnGrid(limit, instrument.MasterInstrument.TickSize)))
                throw new Refused("bad_price", "the limit is off the grid of " + placed.Root);
            Known known = Hand(view.Account, instrument, placed, entry);
            Ack(id, known.ToToldRow());
        }

        private Placed ReadTarget(Fields fields, string clientId)
        {
            return new Placed
            {
                ClientId = clientId, Account = peer.Account, Root = fields.Root("root"), Month = fields.Integer("month", 1, 12),
                Year = fields.Integer("year", 1980, 2079), Side = fields.Word("side", "buy", "sell"), Ts = clock.Utc
            };
        }

        private static OrderEntry ReadEntry(Fields fields)
        {
            return fields.Word("entry", "manual", "automated") == "manual" ? OrderEntry.Manual : OrderEntry.Automated;
        }

        // A client id that was here before sends nothing, whatever became of it.
        private bool AnswersKnown(string id, Placed wanted)
        {
            Placed before = journal.Find(wanted.ClientId);
            if (before == null) return false;
            if (before.Account != wanted.Account || !before.IsSameAs(wanted))
                throw new Refused("id_reused", "the client id is known with other terms");
            Ack(id, true, RowOf(before));
            return true;
        }

        private JsonText RowOf(Placed placed)
        {
            Known known;
            if (byClientId.TryGetValue(placed.ClientId, out known)) return known.ToToldRow();
            return Rows.OfJournal(placed, placed.End ?? StateOfPlanned(placed), null);
        }

        private AccountView ReadyAccount(string env)
        {
            AccountView view = FindAccount(peer.Account);
            if (Words.Env(view.Account) != env) throw new Refused("wrong_env", "the account is " + Words.Env(view.Account));
            if (!view.IsReady) throw new Refused("not_connected", "NinjaTrader has no way to the market for " + view.Account.Name);
            if (Words.Status(view.Account.AccountStatus) == "disabled" || Words.Status(view.Account.AccountStatus) == "excluded")
                throw new Refused("not_permitted", "the account is " + Words.Status(view.Account.AccountStatus));
            return view;
        }

        private static void RefuseLiquidationOnly(AccountView view, Placed placed)
        {
            if (Words.Status(view.Account.AccountStatus) != "liquidation_only") return;
            int net = NetOf(view.Account, new Contract(placed.Root, placed.Month, placed.Year));
            int closable = placed.Side == "sell" ? Math.Max(net, 0) : Math.Max(-net, 0);
            if (placed.Qty > closable) throw new Refused("not_permitted", "the account may only close positions");
        }

        private static Instrument FindInstrument(Placed placed)
        {
            Instrument found = new Contract(placed.Root, placed.Month, placed.Year).Find();
            if (found == null) throw new Refused("unknown_instrument", "NinjaTrader does not know this contract");
            return found;
        }

        /// <summary>The one way in which an order leaves: on the disk first, then to the platform.</summary>
        private Known Hand(Account account, Instrument instrument, Placed placed, OrderEntry entry)
        {
            JournalFirst(placed);
            return Submit(account, instrument, placed, entry);
        }

        private void JournalFirst(Placed placed)
        {
            try { journal.Place(placed); }
            catch (Exception fault)
            {
                Report.Fault("journal", fault);
                // A position is protected also when the disk is full.
                if (placed.Role == null) throw new Refused("journal", "the journal could not be written: " + fault.Message);
                journal.Remember(placed);
            }
        }

        // What is only noted must not keep an event or a stop from leaving.
        private static void Note(Action write)
        {
            try { write(); }
            catch (Exception fault) { Report.Fault("journal", fault); }
        }

        private Known Submit(Account account, Instrument instrument, Placed placed, OrderEntry entry)
        {
            OrderType type = placed.Type == "market" ? OrderType.Market : placed.Type == "limit" ? OrderType.Limit : OrderType.StopMarket;
            double limit = placed.Limit == null ? 0 : (double)Prices.Parse(placed.Limit);
            double stop = placed.Stop == null ? 0 : (double)Prices.Parse(placed.Stop);
            Order order;
            try
            {
                order = account.CreateOrder(instrument, Words.Action(placed.Side), type, entry, placed.Tif == "gtc" ? TimeInForce.Gtc : TimeInForce.Day,
                    placed.Qty, limit, stop, string.Empty, placed.ClientId, NinjaTrader.Core.Globals.MaxDate, null);
            }
            catch (Exception fault)
            {
                throw NeverMade(placed, fault.Message);
            }
            if (order == null) throw NeverMade(placed, "NinjaTrader made no order");
            Known known = KnownOf(account, order);
            try { account.Submit(new[] { order }); }
            catch (Exception fault)
            {
                // It may have left or not: the platform's word is waited for.
                known.IsInDoubt = true;
                Report.Fault("submit", fault);
                throw new Refused("platform", Words.ForPeople(fault.Message) ?? "submit failed");
            }
            return known;
        }

        // No order object, so nothing was handed over: the id is used up, and its end is known.
        private Refused NeverMade(Placed placed, string why)
        {
            Note(() => journal.End(placed, "rejected", 0, null, clock.Utc));
            SendEvent(placed.Account, "order", Rows.OfJournal(placed, "rejected", why), false);
            return new Refused("platform", Words.ForPeople(why) ?? "no order was made");
        }

        private void Change(string id, Fields fields)
        {
            string clientId = fields.Id("client_id", NameMax);
            int qty = fields.Integer("qty", 1, QtyMax);
            decimal limit = Prices.Parse(fields.Price("limit"));
            string env = fields.Word("env", "sim", "live");
            fields.Done();
            Known known = IdleOrder(clientId);
            AccountView view = ReadyAccount(env);
            if (known.Order.OrderType != OrderType.Limit) throw new Refused("not_changeable", "only a limit order can be changed");
            if (qty <= known.Order.Filled) throw new Refused("bad_qty", "so much is filled already");
            if (limit == 0 || !Prices.IsOnGrid(limit, known.Order.Instrument.MasterInstrument.TickSize)) throw new Refused("bad_price", "the limit is off the grid");
            RequestChange(view.Account, known, qty, (double)limit, 0);
            Ack(id, known.ToToldRow());
        }

        private void RequestChange(Account account, Known known, int qty, double limit, double stop)
        {
            Ask(known, Outstanding.Change);
            known.Order.QuantityChanged = qty;
            known.Order.LimitPriceChanged = limit;
            known.Order.StopPriceChanged = stop;
            try { account.Change(new[] { known.Order }); }
            catch { known.Outstanding = Outstanding.Nothing; throw; }
        }

        private Known IdleOrder(string clientId)
        {
            Known known;
            Placed placed = journal.Find(clientId);
            if (placed == null || placed.Account != peer.Account) throw new Refused("unknown_order", "no such order");
            if (!byClientId.TryGetValue(clientId, out known))
                throw new Refused(placed.End == null ? "unknown_order" : "ended", "NinjaTrader does not have this order");
            if (!known.IsLive) throw new Refused("ended", "the order works no more");
            if (known.Outstanding != Outstanding.Nothing) throw new Refused("pending", "a change or cancel is outstanding");
            return known;
        }

        private void Cancel(string id, Fields fields)
        {
            string clientId = fields.Id("client_id", NameMax);
            fields.Done();
            Known known = IdleOrder(clientId);
            // Also while a connection that has just come back settles: a cancel opens nothing.
            if (known.Order.Account.ConnectionStatus != ConnectionStatus.Connected)
                throw new Refused("not_connected", "NinjaTrader has no way to the market for " + peer.Account);
            known.IsCancelledByProtection = false;
            RequestCancel(known);
            Ack(id, known.ToToldRow());
        }

        private void RequestCancel(Known known)
        {
            Ask(known, Outstanding.Cancel);
            try { known.Order.Account.Cancel(new[] { known.Order }); }
            catch { known.Outstanding = Outstanding.Nothing; throw; }
        }

        private void Query(string id, Fields fields)
        {
            string clientId = fields.Id("client_id", NameMax);
            fields.Done();
            Placed placed = journal.Find(clientId);
            if (placed == null || placed.Account != peer.Account) { Ack(id, new JsonText().Add("found", "no")); return; }
            Account account = FindAccount(peer.Account).Account;
            foreach (Order order in OrdersOf(account)) KnownOf(account, order);
            ReadExecutions(account);
            Known known;
            byClientId.TryGetValue(clientId, out known);
            foreach (ExecSight sight in executions.Values.Where(e => e.Account.Name == account.Name && e.OrderName == clientId && !e.IsRemoved).ToList())
                SendEvent(account.Name, "exec", ExecRow(sight, known, "add"), true);
            bool isKnown = known != null || placed.End != null || StateOfPlanned(placed) != "lost";
            if (known != null)
            {
                held.Remove(known);
                known.HasHeldEnd = false;
                TellOrder(account, known, known.Now(), true);
            }
            else SendEvent(account.Name, "order", RowOf(placed), true);
            Ack(id, new JsonText().Add("found", isKnown ? "yes" : "lost"));
        }

        // ---- flatten: NinjaTrader's own Flatten takes neither a name nor a size, so its two steps are done here

        private void TakeFlatten(string id, Fields fields)
        {
            Placed placed = ReadTarget(fields, fields.Id("client_id", NameMax));
            placed.Type = "market";
            placed.Tif = "day";
            placed.Qty = fields.Integer("qty", 1, QtyMax);
            OrderEntry entry = ReadEntry(fields);
            string env = fields.Word("env", "sim", "live");
            fields.Done();
            Placed before = journal.Find(placed.ClientId);
            if (before != null && before.Account == placed.Account && before.Side == placed.Side && before.Root == placed.Root
                && before.Month == placed.Month && before.Year == placed.Year && before.Type == placed.Type)
            {
                Ack(id, true, RowOf(before));
                return;
            }
            if (before != null) throw new Refused("id_reused", "the client id is known with other terms");
            AccountView view = ReadyAccount(env);
            var flatten = new Flatten
            {
                Placed = placed, Instrument = FindInstrument(placed), Contract = new Contract(placed.Root, placed.Month, placed.Year), Entry = entry,
                Since = clock.Elapsed
            };
            placed.Qty = Math.Max(1, Math.Min(placed.Qty, Closable(view.Account, flatten)));
            JournalFirst(placed);
            flattens.Add(flatten);
            foreach (Order order in OrdersOf(view.Account)) KnownOf(view.Account, order);
            foreach (Known known in LiveIn(view.Account, flatten.Contract)) CancelForFlatten(known);
            // Answered as it stands: the closing order leaves when nothing else can close.
            Known sent = StepFlatten(view.Account, flatten);
            Ack(id, sent != null ? sent.ToToldRow() : RowOf(placed));
        }

        private static int Closable(Account account, Flatten flatten)
        {
            int net = NetOf(account, flatten.Contract);
            return flatten.Placed.Side == "sell" ? Math.Max(net, 0) : Math.Max(-net, 0);
        }

        private void CancelForFlatten(Known known)
        {
            if (known.Outstanding == Outstanding.Cancel) return;
            known.IsCancelledByProtection = true;
            try { RequestCancel(known); }
            catch (Exception fault) { Report.Fault("cancel", fault); }
        }

        private List<Known> LiveIn(Account account, Contract contract)
        {
            return LiveOf(account.Name).Where(k => k.Contract.Equals(contract)).ToList();
        }

        private void TickFlattens(long now)
        {
            foreach (Flatten flatten in flattens.ToList())
            {
                AccountView view = FindAccount(flatten.Placed.Account);
                if (view != null && view.IsReady) StepFlatten(view.Account, flatten);
                else if (now - flatten.Since >= FlattenGivesUpAfter) EndFlatten(flatten, "NinjaTrader has no way to the market");
            }
        }

        // Sends the closing order as soon as it can be no larger than what nothing else may still close. Null: not yet, or nothing to close.
        private Known StepFlatten(Account account, Flatten flatten)
        {
            List<Known> live = LiveIn(account, flatten.Contract);
            long waited = clock.Elapsed - flatten.Since;
            if (live.Count > 0 && waited < FlattenWaitsForCancels) return null;
            int others = live.Where(k => Words.Side(k.Order.OrderAction) == flatten.Placed.Side).Sum(k => k.Open);
            int qty = Math.Min(flatten.Placed.Qty, Closable(account, flatten) - others);
            if (qty < 1)
            {
                if (others == 0 || waited >= FlattenGivesUpAfter) EndFlatten(flatten, others == 0 ? "nothing to close" : "orders that do not end may close it");
                return null;
            }
            flattens.Remove(flatten);
            flatten.Placed.Qty = qty;
            try { return Submit(account, flatten.Instrument, flatten.Placed, flatten.Entry); }
            catch (Refused refused)
            {
                Report.Say("flatten of " + flatten.Contract + " failed: " + refused.Message);
                return null;
            }
        }

        private void EndFlatten(Flatten flatten, string why)
        {
            flattens.Remove(flatten);
            Note(() => journal.End(flatten.Placed, "cancelled", 0, null, clock.Utc));
            SendEvent(flatten.Placed.Account, "order", Rows.OfJournal(flatten.Placed, "cancelled", why), false);
        }

        private bool IsFlattening(string account, Contract contract)
        {
            return flattens.Any(f => f.Placed.Account == account && f.Contract.Equals(contract));
        }

        // ---- prices and accounts

        private void Subscribe(string id, Fields fields)
        {
            var contract = new Contract(fields.Root("root"), fields.Integer("month", 1, 12), fields.Integer("year", 1980, 2079));
            fields.Done();
            Instrument instrument = contract.Find();
            if (instrument == null) throw new Refused("unknown_instrument", "NinjaTrader does not know this contract");
            Feed feed = FeedOf(contract, instrument);
            if (feed.Sub == 0)
            {
                if (peer.Feeds.Count >= SubscriptionsMax) throw new Refused("too_many", "100 subscriptions are the most");
                feed.Sub = ++peer.LastSub;
                feed.Trades = 0;
                feed.Quote = new QuoteSlot();
                peer.Feeds[feed.Sub] = feed;
            }
            MasterInstrument master = instrument.MasterInstrument;
            DateTime front = master.GetNextExpiry(DateTime.Now);
            var row = new JsonText().Add("sub", feed.Sub).Add("tick_size", Prices.Money(master.TickSize)).Add("point_value", Prices.Money(master.PointValue));
            if (front.Year >= 1980 && front.Year <= 2079) row.Add("front_month", front.Month).Add("front_year", front.Year);
            Ack(id, row);
            if (feed.Bid != null || feed.Ask != null) SendQuote(feed);
        }

        private void Unsubscribe(string id, Fields fields)
        {
            int sub = fields.Integer("sub", 1, 1000000);
            fields.Done();
            Feed feed;
            if (!peer.Feeds.TryGetValue(sub, out feed)) throw new Refused("no_such_sub", "no such subscription");
            peer.Feeds.Remove(sub);
            feed.Sub = 0;
            ReleaseUnwantedFeeds();
            Ack(id, new JsonText());
        }

        private void ListAccounts(string id, Fields fields)
        {
            fields.Done();
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            Ack(id, new JsonText().Add("accounts", all.Take(100).Select(account => new JsonText().Add("name", Words.Name(account.Name))
                .Add("provider", Words.Name(account.Provider.ToString())).Add("env", Words.Env(account)).Add("status", Words.Status(account.AccountStatus))
                .Add("connected", account.ConnectionStatus == ConnectionStatus.Connected))));
        }
    }
}
