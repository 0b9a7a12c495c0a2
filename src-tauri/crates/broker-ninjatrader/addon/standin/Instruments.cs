// Instruments and their market data.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Windows.Threading;
using NinjaTrader.Data;

namespace NinjaTrader.Cbi
{
    /// <summary>When to change into which contract.</summary>
    public class Rollover
    {
        /// <summary>The month that is changed into.</summary>
        public DateTime ContractMonth { get; set; }

        /// <summary>The day of the change.</summary>
        public DateTime Date { get; set; }

        /// <summary>The price step between the two contracts.</summary>
        public double Offset { get; set; }
    }

    /// <summary>A product without a month.</summary>
    public class MasterInstrument
    {
        /// <summary>The root: NQ.</summary>
        public string Name { get; internal set; }

        /// <summary>US dollars for one point.</summary>
        public double PointValue { get; internal set; }

        /// <summary>The smallest step of a price.</summary>
        public double TickSize { get; internal set; }

        /// <summary>The months that are traded.</summary>
        internal List<int> Months = new List<int>();

        /// <summary>The price on the grid that is nearest.</summary>
        public double RoundToTickSize(double price)
        {
            return (double)(Math.Round((decimal)price / (decimal)TickSize, MidpointRounding.AwayFromZero) * (decimal)TickSize);
        }

        /// <summary>The contract that is current on a day. The stand-in rolls after the tenth day of an expiry month.</summary>
        public DateTime GetNextExpiry(DateTime on)
        {
            DateTime month = new DateTime(on.Year, on.Month, 1);
            if (on.Day > 10) month = month.AddMonths(1);
            while (!Months.Contains(month.Month)) month = month.AddMonths(1);
            return month;
        }
    }

    /// <summary>A contract.</summary>
    public class Instrument
    {
        private static readonly Dictionary<string, MasterInstrument> Masters = new Dictionary<string, MasterInstrument>();
        private static readonly Dictionary<string, Instrument> Known = new Dictionary<string, Instrument>();

        private Instrument(MasterInstrument master, DateTime expiry)
        {
            MasterInstrument = master;
            Expiry = expiry;
            Dispatcher = new Dispatcher("market " + master.Name);
            MarketData = new MarketData(this);
        }

        /// <summary>The product.</summary>
        public MasterInstrument MasterInstrument { get; private set; }

        /// <summary>The month; its day means nothing.</summary>
        public DateTime Expiry { get; private set; }

        /// <summary>The name in the user's display style: never to be used as an identifier.</summary>
        public string FullName
        {
            get { return MasterInstrument.Name + " " + Expiry.ToString("MMMyy", CultureInfo.InvariantCulture).ToUpperInvariant(); }
        }

        /// <summary>The thread of its market data.</summary>
        public Dispatcher Dispatcher { get; private set; }

        /// <summary>Its market data.</summary>
        public MarketData MarketData { get; private set; }

        /// <summary>The contract with the name "ROOT MM-YY"; null when there is none.</summary>
        public static Instrument GetInstrument(string name)
        {
            string[] parts = (name ?? string.Empty).Split(' ');
            DateTime expiry;
            MasterInstrument master;
            if (parts.Length != 2 || !DateTime.TryParseExact(parts[1], "MM-yy", CultureInfo.InvariantCulture, DateTimeStyles.None, out expiry))
                return null;
            lock (Known)
            {
                if (!Masters.TryGetValue(parts[0], out master) || !master.Months.Contains(expiry.Month)) return null;
                string key = parts[0] + " " + expiry.ToString("MM-yy", CultureInfo.InvariantCulture);
                Instrument instrument;
                if (!Known.TryGetValue(key, out instrument))
                {
                    // The platform's expiry is a day in the month; which one is not promised.
                    instrument = new Instrument(master, expiry.AddDays(17));
                    Known[key] = instrument;
                }
                return instrument;
            }
        }

        /// <summary>Takes the products from the project's own table.</summary>
        public static void StandInLoad(string tablePath)
        {
            MasterInstrument current = null;
            foreach (string raw in File.ReadAllLines(tablePath))
            {
                string line = raw.Trim();
                if (line == "[[instrument]]") { current = new MasterInstrument(); continue; }
                if (current == null) continue;
                if (line.StartsWith("root = ", StringComparison.Ordinal)) { current.Name = Quoted(line); lock (Known) Masters[current.Name] = current; }
                if (line.StartsWith("tick_size = ", StringComparison.Ordinal)) current.TickSize = Number(line);
                if (line.StartsWith("point_value = ", StringComparison.Ordinal)) current.PointValue = Number(line);
                if (line.StartsWith("months = ", StringComparison.Ordinal))
                    foreach (char letter in Quoted(line)) current.Months.Add("FGHJKMNQUVXZ".IndexOf(letter) + 1);
            }
        }

        private static string Quoted(string line)
        {
            int from = line.IndexOf('"');
            return line.Substring(from + 1, line.IndexOf('"', from + 1) - from - 1);
        }

        private static double Number(string line) { return double.Parse(Quoted(line), CultureInfo.InvariantCulture); }
    }
}

namespace NinjaTrader.Data
{
    using NinjaTrader.Cbi;

    /// <summary>One update of a market.</summary>
    public class MarketDataEventArgs : EventArgs
    {
        public Instrument Instrument { get; internal set; }
        public MarketDataType MarketDataType { get; internal set; }
        public double Price { get; internal set; }
        public long Volume { get; internal set; }
        public double Bid { get; internal set; }
        public double Ask { get; internal set; }
        public double Last { get; internal set; }
        public DateTime Time { get; internal set; }
        public bool IsReset { get; internal set; }
    }

    /// <summary>The market data of one contract.</summary>
    public class MarketData
    {
        private readonly Instrument instrument;
        private EventHandler<MarketDataEventArgs> update;

        internal MarketData(Instrument instrument) { this.instrument = instrument; }

        public MarketDataEventArgs Last { get; private set; }
        public MarketDataEventArgs Bid { get; private set; }
        public MarketDataEventArgs Ask { get; private set; }

        /// <summary>How many handlers listen.</summary>
        public int StandInListeners
        {
            get { EventHandler<MarketDataEventArgs> now = update; return now == null ? 0 : now.GetInvocationList().Length; }
        }

        /// <summary>Updates, on the instrument's own thread. A new listener gets the present state first.</summary>
        public event EventHandler<MarketDataEventArgs> Update
        {
            add
            {
                update += value;
                foreach (MarketDataEventArgs now in new[] { Bid, Ask, Last })
                    if (now != null) value(this, now);
            }
            remove
            {
                if (update == null) throw new InvalidOperationException("not subscribed");
                update -= value;
            }
        }

        /// <summary>Puts one update on the instrument's thread.</summary>
        public void StandInPublish(MarketDataType type, double price, long volume)
        {
            instrument.Dispatcher.InvokeAsync(() =>
            {
                var args = new MarketDataEventArgs
                {
                    Instrument = instrument,
                    MarketDataType = type,
                    Price = price,
                    Volume = volume,
                    Bid = type == MarketDataType.Bid ? price : Bid == null ? 0 : Bid.Price,
                    Ask = type == MarketDataType.Ask ? price : Ask == null ? 0 : Ask.Price,
                    Last = type == MarketDataType.Last ? price : Last == null ? 0 : Last.Price,
                    Time = DateTime.Now
                };
                if (type == MarketDataType.Last) Last = args;
                if (type == MarketDataType.Bid) Bid = args;
                if (type == MarketDataType.Ask) Ask = args;
                EventHandler<MarketDataEventArgs> now = update;
                if (now != null) now(this, args);
            });
        }
    }
}
