// Keys and proofs: HMAC-SHA256 (RFC 2104, RFC 4231), HKDF-SHA256 (RFC 5869), comparison in constant time, the secret's file.

using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;
using System.Text;

namespace PhantomDesk.Bridge
{
    /// <summary>What both sides of the wire compute from the secret.</summary>
    public static class Keys
    {
        /// <summary>Bytes of the secret and of the session key.</summary>
        public const int KeyLength = 32;

        /// <summary>Bytes of a nonce.</summary>
        public const int NonceLength = 16;

        private static readonly byte[] SessionInfo = Encoding.ASCII.GetBytes("phantom-desk v1");

        /// <summary>The HMAC-SHA256 of the parts, one after the other.</summary>
        public static byte[] Hmac(byte[] key, byte[] message)
        {
            using (var hmac = new HMACSHA256(key)) return hmac.ComputeHash(message);
        }

        /// <summary>HKDF-SHA256: <paramref name="length"/> bytes, at most 255 x 32.</summary>
        public static byte[] Hkdf(byte[] inputKey, byte[] salt, byte[] info, int length)
        {
            byte[] pseudoRandomKey = Hmac(salt.Length == 0 ? new byte[32] : salt, inputKey);
            var derived = new byte[length];
            byte[] block = new byte[0];
            byte counter = 1;
            for (int filled = 0; filled < length; counter++)
            {
                var message = new byte[block.Length + info.Length + 1];
                Buffer.BlockCopy(block, 0, message, 0, block.Length);
                Buffer.BlockCopy(info, 0, message, block.Length, info.Length);
                message[message.Length - 1] = counter;
                block = Hmac(pseudoRandomKey, message);
                int taken = Math.Min(block.Length, length - filled);
                Buffer.BlockCopy(block, 0, derived, filled, taken);
                filled += taken;
            }
            return derived;
        }

        /// <summary>The key of a session.</summary>
        public static byte[] SessionKey(byte[] secret, byte[] clientNonce, byte[] serverNonce)
        {
            var salt = new byte[clientNonce.Length + serverNonce.Length];
            Buffer.BlockCopy(clientNonce, 0, salt, 0, clientNonce.Length);
            Buffer.BlockCopy(serverNonce, 0, salt, clientNonce.Length, serverNonce.Length);
            return Hkdf(secret, salt, SessionInfo, KeyLength);
        }

        /// <summary>The proof of a side ("server" or "client"): hex.</summary>
        public static string Proof(byte[] secret, string side, string epoch, string nc, string ns, string client, string account)
        {
            string joined = string.Join("\0", side, "1", epoch, nc, ns, client, account);
            return Hex(Hmac(secret, Encoding.UTF8.GetBytes(joined)));
        }

        /// <summary>Whether two texts or keys are equal; takes as long whatever differs.</summary>
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
        public static bool AreEqual(byte[] one, byte[] other)
        {
            if (one.Length != other.Length) return false;
            int difference = 0;
            for (int i = 0; i < one.Length; i++) difference |= one[i] ^ other[i];
            return difference == 0;
        }

        /// <summary>Bytes as lower-case hex.</summary>
        public static string Hex(byte[] bytes)
        {
            const string Digits = "0123456789abcdef";
            var text = new char[bytes.Length * 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                text[2 * i] = Digits[bytes[i] >> 4];
                text[2 * i + 1] = Digits[bytes[i] & 15];
            }
            return new string(text);
        }

        /// <summary>The bytes of a hex text; null when it is none of that length. Capitals only where they are allowed.</summary>
        public static byte[] Unhex(string text, int length, bool takesCapitals)
        {
            if (text == null || text.Length != length * 2) return null;
            var bytes = new byte[length];
            for (int i = 0; i < text.Length; i++)
            {
                char c = text[i];
                int digit;
                if (c >= '0' && c <= '9') digit = c - '0';
                else if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
                else if (takesCapitals && c >= 'A' && c <= 'F') digit = c - 'A' + 10;
                else return null;
                bytes[i / 2] = (byte)(bytes[i / 2] * 16 + digit);
            }
            return bytes;
        }

        /// <summary>Fresh random bytes.</summary>
        public static byte[] Random(int length)
        {
            var bytes = new byte[length];
            using (var source = RandomNumberGenerator.Create()) source.GetBytes(bytes);
            return bytes;
        }
    }

    /// <summary>The file with the secret: 64 hex digits, made at the first start, readable by its owner alone where the system can do it.</summary>
    public static class SecretFile
    {
        /// <summary>The secret in the file, which is made when it is not there. Throws when it cannot be read or holds no secret.</summary>
        public static byte[] ReadOrMake(string path)
        {
            if (!File.Exists(path)) Make(path);
            byte[] secret = Keys.Unhex(File.ReadAllText(path).Trim(), Keys.KeyLength, true);
            if (secret == null) throw new InvalidDataException("no secret of 64 hex digits in " + path);
            return secret;
        }

        private static void Make(string path)
        {
            byte[] text = Encoding.ASCII.GetBytes(Keys.Hex(Keys.Random(Keys.KeyLength)) + "\r\n");
            using (FileStream file = CreateForOwner(path))
            {
                file.Write(text, 0, text.Length);
                file.Flush(true);
            }
        }

        private static FileStream CreateForOwner(string path)
        {
            if (Environment.OSVersion.Platform != PlatformID.Win32NT) return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            var owner = new FileSecurity();
            owner.SetAccessRuleProtection(true, false);
            owner.AddAccessRule(new FileSystemAccessRule(WindowsIdentity.GetCurrent().User, FileSystemRights.FullControl, AccessControlType.Allow));
            return new FileStream(path, FileMode.CreateNew, FileSystemRights.Write, FileShare.None, 256, FileOptions.None, owner);
        }
    }
}
