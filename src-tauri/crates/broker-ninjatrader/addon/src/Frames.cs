// Lines after the handshake (docs/bridge.md, section 1): counter, MAC, body.

using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PhantomDesk.Bridge
{
    /// <summary>One direction of a session: seals the lines that go out, or opens those that come in.</summary>
    public sealed class Frames : IDisposable
    {
        /// <summary>The direction byte of the client's lines.</summary>
        public const byte FromClient = (byte)'C';

        /// <summary>The direction byte of the server's lines.</summary>
        public const byte FromServer = (byte)'S';

        /// <summary>Bytes that a line may have after the handshake, its end not counted.</summary>
        public const int LineMax = 65536;

        /// <summary>Bytes that a line may have before.</summary>
        public const int LineMaxBefore = 1024;

        private const int MacDigits = 32;
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        private readonly HMACSHA256 hmac;
        private readonly byte direction;
        private long next = 1;

        /// <summary>Begins with the frame numbered 1.</summary>
        public Frames(byte[] sessionKey, byte direction)
        {
            hmac = new HMACSHA256(sessionKey);
            this.direction = direction;
        }

        /// <summary>Goes on with another number; for tests.</summary>
        internal Frames From(long number)
        {
            next = number;
            return this;
        }

        /// <summary>The line, with its end, that carries a body.</summary>
        public byte[] Seal(string body)
        {
            byte[] bodyBytes = Utf8.GetBytes(body);
            byte[] head = Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture) + " " + Mac(next, bodyBytes, 0, bodyBytes.Length) + " ");
            if (head.Length + bodyBytes.Length > LineMax) throw new InvalidOperationException("a line too long to send");
            var line = new byte[head.Length + bodyBytes.Length + 1];
            Buffer.BlockCopy(head, 0, line, 0, head.Length);
            Buffer.BlockCopy(bodyBytes, 0, line, head.Length, bodyBytes.Length);
            line[line.Length - 1] = (byte)'\n';
            next++;
            return line;
        }

        /// <summary>The body of a line (without its end); null for a line that is not the next one of the other side.</summary>
        public string Open(byte[] line, int length)
        {
            byte[] head = Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture) + " ");
            int bodyFrom = head.Length + MacDigits + 1;
            if (length > LineMax || length <= bodyFrom || line[bodyFrom - 1] != (byte)' ') return null;
            for (int i = 0; i < head.Length; i++)
                if (line[i] != head[i]) return null;
            var given = new byte[MacDigits];
            Buffer.BlockCopy(line, head.Length, given, 0, MacDigits);
            byte[] expected = Encoding.ASCII.GetBytes(Mac(next, line, bodyFrom, length - bodyFrom));
            if (!Keys.AreEqual(given, expected)) return null;
            next++;
            return Decode(line, bodyFrom, length - bodyFrom);
        }

        /// <summary>Bytes as text; null when they are no UTF-8.</summary>
        public static string Decode(byte[] bytes, int from, int length)
        {
            try { return Utf8.GetString(bytes, from, length); }
            catch (DecoderFallbackException) { return null; }
        }

        /// <summary>Frees the key.</summary>
        public void Dispose() { hmac.Dispose(); }

        private string Mac(long number, byte[] body, int from, int length)
        {
            var message = new byte[9 + length];
            message[0] = direction;
            for (int i = 0; i < 8; i++) message[1 + i] = (byte)(number >> (56 - 8 * i));
            Buffer.BlockCopy(body, from, message, 9, length);
            var mac = new byte[MacDigits / 2];
            Buffer.BlockCopy(hmac.ComputeHash(message), 0, mac, 0, mac.Length);
            return Keys.Hex(mac);
        }
    }
}
