// JSON as the wire has it (docs/bridge.md, section 2): strict, bounded, without fractions and without null.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PhantomDesk.Bridge
{
    /// <summary>A text that is not what the wire allows.</summary>
    public sealed class BadJson : Exception
    {
        /// <summary>With what is wrong.</summary>
        public BadJson(string what) : base(what) { }
    }

    /// <summary>A JSON object: names and values, each name once. Values are string, long, bool, JsonObject or a list of them.</summary>
    public sealed class JsonObject
    {
        private readonly Dictionary<string, object> members = new Dictionary<string, object>(StringComparer.Ordinal);

        /// <summary>The names, in no order.</summary>
        public ICollection<string> Names { get { return members.Keys; } }

        /// <summary>How many members there are.</summary>
        public int Count { get { return members.Count; } }

        /// <summary>The value of a member; null when there is none.</summary>
        public object Get(string name)
        {
            object value;
            return members.TryGetValue(name, out value) ? value : null;
        }

        /// <summary>The text of a member; null when it is missing or no text.</summary>
        public string Text(string name) { return Get(name) as string; }

        internal bool Put(string name, object value)
        {
            if (members.ContainsKey(name)) return false;
            members.Add(name, value);
            return true;
        }
    }

    /// <summary>Reads one JSON object.</summary>
    public sealed class JsonReader
    {
        /// <summary>Levels that a text may have; its own object is level 1.</summary>
        public const int DepthMax = 16;

        /// <summary>Members that an object may have.</summary>
        public const int MembersMax = 64;

        /// <summary>Elements that an array may have.</summary>
        public const int ElementsMax = 1024;

        /// <summary>The largest integer, in both directions.</summary>
        public const long IntegerMax = 9007199254740991;

        private readonly string text;
        private int at;

        private JsonReader(string text) { this.text = text; }

        /// <summary>The object that the text is. Throws BadJson.</summary>
        public static JsonObject Read(string text)
        {
            var reader = new JsonReader(text);
            reader.SkipBlanks();
            if (reader.Peek() != '{') throw new BadJson("not an object");
            JsonObject read = reader.ReadObject(1);
            reader.SkipBlanks();
            if (reader.at != text.Length) throw new BadJson("something follows the object");
            return read;
        }

        private char Peek() { return at < text.Length ? text[at] : '\0'; }

        private void SkipBlanks()
        {
            while (at < text.Length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) at++;
        }

        private void Expect(char wanted)
        {
            if (at >= text.Length || text[at] != wanted) throw new BadJson("expected " + wanted);
            at++;
        }

        private object ReadValue(int depth)
        {
            SkipBlanks();
            char first = Peek();
            if (first == '{') return ReadObject(depth);
            if (first == '[') return ReadArray(depth);
            if (first == '"') return ReadText();
            if (first == 't') return ReadWord("true", true);
            if (first == 'f') return ReadWord("false", false);
            return ReadInteger();
        }

        private JsonObject ReadObject(int depth)
        {
            if (depth > DepthMax) throw new BadJson("too deep");
            Expect('{');
            var read = new JsonObject();
            SkipBlanks();
            if (Peek() == '}') { at++; return read; }
            while (true)
            {
                SkipBlanks();
                string name = ReadText();
                SkipBlanks();
                Expect(':');
                object value = ReadValue(depth + 1);
                if (!read.Put(name, value)) throw new BadJson("a name comes twice");
                if (read.Count > MembersMax) throw new BadJson("too many members");
                SkipBlanks();
                if (Peek() == ',') { at++; continue; }
                Expect('}');
                return read;
            }
        }

        private List<object> ReadArray(int depth)
        {
            if (depth > DepthMax) throw new BadJson("too deep");
            Expect('[');
            var read = new List<object>();
            SkipBlanks();
            if (Peek() == ']') { at++; return read; }
            while (true)
            {
                read.Add(ReadValue(depth + 1));
                if (read.Count > ElementsMax) throw new BadJson("too many elements");
                SkipBlanks();
                if (Peek() == ',') { at++; continue; }
                Expect(']');
                return read;
            }
        }

        private object ReadWord(string word, bool value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw new BadJson("unknown word");
            at += word.Length;
            return value;
        }

        private object ReadInteger()
        {
            bool negative = Peek() == '-';
            if (negative) at++;
            int from = at;
            while (Peek() >= '0' && Peek() <= '9') at++;
            int digits = at - from;
            if (digits == 0 || digits > 16) throw new BadJson("not a value");
            if (text[from] == '0' && (digits > 1 || negative)) throw new BadJson("a number with a needless zero");
            if (Peek() == '.' || Peek() == 'e' || Peek() == 'E') throw new BadJson("a number with a fraction");
            long value = long.Parse(text.Substring(from, digits), NumberStyles.None, CultureInfo.InvariantCulture);
            if (value > IntegerMax) throw new BadJson("a number too large");
            return negative ? -value : value;
        }

        private string ReadText()
        {
            Expect('"');
            var read = new StringBuilder();
            while (true)
            {
                if (at >= text.Length) throw new BadJson("a text without an end");
                char next = text[at++];
                if (next == '"') break;
                if (next < ' ') throw new BadJson("a control character");
                read.Append(next == '\\' ? ReadEscape() : next);
            }
            string whole = read.ToString();
            if (!HasWholeCharacters(whole)) throw new BadJson("half a character");
            return whole;
        }

        private char ReadEscape()
        {
            char kind = Peek();
            at++;
            switch (kind)
            {
                case '"': case '\\': case '/': return kind;
                case 'b': return '\b';
                case 'f': return '\f';
                case 'n': return '\n';
                case 'r': return '\r';
                case 't': return '\t';
                case 'u': return ReadCode();
                default: throw new BadJson("unknown escape");
            }
        }

        private char ReadCode()
        {
            if (at + 4 > text.Length) throw new BadJson("a cut escape");
            int code = 0;
            for (int i = 0; i < 4; i++)
            {
                int digit = HexDigit(text[at++]);
                if (digit < 0) throw new BadJson("a broken escape");
                code = code * 16 + digit;
            }
            return (char)code;
        }

        private static int HexDigit(char c)
        {
            if (c >= '0' && c <= '9') return c - '0';
            if (c >= 'a' && c <= 'f') return c - 'a' + 10;
            if (c >= 'A' && c <= 'F') return c - 'A' + 10;
            return -1;
        }

        private static bool HasWholeCharacters(string whole)
        {
            for (int i = 0; i < whole.Length; i++)
            {
                if (char.IsLowSurrogate(whole[i])) return false;
                if (!char.IsHighSurrogate(whole[i])) continue;
                if (i + 1 >= whole.Length || !char.IsLowSurrogate(whole[i + 1])) return false;
                i++;
            }
            return true;
        }
    }

    /// <summary>Writes one JSON object, member by member. A member that is null is left out.</summary>
    public sealed class JsonText
    {
        private readonly StringBuilder written = new StringBuilder("{");

        /// <summary>Adds a text.</summary>
        public JsonText Add(string name, string value)
        {
            if (value == null) return this;
            Name(name);
            Quote(value);
            return this;
        }

        /// <summary>Adds an integer.</summary>
        public JsonText Add(string name, long value)
        {
            Name(name);
            written.Append(value.ToString(CultureInfo.InvariantCulture));
            return this;
        }

        /// <summary>Adds true or false.</summary>
        public JsonText Add(string name, bool value)
        {
            Name(name);
            written.Append(value ? "true" : "false");
            return this;
        }

        /// <summary>Adds true; nothing otherwise.</summary>
        public JsonText Flag(string name, bool value) { return value ? Add(name, true) : this; }

        /// <summary>Adds an object.</summary>
        public JsonText Add(string name, JsonText value)
        {
            Name(name);
            written.Append(value);
            return this;
        }

        /// <summary>Adds an array of objects.</summary>
        public JsonText Add(string name, IEnumerable<JsonText> values)
        {
            Name(name);
            written.Append('[').Append(string.Join(",", values)).Append(']');
            return this;
        }

        /// <summary>The object so far.</summary>
        public override string ToString() { return written + "}"; }

        private void Name(string name)
        {
            if (written.Length > 1) written.Append(',');
            Quote(name);
            written.Append(':');
        }

        private void Quote(string value)
        {
            written.Append('"');
            for (int i = 0; i < value.Length; i++)
            {
                char c = value[i];
                bool isPair = char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]);
                if (c == '"' || c == '\\') written.Append('\\').Append(c);
                else if (c < ' ' || c == '\u007f') written.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                else if (isPair) { written.Append(c).Append(value[i + 1]); i++; }
                else written.Append(char.IsSurrogate(c) ? '\ufffd' : c);
            }
            written.Append('"');
        }
    }
}
