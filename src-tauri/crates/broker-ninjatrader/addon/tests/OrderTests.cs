// Orders through the bridge: sent once, told in order, known over restarts.

using System;
using System.IO;
using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge.Tests
{
    public static class OrderTests
    {
        public static void every_state_of_ninjatrader_has_its_word()
        {
            var table = new[]
            {
                "Initialized pending", "Submitted pending", "AcceptedByRisk pending", "Accepted working", "Working working", "TriggerPending working",
                "Suspended working", "PartFilled part_filled", "ChangePending pending_change", "ChangeSubmitted pending_change", "CancelPending pending_cancel",
                "CancelSubmitted pending_cancel", "Filled filled", "Cancelled cancelled", "Rejected rejected", "Unknown unknown"
            };
            Check.Same(Enum.GetValues(typeof(OrderState)).Length, table.Length, "states");
            foreach (string row in table)
            {
                var state = (OrderState)Enum.Parse(typeof(OrderState), row.Split(' ')[0]);
                Check.Same(row.Split(' ')[1], Words.State(state), row);
            }
            Check.That(!Words.IsEnd("unknown") && !Words.IsEnd("lost") && !Words.IsEnd("pending_cancel"), "these may still fill");
        }

        public static void a_market_order_is_told_with_its_execution_before_its_end()
        {
            var desk = new Desk();
            desk.Connect();
            Check.Same("ok", desk.Market("a", "buy", 2), "place");
            desk.Run();
            Check.Same("pending working working filled", desk.States("a"), "states");
            var kinds = desk.Lines.Where(l => l.Text("t") == "ev").Select(l => l.Text("k")).ToList();
            Check.That(kinds.IndexOf("exec") < kinds.LastIndexOf("order"), "the execution comes first: " + string.Join(" ", kinds));
            long[] numbers = desk.Lines.Where(l => l.Text("t") == "ev").Select(l => (long)l.Get("seq")).ToArray();
            Check.That(numbers.SequenceEqual(Enumerable.Range(1, numbers.Length).Select(n => (long)n)), "seq has no gap");
        }

        public static void an_end_is_told_even_when_its_execution_never_comes()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Limit("a", "buy", 1, "22990");
            desk.Run();
            Order order = desk.Live("a");
            typeof(Order).GetProperty("Filled").GetSetMethod(true).Invoke(order, new object[] { 1 });
            desk.Account.StandInEnd(order, OrderState.Filled, ErrorCode.NoError, "");
            desk.Run();
            Check.That(!desk.States("a").EndsWith("filled"), "it waits: " + desk.States("a"));
            desk.Wait(1100);
            Check.That(desk.States("a").EndsWith(" filled"), "told: " + desk.States("a"));
        }

        public static void a_repeated_place_sends_nothing_also_after_a_restart_of_the_addon()
        {
            var desk = new Desk();
            desk.Connect();
            Check.Same("ok", desk.Limit("a", "buy", 1, "22990"), "first");
            Check.Same("dup", desk.Limit("a", "buy", 1, "22990"), "second");
            Check.Same("id_reused", desk.Limit("a", "buy", 2, "22990"), "other terms");
            desk.End();
            desk.Begin();
            desk.Connect();
            Check.Same("dup", desk.Limit("a", "buy", 1, "22990"), "after F5");
            Check.Same("working", desk.LastSnap("order", "a").Text("state"), "and it is ours again");
            desk.End();
            desk.Account.StandInRestart(false);
            desk.Begin();
            desk.Connect();
            Check.Same("lost", desk.LastSnap("order", "a").Text("state"), "the platform has forgotten its name");
            Check.Same("dup", desk.Limit("a", "buy", 1, "22990"), "still nothing is sent");
            Check.Same("lost", ((JsonObject)desk.Ask("query", "{'client_id':'a'}").Get("d")).Text("found"), "lost is not: never sent");
            Check.Same(1, desk.Account.StandInSubmitted, "orders that reached the broker");
        }

        public static void an_order_that_ended_before_a_restart_is_still_known_to_have_ended()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Market("a", "buy", 1);
            desk.Run();
            desk.End();
            desk.Account.StandInRestart(true);
            desk.Begin();
            desk.Connect();
            Check.That(desk.LastSnap("order", "a") == null || desk.LastSnap("order", "a").Text("state") == "filled", "not lost");
            Check.Same("yes", ((JsonObject)desk.Ask("query", "{'client_id':'a'}").Get("d")).Text("found"), "query");
            Check.Same("dup", desk.Market("a", "buy", 1), "place");
        }

        public static void the_journal_has_the_id_before_the_order_leaves()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Account.Behaviour.SubmitThrows = true;
            Check.Same("platform", desk.Market("a", "buy", 1), "the platform throws");
            Check.Same("unknown", desk.Events("order", "a").Select(d => d.Text("state")).FirstOrDefault() ?? StateByQuery(desk, "a"), "it may have left");
            Check.Same("dup", desk.Market("a", "buy", 1), "never again");
            Check.Same(0, desk.Account.StandInSubmitted, "sent");
        }

        public static void an_order_that_was_never_made_is_rejected_and_its_id_is_used_up()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Account.Behaviour.CreateAnswersNull = true;
            Check.Same("platform", desk.Market("a", "buy", 1), "no order object");
            Check.Same("rejected", StateByQuery(desk, "a"), "it never left");
            desk.Account.Behaviour.CreateAnswersNull = false;
            Check.Same("dup", desk.Market("a", "buy", 1), "the id is used up");
            Check.Same(0, desk.Account.StandInSubmitted, "sent");
        }

        private static string StateByQuery(Desk desk, string id)
        {
            desk.Ask("query", "{'client_id':'" + id + "'}");
            return desk.Events("order", id).Last().Text("state");
        }

        public static void a_torn_line_of_the_journal_was_never_sent_and_whole_ones_count()
        {
            string path = Path.Combine(Check.Folder, "torn.jsonl");
            File.Delete(path);
            using (Journal journal = Journal.Open(path, 0))
                journal.Place(new Placed { ClientId = "a", Account = "x", Root = "NQ", Month = 12, Year = 2026, Side = "buy", Type = "market", Qty = 1, Tif = "day" });
            File.AppendAllText(path, "{\"k\":\"place\",\"client_id\":\"b\",\"acc");
            using (Journal journal = Journal.Open(path, 0))
            {
                Check.That(journal.Find("a") != null && journal.Find("b") == null, "what is whole is known");
                Check.Same(0, journal.Unreadable, "a torn end is no damage");
                journal.Place(new Placed { ClientId = "c", Account = "x", Root = "NQ", Month = 12, Year = 2026, Side = "buy", Type = "market", Qty = 1, Tif = "day" });
            }
            File.AppendAllText(path, "garbage\n");
            using (Journal journal = Journal.Open(path, 0))
                Check.That(journal.Find("a") != null && journal.Find("c") != null && journal.Unreadable == 1, "damage is counted");
        }

        public static void only_one_bridge_has_the_journal()
        {
            string path = Path.Combine(Check.Folder, "one.jsonl");
            File.Delete(path);
            using (Journal.Open(path, 0))
            {
                try { Journal.Open(path, 0).Dispose(); }
                catch (IOException) { return; }
                throw new Failed("opened twice");
            }
        }

        public static void partial_fills_are_told_one_by_one_and_a_cancel_keeps_them()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Limit("a", "buy", 5, "22990");
            desk.Run();
            Order order = desk.Live("a");
            desk.Account.StandInFill(order, 2, 22990);
            desk.Account.StandInFill(order, 1, 22990);
            desk.Run();
            Check.Same("ok", desk.Code("cancel", "{'client_id':'a'}"), "cancel");
            desk.Run();
            Check.Same("pending working working part_filled part_filled pending_cancel pending_cancel cancelled", desk.States("a"), "states");
            Check.Same<object>(3L, desk.Events("order", "a").Last().Get("filled"), "filled");
            Check.Same(2, desk.Events("exec", "a").Count(), "executions");
            Check.Same("ended", desk.Code("cancel", "{'client_id':'a'}"), "again");
        }

        public static void a_fill_that_wins_against_the_cancel_is_told()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Limit("a", "buy", 1, "22990");
            desk.Account.Behaviour.HoldsCancels = true;
            desk.Run();
            desk.Code("cancel", "{'client_id':'a'}");
            Check.Same("pending", desk.Code("cancel", "{'client_id':'a'}"), "one request at a time");
            desk.Account.StandInFill(desk.Live("a"), 1, 22990);
            desk.Run();
            Check.That(desk.States("a").EndsWith("pending_cancel filled"), desk.States("a"));
        }

        public static void a_change_is_told_when_it_is_in_force_and_a_refused_one_as_an_error()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Limit("a", "buy", 2, "22990");
            desk.Run();
            Check.Same("bad_price", desk.Code("change", "{'client_id':'a','qty':2,'limit':'22990.1','env':'sim'}"), "off the grid");
            Check.Same("wrong_env", desk.Code("change", "{'client_id':'a','qty':2,'limit':'22991','env':'live'}"), "wrong env");
            Check.Same("ok", desk.Code("change", "{'client_id':'a','qty':1,'limit':'22991.25','env':'sim'}"), "change");
            desk.Run();
            JsonObject last = desk.Events("order", "a").Last();
            Check.That(last.Get("changed") != null && last.Text("limit") == "22991.25" && last.Get("qty").Equals(1L) && last.Text("state") == "working", last.Text("limit"));
            desk.Account.Behaviour.RefusesNextChange = 1;
            desk.Code("change", "{'client_id':'a','qty':1,'limit':'22992','env':'sim'}");
            desk.Run();
            last = desk.Events("order", "a").Last();
            Check.That(last.Text("error") == "unable_to_change" && last.Text("limit") == "22991.25", "refused");
            desk.Account.Behaviour.RefusesNextCancel = 1;
            desk.Code("cancel", "{'client_id':'a'}");
            desk.Run();
            last = desk.Events("order", "a").Last();
            Check.That(last.Text("error") == "unable_to_cancel" && last.Text("state") == "working", "refused cancel");
            JsonObject again = desk.Ask("cancel", "{'client_id':'a'}");
            Check.That(again.Get("ok").Equals(true) && ((JsonObject)again.Get("d")).Text("error") == null, "may be asked again, and the old refusal is no answer to it");
        }

        public static void rejections_carry_words_and_a_reason()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Account.Behaviour.RejectsNext = 1;
            desk.Account.Behaviour.RejectComment = "Insufficient margin for – this \"order\"";
            desk.Market("a", "buy", 1);
            desk.Run();
            JsonObject last = desk.Events("order", "a").Last();
            Check.Same("rejected margin rejected", last.Text("state") + " " + last.Text("reason") + " " + last.Text("error"), "row");
            Check.Same("Insufficient margin for – this \"order\"", last.Text("text"), "words");
            desk.Lines.Clear();
            desk.Ask("snapshot", "{}");
            Check.Same("margin", desk.LastSnap("order", "a").Text("reason"), "also in a snapshot");
            desk.Ask("query", "{'client_id':'a'}");
            Check.Same("margin", desk.Events("order", "a").Last().Text("reason"), "and in the answer to a query");
        }

        public static void executions_out_of_order_amended_and_removed_are_told_by_their_ids()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Account.Behaviour.Reorders = true;
            desk.Market("a", "buy", 2);
            desk.Run();
            Check.That(desk.States("a").EndsWith("filled"), desk.States("a"));
            Execution execution;
            lock (desk.Account.Executions) execution = desk.Account.Executions.Last();
            desk.Account.StandInAmend(execution, Operation.Update, 2, 23000.5);
            desk.Account.StandInAmend(execution, Operation.Remove, 2, 23000.5);
            desk.Run();
            Check.Same("add update remove", string.Join(" ", desk.Events("exec", "a").Select(d => d.Text("op"))), "ops");
            Check.Same(1, desk.Events("exec", "a").Select(d => d.Text("exec_id")).Distinct().Count(), "one id");
        }

        public static void a_snapshot_counts_its_rows_and_events_go_on_from_its_number()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Market("a", "buy", 1);
            desk.Limit("b", "buy", 1, "22990");
            desk.Account.StandInForeign(desk.Nq, OrderAction.Buy, 1, 22980, "by hand");
            desk.Run();
            desk.Lines.Clear();
            desk.Ask("snapshot", "{}");
            JsonObject end = desk.Lines.Last();
            Check.Same("snap_end", end.Text("t"), "last line");
            foreach (string kind in new[] { "conn", "acct", "order", "exec", "pos" })
                Check.Same<object>((long)desk.Lines.Count(l => l.Text("t") == "snap" && l.Text("k") == kind), end.Get(kind), kind);
            Check.Same<object>(3L, end.Get("order"), "orders");
            desk.Trade(22990);
            Check.Same<object>((long)end.Get("seq") + 1, desk.Lines.First(l => l.Text("t") == "ev").Get("seq"), "next event");
        }

        public static void orders_of_others_are_told_without_a_client_id_and_only_flatten_cancels_them()
        {
            var desk = new Desk();
            desk.Connect();
            Order foreign = desk.Account.StandInForeign(desk.Nq, OrderAction.Sell, 1, 23100, "by hand");
            desk.Run();
            Check.That(desk.Lines.Any(l => l.Text("t") == "ev" && ((JsonObject)l.Get("d")).Text("broker_id") == foreign.Id.ToString() && ((JsonObject)l.Get("d")).Text("client_id") == null), "told");
            desk.Market("a", "buy", 2);
            desk.Arm("L1", "sell", 2, "22980", null);
            desk.Run();
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same(OrderState.Working, foreign.OrderState, "untouched by the protection");
            desk.Connect();
            desk.Ask("flatten", "{'client_id':'f'," + Desk.Nq1226 + "'side':'sell','qty':9,'entry':'manual','env':'sim'}");
            desk.Wait(200);
            Check.Same(OrderState.Cancelled, foreign.OrderState, "cancelled by flatten");
            Check.Same(0, desk.Net, "position");
            Check.Same(2, desk.Orders("f").Single().Quantity, "closes what is open, not what is asked");
        }

        public static void flatten_waits_for_cancels_and_never_closes_more_than_is_open()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Market("a", "buy", 2);
            desk.Limit("b", "sell", 2, "23010");
            desk.Account.Behaviour.HoldsCancels = true;
            desk.Run();
            desk.Ask("flatten", "{'client_id':'f'," + Desk.Nq1226 + "'side':'sell','qty':2,'entry':'manual','env':'sim'}");
            desk.Wait(400);
            Check.Same(0, desk.Orders("f").Count, "nothing leaves while the cancel is out");
            desk.Account.StandInFill(desk.Live("b"), 1, 23010);
            desk.Account.StandInReleaseCancel(desk.Live("b"));
            desk.Wait(200);
            Check.Same(1, desk.Orders("f").Single().Quantity, "what the race has left");
            Check.Same(0, desk.Net, "position");
            Check.That(desk.States("f").EndsWith("filled"), desk.States("f"));
        }

        public static void flatten_of_nothing_is_cancelled_with_nothing_filled()
        {
            var desk = new Desk();
            desk.Connect();
            JsonObject row = (JsonObject)desk.Ask("flatten", "{'client_id':'f'," + Desk.Nq1226 + "'side':'sell','qty':2,'entry':'manual','env':'sim'}").Get("d");
            Check.Same("cancelled", row.Text("state"), "answer");
            Check.Same("cancelled", desk.States("f"), "event");
            Check.Same(0, desk.Account.StandInSubmitted, "sent");
        }

        public static void commands_with_a_member_too_many_or_a_value_out_of_range_are_refused()
        {
            var desk = new Desk();
            desk.Connect();
            string good = "'client_id':'a'," + Desk.Nq1226 + "'side':'buy','type':'market','qty':1,'tif':'day','entry':'manual','env':'sim'";
            foreach (string bad in new[]
            {
                good + ",'stop':'1'", good.Replace("'qty':1", "'qty':0"), good.Replace("'qty':1", "'qty':1001"), good.Replace("'qty':1", "'qty':'1'"),
                good.Replace("'buy'", "'BUY'"), good.Replace("'month':12", "'month':13"), good.Replace("'NQ'", "'nq'"), good.Replace("'a'", "'a b'"),
                good.Replace("'a'", "'" + new string('a', 51) + "'"), good.Replace("'market'", "'limit'"), good.Replace("'type':'market'", "'type':'market','limit':'1'")
            })
                Check.Same("bad_request", desk.Code("place", "{" + bad + "}"), bad);
            Check.Same("unknown_op", desk.Code("buy", "{}"), "op");
            Check.Same("bad_request", desk.Code("snapshot", "{'x':1}"), "snapshot");
            Check.Same("unknown_instrument", desk.Code("place", "{" + good.Replace("'NQ'", "'XX'") + "}"), "root");
            Check.Same("unknown_instrument", desk.Code("place", "{" + good.Replace("'month':12", "'month':11") + "}"), "month");
            Check.Same("wrong_env", desk.Code("place", "{" + good.Replace("'sim'", "'live'") + "}"), "env");
            Check.Same("bad_price", desk.Limit("a", "buy", 1, "23000.1"), "grid");
            Check.Same("bad_price", desk.Limit("a", "buy", 1, "0"), "nought");
            Check.Same("unknown_order", desk.Code("cancel", "{'client_id':'zz'}"), "cancel");
            Check.Same("no", ((JsonObject)desk.Ask("query", "{'client_id':'zz'}").Get("d")).Text("found"), "query");
            Check.Same("no_such_sub", desk.Code("unsubscribe", "{'sub':7}"), "sub");
            Check.Same("no_such_phantom", desk.Code("disarm", "{'phantom':'zz'}"), "phantom");
            Check.Same(0, desk.Account.StandInSubmitted, "nothing was sent");
        }

        public static void a_live_account_takes_live_orders_only_and_a_disabled_one_takes_none()
        {
            var desk = new Desk(Provider.Rithmic);
            desk.Connect();
            Check.Same("wrong_env", desk.Market("a", "buy", 1), "born for simulation");
            Check.Same("live", ((JsonObject)desk.Lines.First(l => l.Text("k") == "acct").Get("d")).Text("env"), "env");
            string live = "{'client_id':'b'," + Desk.Nq1226 + "'side':'buy','type':'market','qty':1,'tif':'day','entry':'automated','env':'live'}";
            desk.Account.StandInStatus(AccountStatus.Disabled);
            Check.Same("not_permitted", desk.Code("place", live), "disabled");
            desk.Account.StandInStatus(AccountStatus.LiquidationOnly);
            Check.Same("not_permitted", desk.Code("place", live), "only closing");
            desk.Account.StandInStatus(AccountStatus.Enabled);
            Check.Same("ok", desk.Code("place", live), "enabled");
            Check.Same(OrderEntry.Automated, desk.Orders("b").Single().OrderEntry, "entry");
        }

        public static void while_the_broker_is_away_nothing_is_sent_and_after_it_a_moment_of_quiet()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Limit("w", "buy", 1, "22990");
            desk.Account.Connection.StandInSet(ConnectionStatus.ConnectionLost, ConnectionStatus.ConnectionLost);
            desk.Run();
            Check.Same("not_connected", desk.Market("a", "buy", 1), "lost");
            Check.Same("not_connected", desk.Code("cancel", "{'client_id':'w'}"), "cancels too");
            desk.Account.Connection.StandInSet(ConnectionStatus.Connected, ConnectionStatus.Connected);
            desk.Run();
            Check.Same("not_connected", desk.Market("a", "buy", 1), "not quiet yet");
            Check.Same("ok", desk.Code("cancel", "{'client_id':'w'}"), "a cancel may leave");
            desk.Wait(2100);
            Check.Same("ok", desk.Market("a", "buy", 1), "quiet");
            Check.Same("lost connecting connected", string.Join(" ", desk.Lines.Where(l => l.Text("t") == "ev" && l.Text("k") == "conn").Select(l => ((JsonObject)l.Get("d")).Text("status"))), "told");
        }

        public static void an_account_that_comes_later_is_found_and_has_a_moment_to_become_whole()
        {
            var desk = new Desk();
            Check.Same("unknown_account", desk.Connect("Later1"), "before");
            Account later = StandIn.World.Open("Later1", Provider.Simulator);
            desk.Wait(100);
            Check.Same<string>(null, desk.Connect("Later1"), "after");
            Check.Same<object>(false, desk.Lines.Last(l => l.Text("t") == "snap_end").Get("whole"), "not whole yet");
            Check.Same("not_connected", desk.Market("a", "buy", 1), "not yet");
            desk.Wait(2500);
            Check.Same("ok", desk.Market("a", "buy", 1), "then");
            later.StandInDrain();
            desk.Run();
            Check.That(desk.States("a").EndsWith("filled"), "its events are heard: " + desk.States("a"));
        }

        public static void a_lost_connection_is_noticed_without_an_event()
        {
            var desk = new Desk();
            desk.Connect();
            typeof(Connection).GetProperty("Status").GetSetMethod(true).Invoke(desk.Account.Connection, new object[] { ConnectionStatus.Disconnected });
            desk.Wait(100);
            Check.Same("disconnected", ((JsonObject)desk.Lines.Last(l => l.Text("k") == "conn").Get("d")).Text("status"), "told");
        }

        public static void without_a_journal_orders_are_refused_and_positions_are_protected_all_the_same()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Market("a", "buy", 2);
            desk.Arm("L1", "sell", 2, "22980", null);
            desk.Journal.Dispose();
            Check.Same("journal", desk.Limit("b", "buy", 1, "22990"), "order");
            Check.Same(1, desk.Account.StandInSubmitted, "nothing was sent");
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same(2, desk.Live("L1-X1.s1").Quantity, "shadow");
        }
    }
}
