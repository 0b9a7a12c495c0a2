// What the members of a command may be (docs/bridge.md, sections 2 and 5), and prices between text and NinjaTrader's doubles.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PhantomDesk.Bridge
{
    /// <summary>A command that is answered with a code: the rules say no.</summary>
    public sealed class Refused : Exception
    {
        /// <summary>With a code of docs/bridge.md and words for people.</summary>
        public Refused(string code, string words) : base(words) { Code = code; }

        /// <summary>The code.</summary>
        public string Code { get; private set; }
    }

    /// <summary>The members of one command, each asked for by name; what is not asked for is refused at the end.</summary>
    public sealed class Fields
    {
        private readonly JsonObject members;
        private int taken;

        /// <summary>Over the command's "d".</summary>
        public Fields(JsonObject members) { this.members = members; }

        /// <summary>Whether a member is there.</summary>
        public bool Has(string name) { return members.Get(name) != null; }

        /// <summary>An id of 1 to <paramref name="lengthMax"/> of the letters that ids have.</summary>
        public string Id(string name, int lengthMax)
        {
            string id = Take(name) as string;
            if (!(id != null && id.Length <= lengthMax && IsId(id))) throw Bad(name);
            return id;
        }

        /// <summary>An integer between two bounds.</summary>
        public int Integer(string name, int least, int most)
        {
            object value = Take(name);
            if (!(value is long && (long)value >= least && (long)value <= most)) throw Bad(name);
            return (int)(long)value;
        }

        /// <summary>One of some words.</summary>
        public string Word(string name, params string[] words)
        {
            string word = Take(name) as string;
            if (!(words.Contains(word, StringComparer.Ordinal))) throw Bad(name);
            return word;
        }

        /// <summary>A price, as it was written.</summary>
        public string Price(string name)
        {
            string price = Take(name) as string;
            if (!(IsPrice(price))) throw Bad(name);
            return price;
        }

        /// <summary>The root of an instrument.</summary>
        public string Root(string name)
        {
            string root = Take(name) as string;
            bool isRoot = root != null && root.Length >= 1 && root.Length <= 8 && root.All(c => (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
            if (!(isRoot)) throw Bad(name);
            return root;
        }

        /// <summary>A list of ids.</summary>
        public HashSet<string> Ids(string name, int lengthMax, int most)
        {
            var ids = Take(name) as List<object>;
            bool areIds = ids != null && ids.Count <= most && ids.All(it => it is string && ((string)it).Length <= lengthMax && IsId((string)it));
            if (!(areIds)) throw Bad(name);
            return new HashSet<string>(ids.Cast<string>(), StringComparer.Ordinal);
        }

        /// <summary>Refuses the command when it has members that nobody asked for: one of them may have been there to protect.</summary>
        public void Done()
        {
            if (taken != members.Count) throw new Refused("bad_request", "a member that is not known here");
        }

        /// <summary>Whether a text is a name: 1 to 64 characters, none of them a control character.</summary>
        public static bool IsName(string text)
        {
            if (string.IsNullOrEmpty(text)) return false;
            int characters = text.Count(c => !char.IsLowSurrogate(c));
            return characters <= 64 && !text.Any(c => c < ' ' || c == '\u007f');
        }

        /// <summary>Whether a text is an id.</summary>
        public static bool IsId(string text)
        {
            return text.Length >= 1 && text.Length <= 50 && text.All(c =>
                (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == ':' || c == '-');
        }

        /// <summary>Whether a text is a price or an amount of money.</summary>
        public static bool IsPrice(string text)
        {
            if (string.IsNullOrEmpty(text)) return false;
            string[] parts = (text[0] == '-' ? text.Substring(1) : text).Split('.');
            return parts.Length <= 2 && AreDigits(parts[0], 15) && (parts.Length == 1 || AreDigits(parts[1], 9));
        }

        private static bool AreDigits(string text, int most)
        {
            return text.Length >= 1 && text.Length <= most && text.All(c => c >= '0' && c <= '9');
        }

        private object Take(string name)
        {
            object value = members.Get(name);
            if (value == null) throw Bad(name);
            taken++;
            return value;
        }

        private static Refused Bad(string name) { return new Refused("bad_request", "member " + name + " is missing or out of its range"); }
    }

    /// <summary>Prices and money between the wire's text and NinjaTrader's doubles. The culture of the machine has no part in it.</summary>
    public static class Prices
    {
        /// <summary>The number that a price text says.</summary>
        public static decimal Parse(string text) { return decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture); }

        /// <summary>Whether a price lies on the grid.</summary>
        public static bool IsOnGrid(decimal price, double tickSize)
        {
            decimal tick = (decimal)tickSize;
            return tick > 0 && price % tick == 0;
        }

        /// <summary>A price of NinjaTrader's as text, put onto the grid when it is off by a double's inexactness only; null for none.</summary>
        public static string OnGrid(double price, double tickSize)
        {
            decimal value;
            if (!TryDecimal(price, out value)) return null;
            decimal tick = (decimal)tickSize;
            if (tick > 0)
            {
                decimal near = Math.Round(value / tick, MidpointRounding.AwayFromZero) * tick;
                if (Math.Abs(near - value) * 100 < tick) value = near;
            }
            return Text(value);
        }

        /// <summary>An average or an amount of money as text; null for none.</summary>
        public static string Money(double amount)
        {
            decimal value;
            return TryDecimal(amount, out value) ? Text(value) : null;
        }

        private static string Text(decimal value) { return Math.Round(value, 9).ToString("0.#########", CultureInfo.InvariantCulture); }

        private static bool TryDecimal(double number, out decimal value)
        {
            value = 0;
            if (double.IsNaN(number) || Math.Abs(number) > 1e14) return false;
            value = (decimal)number;
            return true;
        }
    }
}
