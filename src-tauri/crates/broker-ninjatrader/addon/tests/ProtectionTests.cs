// Stops for armed phantoms while the app is away, and the wide ones beside it.

using System.Linq;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge.Tests
{
    public static class ProtectionTests
    {
        private static Desk Armed(int position, int qty, string disaster)
        {
            var desk = new Desk();
            desk.Connect();
            desk.Market("a", "buy", position);
            desk.Run();
            Check.Same("ok", desk.Arm("L1", "sell", qty, "22980", disaster), "arm");
            desk.Wait(300);
            return desk;
        }

        public static void a_silent_app_is_covered_after_five_seconds_and_within_six()
        {
            Desk desk = Armed(2, 2, null);
            desk.WaitSilently(2900);
            Check.That(desk.Peer.EndedBy == null, "three seconds are not over");
            desk.WaitSilently(200);
            Check.Same("silent", desk.Peer.EndedBy, "dead after three seconds");
            desk.WaitSilently(1850);
            Check.Same(0, desk.Orders("L1-X1").Count, "nothing before five seconds");
            desk.WaitSilently(150);
            Order shadow = desk.Orders("L1-X1").Single();
            Check.Same("L1-X1.s1 Working StopMarket Sell 2 22980 Automated", string.Join(" ", shadow.Name, shadow.OrderState, shadow.OrderType, shadow.OrderAction, shadow.Quantity, shadow.StopPrice, shadow.OrderEntry), "shadow");
        }

        public static void a_closed_connection_counts_from_its_last_good_frame()
        {
            Desk desk = Armed(2, 2, null);
            desk.WaitSilently(1000);
            desk.Vanish();
            desk.WaitSilently(3900);
            Check.Same(0, desk.Orders("L1-X1").Count, "not yet");
            desk.WaitSilently(200);
            Check.Same(1, desk.Orders("L1-X1").Count, "now");
        }

        public static void shadows_are_never_more_than_the_position_and_the_oldest_come_first()
        {
            Desk desk = Armed(3, 2, null);
            desk.Arm("L2", "sell", 2, "22970", null);
            desk.Arm("L3", "sell", 2, "22960", null);
            desk.Arm("S1", "buy", 2, "23050", null);
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same("L1-X1.s1 2, L2-X1.s1 1", string.Join(", ", desk.Orders("").Where(o => o.OrderType == OrderType.StopMarket).Select(o => o.Name + " " + o.Quantity)), "shadows");
        }

        public static void a_shadow_shrinks_with_the_position_and_goes_with_it()
        {
            Desk desk = Armed(3, 3, null);
            desk.Vanish();
            desk.WaitSilently(6000);
            desk.Account.StandInForeign(desk.Nq, OrderAction.Sell, 1, 0, "by hand");
            desk.WaitSilently(500);
            Check.Same(2, desk.Live("L1-X1").Quantity, "shrunk");
            desk.Account.StandInForeign(desk.Nq, OrderAction.Sell, 2, 0, "by hand");
            desk.WaitSilently(500);
            Check.That(desk.Live("L1-X1") == null && desk.Net == 0, "gone with the position");
            desk.Account.StandInForeign(desk.Nq, OrderAction.Buy, 2, 0, "another trade by hand");
            desk.WaitSilently(3000);
            Check.That(desk.Live("L1-X1") == null, "a position that somebody else opens later gets no old stop");
        }

        public static void on_return_the_shadow_is_adopted_and_no_second_exit_is_made()
        {
            Desk desk = Armed(2, 2, null);
            desk.Vanish();
            desk.WaitSilently(6000);
            desk.Lines.Clear();
            desk.Connect();
            Check.Same("shadow working", desk.LastSnap("order", "L1-X1.s1").Text("role") + " " + desk.LastSnap("order", "L1-X1.s1").Text("state"), "told");
            desk.Wait(3000);
            Check.Same(OrderState.Working, desk.Live("L1-X1").OrderState, "it is not taken away by itself");
            Check.Same("ok", desk.Code("cancel", "{'client_id':'L1-X1.s1'}"), "the app takes it");
            desk.Run();
            Check.That(desk.States("L1-X1.s1").EndsWith("cancelled"), "with proof: " + desk.States("L1-X1.s1"));
            desk.Wait(8000);
            Check.Same(1, desk.Orders("L1-X1").Count, "none is placed while the app is there");
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same("L1-X1.s2", desk.Live("L1-X1").Name, "the next absence gets the next id");
        }

        public static void a_shadow_that_filled_has_closed_the_position_once()
        {
            Desk desk = Armed(2, 2, "22950");
            desk.Vanish();
            desk.WaitSilently(6000);
            desk.Trade(22979);
            desk.WaitSilently(3000);
            Check.Same(0, desk.Net, "closed");
            Check.That(desk.Live("L1-X1") == null, "nothing is left that could open a position");
            desk.Connect();
            Check.Same("filled", desk.LastSnap("order", "L1-X1.s1").Text("state"), "and it is told");
        }

        public static void a_level_that_has_traded_exits_at_market()
        {
            Desk desk = Armed(2, 2, null);
            desk.Vanish();
            desk.Trade(22970);
            desk.WaitSilently(6000);
            Order exit = desk.Orders("L1-X1").Single();
            Check.Same("Market Filled 2", exit.OrderType + " " + exit.OrderState + " " + exit.Filled, "exit");
            Check.Same(0, desk.Net, "position");
        }

        public static void a_refused_shadow_is_tried_again_and_then_the_level_is_watched()
        {
            Desk desk = Armed(2, 2, null);
            desk.Account.Behaviour.RejectsNext = 2;
            desk.Vanish();
            desk.WaitSilently(9000);
            Check.Same(2, desk.Orders("L1-X1").Count, "two tries");
            Check.Same(2, desk.Net, "the level has not traded: no exit");
            desk.Trade(22980);
            desk.WaitSilently(500);
            Check.Same(0, desk.Net, "it has: exit at market");
            Check.Same("L1-X1.s3", desk.Orders("L1-X1").Last().Name, "under the next id");
        }

        public static void an_exit_on_its_way_is_no_reason_for_a_second_one()
        {
            Desk desk = Armed(2, 2, null);
            desk.Account.Behaviour.FillsByItself = false;
            desk.Market("L1-X1", "sell", 2);
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same(1, desk.Orders("L1-X1").Count, "the exit alone");
            desk.Account.StandInFill(desk.Live("L1-X1"), 2, 22990);
            desk.WaitSilently(2000);
            Check.That(desk.Net == 0 && desk.Orders("L1-X1").Count == 1, "and nothing after it");
        }

        public static void what_an_exit_has_closed_has_no_shadow_though_the_position_is_not_flat()
        {
            foreach (string exit in new[] { "L1-X1", "L1-X2" })
            {
                Desk desk = Armed(2, 1, null);
                desk.Arm("L2", "sell", 1, "22970", null);
                desk.Market(exit, "sell", 1);
                desk.Run();
                desk.Vanish();
                desk.WaitSilently(6000);
                Check.Same("L2-X1.s1", string.Join(", ", desk.Orders("").Where(o => o.OrderType == OrderType.StopMarket).Select(o => o.Name)), "after " + exit);
            }
        }

        public static void a_shadow_that_the_trader_cancels_by_hand_stays_cancelled()
        {
            Desk desk = Armed(2, 2, null);
            desk.Vanish();
            desk.WaitSilently(6000);
            desk.Account.Cancel(new[] { desk.Live("L1-X1") });
            desk.WaitSilently(5000);
            Check.Same(1, desk.Orders("L1-X1").Count, "it was meant");
        }

        public static void armed_phantoms_outlive_the_addon()
        {
            Desk desk = Armed(2, 2, null);
            desk.End();
            desk.Begin();
            desk.WaitSilently(4900);
            Check.Same(0, desk.Orders("L1-X1").Count, "five seconds from its own start");
            desk.WaitSilently(200);
            Check.Same("L1-X1.s1", desk.Live("L1-X1").Name, "shadow");
            desk.End();
            desk.Account.StandInRestart(true);
            desk.Begin();
            desk.WaitSilently(7000);
            Check.Same(1, desk.Orders("L1-X1").Count(o => !Order.IsTerminalState(o.OrderState)), "one stop after a restart, not two");
        }

        public static void disarm_takes_the_stops_away_and_a_restart_does_not_leave_them()
        {
            Desk desk = Armed(2, 2, "22950");
            Check.That(desk.Live("L1-X1.d1") != null, "the disaster stop works");
            Check.Same("ok", desk.Code("disarm", "{'phantom':'L1'}"), "disarm");
            desk.Run();
            Check.That(desk.Live("L1-X1") == null, "gone");
            Check.That(desk.States("L1-X1.d1").EndsWith("cancelled"), "with proof: " + desk.States("L1-X1.d1"));
        }

        public static void disarm_but_some_leaves_those_and_takes_all_others_at_once()
        {
            Desk desk = Armed(3, 1, "22950");
            desk.Arm("L2", "sell", 1, "22970", "22940");
            desk.Arm("L3", "sell", 1, "22960", "22930");
            desk.Wait(300);
            Check.Same("ok", desk.Code("disarm", "{'but':['L2','L9']}"), "what is not armed may be listed");
            desk.Run();
            Check.That(desk.Live("L1-X1") == null && desk.Live("L3-X1") == null, "gone");
            Check.That(desk.Live("L2-X1.d1") != null, "kept");
            foreach (string bad in new[] { "{'but':['L2'],'phantom':'L2'}", "{'but':'L2'}", "{'but':[1]}", "{'but':['']}" })
                Check.Same("bad_request", desk.Code("disarm", bad), bad);
            Check.That(desk.Live("L2-X1.d1") != null, "a refused command takes nothing away");
            Check.Same("ok", desk.Code("disarm", "{'but':[]}"), "all of them");
            desk.Run();
            Check.That(desk.Live("L2-X1") == null, "none is left");
        }

        public static void the_disaster_stop_keeps_in_size_and_at_its_level()
        {
            var desk = new Desk();
            desk.Connect();
            desk.Arm("L1", "sell", 1, "22980", "22950");
            desk.Wait(500);
            Check.Same(0, desk.Orders("L1-X1").Count, "no position, no stop");
            desk.Market("a", "buy", 1);
            desk.Wait(100);
            Check.Same(1, desk.Live("L1-X1.d1").Quantity, "with the first fill");
            desk.Market("b", "buy", 2);
            desk.Arm("L1", "sell", 3, "22980", "22950");
            desk.Wait(100);
            Check.Same(3, desk.Live("L1-X1.d1").Quantity, "grown");
            desk.Arm("L1", "sell", 3, "22980", "22940.25");
            desk.Wait(300);
            Check.Same(22940.25, desk.Live("L1-X1.d1").StopPrice, "moved");
            desk.Market("c", "sell", 1);
            desk.Wait(500);
            Check.Same(2, desk.Live("L1-X1.d1").Quantity, "shrunk");
            desk.Market("L1-X1", "sell", 2);
            desk.Wait(500);
            Check.That(desk.Live("L1-X1") == null && desk.Net == 0, "cancelled after the exit");
            Check.That(desk.States("L1-X1.d1").EndsWith("cancelled"), "with proof");
        }

        public static void a_shadow_that_works_takes_the_place_of_the_disaster_stop()
        {
            Desk desk = Armed(2, 2, "22950");
            desk.Vanish();
            desk.WaitSilently(6000);
            Check.Same("L1-X1.s1", string.Join(" ", desk.Orders("L1-X1").Where(o => !Order.IsTerminalState(o.OrderState)).Select(o => o.Name)), "one stop");
            desk.Connect();
            desk.Code("cancel", "{'client_id':'L1-X1.s1'}");
            desk.Wait(300);
            Check.Same("L1-X1.d2", desk.Live("L1-X1").Name, "and back again");
        }

        public static void forty_silences_never_close_more_than_the_position()
        {
            var chance = new System.Random(11);
            var desk = new Desk();
            desk.Connect();
            for (int i = 0; i < 40; i++)
            {
                int qty = 1 + chance.Next(3);
                desk.Trade(23000);
                desk.Market("e" + i, "buy", qty);
                desk.Run();
                desk.Arm("P" + i, "sell", qty, "22980", chance.Next(2) == 0 ? "22950" : null);
                desk.Vanish();
                if (chance.Next(3) == 0) desk.Trade(22975);
                desk.WaitSilently(5000 + chance.Next(4) * 100);
                if (chance.Next(2) == 0) desk.Trade(22970);
                if (chance.Next(3) == 0 && desk.Net > 0) desk.Account.StandInForeign(desk.Nq, OrderAction.Sell, 1, 0, "by hand");
                desk.WaitSilently(chance.Next(6) * 100);
                Check.That(desk.Net >= 0, "reversed in round " + i);
                desk.Connect();
                desk.Code("flatten", "{'client_id':'f" + i + "'," + Desk.Nq1226 + "'side':'sell','qty':9,'entry':'manual','env':'sim'}");
                desk.Wait(700);
                Check.Same(0, desk.Net, "flat in round " + i);
                desk.Code("disarm", "{'phantom':'P" + i + "'}");
                desk.Wait(300);
                Check.That(desk.Live("P" + i + "-X1") == null, "nothing left in round " + i);
                desk.Lines.Clear();
            }
        }
    }
}
