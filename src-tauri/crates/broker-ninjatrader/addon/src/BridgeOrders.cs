// Orders, executions and positions: what is known of them, and what is told.

using System;
using System.Collections.Generic;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    public sealed partial class Bridge
    {
        private const int EndWaitsForExecutions = 1000;
        private const int OutstandingAtMost = 5000;

        private readonly Dictionary<Order, Known> byOrder = new Dictionary<Order, Known>(new SameObject());
        private readonly Dictionary<string, Known> byClientId = new Dictionary<string, Known>(StringComparer.Ordinal);
        private readonly Dictionary<string, ExecSight> executions = new Dictionary<string, ExecSight>(StringComparer.Ordinal);
        private readonly List<Known> live = new List<Known>();
        private readonly List<Known> held = new List<Known>();
        private readonly List<Known> waiting = new List<Known>();

        // NinjaTrader's orders are compared by reference.
        private sealed class SameObject : IEqualityComparer<Order>
        {
            public bool Equals(Order one, Order other) { return ReferenceEquals(one, other); }
            public int GetHashCode(Order order) { return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(order); }
        }

        /// <summary>What is known of an order; it becomes known now. Null for what is no futures contract.</summary>
        private Known KnownOf(Account account, Order order)
        {
            Known known;
            if (byOrder.TryGetValue(order, out known)) return known;
            Contract contract;
            if (!Contract.TryOf(order.Instrument, out contract)) return null;
            Placed placed = string.IsNullOrEmpty(order.Name) ? null : journal.Find(order.Name);
            if (placed != null && placed.Account != account.Name) placed = null;
            if (placed != null && byClientId.TryGetValue(placed.ClientId, out known))
            {
                // The platform has made a new object for the same order.
                known.Order = order;
                byOrder[order] = known;
                if (!live.Contains(known)) live.Add(known);
                return known;
            }
            known = new Known
            {
                Order = order, Placed = placed, Contract = contract,
                BrokerId = order.Id > 0 ? Words.PlatformId(order.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)) : "p" + (byOrder.Count + 1)
            };
            byOrder[order] = known;
            live.Add(known);
            if (placed == null) return known;
            byClientId[placed.ClientId] = known;
            NoteExit(known);
            known.SeenFilled = executions.Values.Where(e => e.Account.Name == account.Name && e.OrderName == placed.ClientId).Sum(e => e.Qty);
            NoteChanged(known, OrderSight.Of(order));
            NoteEnd(known, OrderSight.Of(order));
            return known;
        }

        /// <summary>Orders of an account that may still fill. What NinjaTrader only prepares in a window is none.</summary>
        private IEnumerable<Known> LiveOf(string account)
        {
            live.RemoveAll(k => !k.IsLive);
            return live.Where(k => k.Order.Account.Name == account && !(k.Order.OrderState == OrderState.Initialized && k.Placed == null));
        }

        // How an order of ours ended is kept: after a restart of NinjaTrader nobody else may know it.
        private void NoteEnd(Known known, OrderSight sight)
        {
            string state = Words.State(sight.State);
            if (known.Placed == null || known.Placed.End != null || !Words.IsEnd(state)) return;
            Note(() => journal.End(known.Placed, state, sight.Filled, sight.Filled > 0 ? Prices.Money(sight.Average) : null, clock.Utc));
        }

        void IPlatformEvents.OnOrder(Account account, Order order, OrderSight sight)
        {
            Known known = KnownOf(account, order);
            if (known == null) return;
            ViewOf(account).LastActivity = clock.Elapsed;
            string state = Words.State(sight.State);
            // A snapshot may already have told more than an event that was on its way then.
            if (known.Told.HasValue && Words.IsEnd(Words.State(known.Told.Value.State)) && !Words.IsEnd(state)) return;
            if (known.Told.HasValue && sight.Filled < known.Told.Value.Filled) return;
            known.IsInDoubt = false;
            Answer(known, sight);
            NoteChanged(known, sight);
            if (Words.IsEnd(state) && sight.Filled > known.SeenFilled)
            {
                known.HeldEnd = sight;
                known.HeldUntil = clock.Elapsed + EndWaitsForExecutions;
                if (!known.HasHeldEnd) held.Add(known);
                known.HasHeldEnd = true;
                return;
            }
            TellOrder(account, known, sight, false);
        }

        // An order's end is told after its executions; NinjaTrader and its providers do it either way.
        private void ReleaseHeldEnds(long now)
        {
            foreach (Known known in held.Where(k => k.SeenFilled >= k.HeldEnd.Filled || now >= k.HeldUntil).ToList())
            {
                held.Remove(known);
                known.HasHeldEnd = false;
                TellOrder(known.Order.Account, known, known.HeldEnd, false);
            }
        }

        private void TellOrder(Account account, Known known, OrderSight sight, bool again)
        {
            known.Told = sight;
            NoteEnd(known, sight);
            SendEvent(account.Name, "order", known.ToRow(sight), again);
        }

        private static void NoteChanged(Known known, OrderSight sight)
        {
            if (known.Placed == null || known.IsChanged || sight.State == OrderState.Initialized) return;
            bool isOther = sight.Quantity != known.Placed.Qty
                || (known.Placed.Limit != null && Prices.OnGrid(sight.Limit, 0) != Prices.OnGrid((double)Prices.Parse(known.Placed.Limit), 0));
            if (isOther) known.IsChanged = true;
        }

        // A request is answered when the platform, having taken notice of it, says where the order stands now.
        private void Answer(Known known, OrderSight sight)
        {
            if (known.Outstanding == Outstanding.Nothing) return;
            string state = Words.State(sight.State);
            bool isUnderWay = state == "pending_change" || state == "pending_cancel";
            if (isUnderWay) { known.OutstandingNoticed = true; return; }
            if (!known.OutstandingNoticed && sight.Error == ErrorCode.NoError && !Words.IsEnd(state)) return;
            if (known.Outstanding == Outstanding.Change && sight.Error == ErrorCode.NoError && !Words.IsEnd(state)) known.IsChanged = true;
            known.Outstanding = Outstanding.Nothing;
            waiting.Remove(known);
        }

        private void Ask(Known known, Outstanding what)
        {
            known.Outstanding = what;
            known.OutstandingSince = clock.Elapsed;
            known.OutstandingNoticed = false;
            if (!waiting.Contains(known)) waiting.Add(known);
        }

        private void ForgetOutstanding(long now)
        {
            foreach (Known known in waiting.Where(k => now - k.OutstandingSince >= OutstandingAtMost).ToList())
            {
                known.Outstanding = Outstanding.Nothing;
                waiting.Remove(known);
            }
        }

        void IPlatformEvents.OnExecution(ExecSight sight, Operation operation)
        {
            ViewOf(sight.Account).LastActivity = clock.Elapsed;
            ExecSight before;
            string key = KeyOf(sight);
            executions.TryGetValue(key, out before);
            if (operation == Operation.Remove) sight.IsRemoved = true;
            if (before != null && before.SaysTheSameAs(sight)) return;
            Known known = Take(sight, before);
            string op = sight.IsRemoved ? "remove" : before == null ? "add" : "update";
            SendEvent(sight.Account.Name, "exec", ExecRow(sight, known, op), false);
            if (known != null && known.HasHeldEnd && known.SeenFilled >= known.HeldEnd.Filled) ReleaseHeldEnds(clock.Elapsed);
        }

        private Known Take(ExecSight sight, ExecSight before)
        {
            Known known = sight.Order != null ? KnownOf(sight.Account, sight.Order) : null;
            if (known == null && !string.IsNullOrEmpty(sight.OrderName)) byClientId.TryGetValue(sight.OrderName, out known);
            executions[KeyOf(sight)] = sight;
            if (known != null && before == null) known.SeenFilled += sight.Qty;
            return known;
        }

        private static string KeyOf(ExecSight sight) { return sight.Account.Name + "\0" + sight.ExecId; }

        private void ReadExecutions(Account account)
        {
            List<Execution> listed;
            lock (account.Executions) listed = account.Executions.ToList();
            foreach (Execution execution in listed)
            {
                ExecSight sight = ExecSight.Of(account, execution);
                if (sight == null) continue;
                ExecSight before;
                if (!executions.TryGetValue(KeyOf(sight), out before) || !before.SaysTheSameAs(sight)) Take(sight, before);
            }
        }

        private JsonText ExecRow(ExecSight sight, Known known, string op)
        {
            string clientId = known != null ? known.ClientId : null;
            if (clientId == null && !string.IsNullOrEmpty(sight.OrderName))
            {
                Placed placed = journal.Find(sight.OrderName);
                if (placed != null && placed.Account == sight.Account.Name) clientId = placed.ClientId;
            }
            return sight.ToRow(clientId, known != null ? known.BrokerId : "-", op);
        }

        void IPlatformEvents.OnPosition(Account account, Instrument instrument, int net, double average)
        {
            Contract contract;
            if (!Contract.TryOf(instrument, out contract)) return;
            ViewOf(account).LastActivity = clock.Elapsed;
            SendEvent(account.Name, "pos", PositionRow(contract, net, average), false);
        }

        private static JsonText PositionRow(Contract contract, int net, double average)
        {
            return contract.AddTo(new JsonText()).Add("net", net).Add("average", net == 0 ? null : Prices.Money(average));
        }

        // ---- the snapshot: read in one go by the one thread that also tells the events, so that nothing falls between

        private void SendSnapshot(string requestId)
        {
            AccountView view = FindAccount(peer.Account);
            Account account = view.Account;
            Send(SnapshotLine(requestId, "conn", ConnectionRow(view, account.ConnectionStatus)));
            view.Untold.Clear();
            Send(SnapshotLine(requestId, "acct", AccountRow(view, ItemsTold)));
            ReadExecutions(account);
            int orders = SendOrders(requestId, account);
            int fills = 0, positions = 0;
            foreach (ExecSight sight in executions.Values.Where(e => e.Account.Name == account.Name && !e.IsRemoved).ToList())
            {
                Known known = sight.Order != null ? KnownOf(account, sight.Order) : null;
                if (known == null && !string.IsNullOrEmpty(sight.OrderName)) byClientId.TryGetValue(sight.OrderName, out known);
                Send(SnapshotLine(requestId, "exec", ExecRow(sight, known, "add")));
                fills++;
            }
            List<Position> open;
            lock (account.Positions) open = account.Positions.ToList();
            foreach (Position position in open)
            {
                Contract contract;
                int net = position.MarketPosition == MarketPosition.Short ? -position.Quantity : position.Quantity;
                if (position.MarketPosition == MarketPosition.Flat || net == 0 || !Contract.TryOf(position.Instrument, out contract)) continue;
                Send(SnapshotLine(requestId, "pos", PositionRow(contract, net, position.AveragePrice)));
                positions++;
            }
            Send(new JsonText().Add("t", "snap_end").Add("id", requestId).Add("seq", seq).Add("since", startedUtc).Add("conn", 1).Add("acct", 1)
                .Add("order", orders).Add("exec", fills).Add("pos", positions).Add("whole", view.IsReady).Add("ts", clock.Utc)
                .Add("digest", DigestOf(account.Name)));
        }

        private int SendOrders(string requestId, Account account)
        {
            int sent = 0;
            foreach (Order order in OrdersOf(account)) KnownOf(account, order);
            foreach (Known known in byOrder.Values.Distinct().Where(k => k.Order.Account.Name == account.Name).ToList())
            {
                OrderSight sight = known.Now();
                if (sight.State == OrderState.Initialized && known.Placed == null) continue;
                NoteChanged(known, sight);
                // An end whose executions are not listed yet comes as an event, after them.
                if (Words.IsEnd(Words.State(sight.State)) && sight.Filled > known.SeenFilled && known.Told.HasValue) sight = known.Told.Value;
                known.Told = sight;
                Send(SnapshotLine(requestId, "order", known.ToRow(sight)));
                sent++;
            }
            foreach (Placed placed in journal.Orders.Where(p => p.Account == account.Name && !byClientId.ContainsKey(p.ClientId)).ToList())
            {
                if (placed.End != null && placed.EndTs < startedUtc) continue;
                Send(SnapshotLine(requestId, "order", Rows.OfJournal(placed, placed.End ?? StateOfPlanned(placed), null)));
                sent++;
            }
            return sent;
        }

        // A closing order of a flatten that waits for its cancels is in the journal and not yet at the platform.
        private string StateOfPlanned(Placed placed) { return flattens.Any(f => f.Placed == placed) ? "pending" : "lost"; }

        private static JsonText SnapshotLine(string requestId, string kind, JsonText data)
        {
            return new JsonText().Add("t", "snap").Add("id", requestId).Add("k", kind).Add("d", data);
        }
    }
}
