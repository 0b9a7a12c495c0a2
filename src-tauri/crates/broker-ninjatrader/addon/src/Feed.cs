// The trades and quotes of one contract. NinjaTrader's thread only copies values and hands them over.

using System;
using System.Threading;
using NinjaTrader.Cbi;
using NinjaTrader.Data;

namespace PhantomDesk.Bridge
{
    /// <summary>One contract's market data, hooked once however many want it.</summary>
    public sealed class Feed
    {
        private readonly Inbox inbox;
        private readonly Action<Feed, MarketDataType, double, long, double, double> onUpdate;
        private int hookingThread;
        private bool isHooked;
        private MarketDataEventArgs lastAtHook;
        private volatile bool isReleased;

        /// <summary>Over one instrument; the updates come on the bridge's thread.</summary>
        public Feed(Instrument instrument, Contract contract, Inbox inbox, Action<Feed, MarketDataType, double, long, double, double> onUpdate)
        {
            Instrument = instrument;
            Contract = contract;
            this.inbox = inbox;
            this.onUpdate = onUpdate;
        }

        /// <summary>What it is about.</summary>
        public Instrument Instrument { get; private set; }

        /// <summary>What it is about.</summary>
        public Contract Contract { get; private set; }

        /// <summary>The last trade's price; null before the first.</summary>
        public decimal? Last;

        /// <summary>The client's subscription: its number, or 0 for none, how many trades it got, and the quote that waits.</summary>
        public int Sub;
        public long Trades;
        public QuoteSlot Quote = new QuoteSlot();
        public string Bid, Ask;
        public long BidSize, AskSize;

        /// <summary>Hooks the instrument's updates, on its own dispatcher.</summary>
        public void Hook()
        {
            OnDispatcher(() =>
            {
                if (isHooked || isReleased) return;
                isHooked = true;
                lastAtHook = Instrument.MarketData.Last;
                hookingThread = Thread.CurrentThread.ManagedThreadId;
                Instrument.MarketData.Update += OnMarket;
                hookingThread = 0;
            });
        }

        /// <summary>Lets go of the instrument's updates.</summary>
        public void Release()
        {
            isReleased = true;
            OnDispatcher(() =>
            {
                if (!isHooked) return;
                isHooked = false;
                Instrument.MarketData.Update -= OnMarket;
            });
        }

        private void OnDispatcher(Action action)
        {
            if (Instrument.Dispatcher.HasShutdownStarted) return;
            Instrument.Dispatcher.InvokeAsync(() =>
            {
                try { action(); }
                catch (Exception fault) { Report.Fault("market data", fault); }
            });
        }

        // On a thread of NinjaTrader's.
        private void OnMarket(object sender, MarketDataEventArgs e)
        {
            try
            {
                if (e.IsReset || isReleased) return;
                MarketDataType type = e.MarketDataType;
                if (type != MarketDataType.Last && type != MarketDataType.Bid && type != MarketDataType.Ask) return;
                double price = e.Price, bid = e.Bid, ask = e.Ask;
                // The state that a new listener is given is no trade: its size 0 says so from here on.
                long size = type == MarketDataType.Last && IsOfBefore(e) ? 0 : e.Volume;
                inbox.PostMarket(() => onUpdate(this, type, price, size, bid, ask));
            }
            catch (Exception fault) { Report.Fault("market data", fault); }
        }

        private bool IsOfBefore(MarketDataEventArgs e)
        {
            if (hookingThread == Thread.CurrentThread.ManagedThreadId) return true;
            MarketDataEventArgs before = lastAtHook;
            lastAtHook = null;
            return before != null && before.Time == e.Time && before.Price.Equals(e.Price) && before.Volume == e.Volume;
        }
    }

    /// <summary>Words for the trader in NinjaTrader's output window.</summary>
    public static class Report
    {
        /// <summary>Where the words go; the AddOn sets it.</summary>
        public static volatile Action<string> Print;

        /// <summary>Says something.</summary>
        public static void Say(string words)
        {
            try { Action<string> print = Print; if (print != null) print("PhantomBridge: " + words); }
            catch (Exception) { /* no window to write to: nothing is lost that could be helped */ }
        }

        /// <summary>Says that something of our own went wrong.</summary>
        public static void Fault(string where, Exception fault) { Say("fault in " + where + ": " + fault.GetType().Name + ": " + fault.Message); }
    }
}
