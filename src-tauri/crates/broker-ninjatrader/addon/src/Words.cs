// NinjaTrader's words and the wire's: states, kinds, reasons, whether money is real.

using System;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    /// <summary>
    /// Translations between NinjaTrader's enumerations and docs/bridge.md, sections 4.3 to 4.7. Values that not every
    /// version of NinjaTrader has are compared by their names: one name that is missing would keep all of a trader's own
    /// scripts from compiling.
    /// </summary>
    public static class Words
    {
        /// <summary>The state of an order.</summary>
        public static string State(OrderState state)
        {
            switch (state.ToString())
            {
                case "Initialized": case "Submitted": case "AcceptedByRisk": return "pending";
                case "Accepted": case "Working": case "TriggerPending": case "Suspended": return "working";
                case "PartFilled": return "part_filled";
                case "ChangePending": case "ChangeSubmitted": return "pending_change";
                case "CancelPending": case "CancelSubmitted": return "pending_cancel";
                case "Filled": return "filled";
                case "Cancelled": return "cancelled";
                case "Rejected": return "rejected";
                default: return "unknown";
            }
        }

        /// <summary>Whether nothing can come of an order any more. "unknown" is none of these, although NinjaTrader counts it so.</summary>
        public static bool IsEnd(string state) { return state == "filled" || state == "cancelled" || state == "rejected"; }

        /// <summary>The kind of an order.</summary>
        public static string Type(OrderType type)
        {
            switch (type)
            {
                case OrderType.Market: return "market";
                case OrderType.Limit: return "limit";
                case OrderType.StopMarket: return "stop";
                case OrderType.StopLimit: return "stop_limit";
                default: return "other";
            }
        }

        /// <summary>How long an order works.</summary>
        public static string Tif(TimeInForce tif)
        {
            return tif == TimeInForce.Day ? "day" : tif == TimeInForce.Gtc ? "gtc" : "other";
        }

        /// <summary>The side of an order.</summary>
        public static string Side(OrderAction action)
        {
            return action == OrderAction.Buy || action == OrderAction.BuyToCover ? "buy" : "sell";
        }

        /// <summary>The order action of a side.</summary>
        public static OrderAction Action(string side) { return side == "buy" ? OrderAction.Buy : OrderAction.Sell; }

        /// <summary>The status of a connection.</summary>
        public static string Status(ConnectionStatus status)
        {
            switch (status)
            {
                case ConnectionStatus.Connected: return "connected";
                case ConnectionStatus.Connecting: return "connecting";
                case ConnectionStatus.Disconnecting: return "disconnecting";
                case ConnectionStatus.ConnectionLost: return "lost";
                default: return "disconnected";
            }
        }

        /// <summary>What an account may do.</summary>
        public static string Status(AccountStatus status)
        {
            switch (status.ToString())
            {
                case "Enabled": return "enabled";
                case "Disabled": return "disabled";
                case "LiquidationOnly": return "liquidation_only";
                case "Excluded": return "excluded";
                default: return "unknown";
            }
        }

        /// <summary>Whether real money can move in an account. Only NinjaTrader's own simulator and playback are simulation.</summary>
        public static string Env(Account account)
        {
            string provider = account.Provider.ToString();
            return provider == "Simulator" || provider == "Playback" ? "sim" : "live";
        }

        /// <summary>What the platform said no to; null for nothing.</summary>
        public static string Error(ErrorCode error)
        {
            switch (error.ToString())
            {
                case "NoError": return null;
                case "OrderRejected": case "OrderRejectedByRisk": return "rejected";
                case "UnableToCancelOrder": return "unable_to_cancel";
                case "UnableToChangeOrder": return "unable_to_change";
                case "UnableToSubmitOrder": return "unable_to_submit";
                default: return "other";
            }
        }

        /// <summary>Why an order was rejected, as far as the broker's words tell it.</summary>
        public static string Reason(ErrorCode error, string words)
        {
            string text = (words ?? string.Empty).ToLowerInvariant();
            if (text.Contains("margin") || text.Contains("buying power") || text.Contains("insufficient funds")) return "margin";
            if (text.Contains("price band") || text.Contains("limit up") || text.Contains("limit down") || text.Contains("price limit")) return "price_band";
            if (text.Contains("market closed") || text.Contains("market is closed") || text.Contains("session")) return "market_closed";
            if (text.Contains("rate limit") || text.Contains("too many")) return "rate_limit";
            if (error.ToString() == "OrderRejectedByRisk" || text.Contains("not permitted") || text.Contains("not allowed") || text.Contains("permission"))
                return "not_permitted";
            return "unspecified";
        }

        /// <summary>The wire's member for a figure of an account; null for one that the wire does not have.</summary>
        public static string Item(AccountItem item)
        {
            switch (item.ToString())
            {
                case "CashValue": return "cash";
                case "RealizedProfitLoss": return "realized";
                case "UnrealizedProfitLoss": return "unrealized";
                case "BuyingPower": return "buying_power";
                case "NetLiquidation": return "net_liquidation";
                case "InitialMargin": return "initial_margin";
                case "DailyLossLimit": return "daily_loss_limit";
                case "WeeklyLossLimit": return "weekly_loss_limit";
                case "TrailingMaxDrawdown": return "trailing_drawdown";
                default: return null;
            }
        }

        /// <summary>A text for people: at most 500 characters; null for an empty one.</summary>
        public static string ForPeople(string text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            return text.Length <= 500 ? text : text.Substring(0, 500);
        }

        /// <summary>A name of the platform's, cut and cleaned to what a name may be; "-" for an empty one.</summary>
        public static string Name(string text)
        {
            var clean = new System.Text.StringBuilder();
            foreach (char c in text ?? string.Empty)
                if (clean.Length < 64) clean.Append(c < ' ' || c == '\u007f' ? ' ' : c);
            return clean.Length == 0 ? "-" : clean.ToString();
        }

        /// <summary>A platform's id as the wire takes it: what is no visible ASCII becomes an underline.</summary>
        public static string PlatformId(string text)
        {
            var clean = new System.Text.StringBuilder();
            foreach (char c in text ?? string.Empty)
                if (clean.Length < 64) clean.Append(c < '!' || c > '~' ? '_' : c);
            return clean.Length == 0 ? "-" : clean.ToString();
        }

        /// <summary>A time of the platform's. Which zone it is in is not promised: it is shown, never computed with.</summary>
        public static string Time(DateTime time)
        {
            if (time.Year < 1971 || time.Year > 2200) return null;
            return time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
