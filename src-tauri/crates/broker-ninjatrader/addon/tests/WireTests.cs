// The wire: JSON, keys, frames, handshake, held to the RFCs and to the vectors that both languages share.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace PhantomDesk.Bridge.Tests
{
    public static class WireTests
    {
        private static JsonObject vectors;

        private static JsonObject Vectors
        {
            get { return vectors ?? (vectors = JsonReader.Read(File.ReadAllText(Path.Combine(Check.Fixtures, "bridge", "vectors.json")))); }
        }

        private static byte[] Secret { get { return Keys.Unhex(Vectors.Text("secret"), 32, false); } }

        private static byte[] Bytes(string hex) { return Keys.Unhex(hex, hex.Length / 2, false); }

        private static IEnumerable<JsonObject> Objects(object list) { return ((List<object>)list).Cast<JsonObject>(); }

        private static IEnumerable<string> Texts(JsonObject of, string name) { return ((List<object>)of.Get(name)).Cast<string>(); }

        public static void hkdf_gives_the_keys_of_rfc_5869()
        {
            var cases = new[]
            {
                new[] { Repeat("0b", 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
                new[] { Range(0x00, 80), Range(0x60, 80), Range(0xb0, 80),
                    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
                new[] { Repeat("0b", 22), "", "",
                    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" }
            };
            foreach (string[] one in cases)
                Check.Same(one[3], Keys.Hex(Keys.Hkdf(Bytes(one[0]), Bytes(one[1]), Bytes(one[2]), one[3].Length / 2)), "okm");
        }

        public static void hmac_gives_the_codes_of_rfc_4231()
        {
            var cases = new[]
            {
                new[] { Repeat("0b", 20), Keys.Hex(Encoding.ASCII.GetBytes("Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
                new[] { Keys.Hex(Encoding.ASCII.GetBytes("Jefe")), Keys.Hex(Encoding.ASCII.GetBytes("what do ya want for nothing?")),
                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
                new[] { Repeat("aa", 20), Repeat("dd", 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
                new[] { Range(0x01, 25), Repeat("cd", 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
                new[] { Repeat("aa", 131), Keys.Hex(Encoding.ASCII.GetBytes("Test Using Larger Than Block-Size Key - Hash Key First")),
                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" }
            };
            foreach (string[] one in cases) Check.Same(one[2], Keys.Hex(Keys.Hmac(Bytes(one[0]), Bytes(one[1]))), "code");
        }

        public static void the_session_key_is_the_one_that_both_languages_derive()
        {
            byte[] key = Keys.SessionKey(Secret, Bytes(Vectors.Text("nc")), Bytes(Vectors.Text("ns")));
            Check.Same(((JsonObject)Vectors.Get("hkdf")).Text("session_key"), Keys.Hex(key), "key");
        }

        public static void a_handshake_gives_the_bytes_of_the_vectors()
        {
            foreach (JsonObject one in Objects(Vectors.Get("handshakes")))
            {
                var handshake = new Handshake(Secret, Vectors.Text("epoch"), "PhantomBridge 1.0.0", Bytes(Vectors.Text("ns")));
                Check.Same(one.Text("challenge"), handshake.Take(one.Text("hello")), "challenge");
                Check.Same<string>(null, handshake.Take(one.Text("auth")), "answer to auth");
                Check.Same(HandshakeState.Proved, handshake.State, "state");
                Check.Same(one.Text("account"), handshake.Account, "account");
            }
        }

        public static void a_wrong_proof_is_told_nothing_but_bad_auth()
        {
            JsonObject one = Objects(Vectors.Get("handshakes")).First();
            string auth = one.Text("auth");
            var forged = new[]
            {
                auth.Replace("aa23", "aa24"), auth.Replace(one.Text("client_proof"), one.Text("server_proof")),
                "{\"t\":\"auth\",\"proof\":\"\"}", "{\"t\":\"auth\"}", auth.ToUpperInvariant().Replace("\"T\":\"AUTH\",\"PROOF\"", "\"t\":\"auth\",\"proof\"")
            };
            foreach (string line in forged)
            {
                var handshake = new Handshake(Secret, Vectors.Text("epoch"), "s 1", Bytes(Vectors.Text("ns")));
                handshake.Take(one.Text("hello"));
                Check.Same("{\"t\":\"bye\",\"code\":\"bad_auth\"}", handshake.Take(line), line);
                Check.Same(HandshakeState.Failed, handshake.State, line);
            }
        }

        public static void a_broken_hello_is_answered_with_nothing()
        {
            string hello = Objects(Vectors.Get("handshakes")).First().Text("hello");
            var broken = new[]
            {
                "", "{}", "[]", "x", hello.Replace("hello", "auth"), hello.Replace("\"nc\":\"0", "\"nc\":\"g"), hello.Replace("\"nc\":\"00", "\"nc\":\""),
                hello.Replace("Sim101", ""), hello.Replace("desk", new string('d', 65)), hello.Replace("desk", "a\\u0007b"), hello.Replace("\"v\":1", "\"v\":\"1\"")
            };
            foreach (string line in broken)
            {
                var handshake = new Handshake(Secret, "e", "s 1");
                Check.Same<string>(null, handshake.Take(line), line);
                Check.Same(HandshakeState.Failed, handshake.State, line);
            }
        }

        public static void another_version_is_told_which_one_speaks_here()
        {
            var handshake = new Handshake(Secret, "e", "s 1");
            Check.Same("{\"t\":\"bye\",\"code\":\"bad_version\",\"v\":1}", handshake.Take("{\"t\":\"hello\",\"v\":2,\"new\":true}"), "reply");
        }

        public static void frames_are_sealed_and_opened_byte_for_byte()
        {
            byte[] key = Bytes(((JsonObject)Vectors.Get("hkdf")).Text("session_key"));
            foreach (JsonObject one in Objects(Vectors.Get("frames")))
            {
                byte direction = (byte)one.Text("direction")[0];
                long n = (long)one.Get("n");
                byte[] sealedLine = new Frames(key, direction).From(n).Seal(one.Text("body"));
                Check.Same(one.Text("line") + "\n", Encoding.UTF8.GetString(sealedLine), "line");
                byte[] line = Encoding.UTF8.GetBytes(one.Text("line"));
                Check.Same(one.Text("body"), new Frames(key, direction).From(n).Open(line, line.Length), "body");
            }
        }

        public static void no_frame_that_the_vectors_refuse_is_opened()
        {
            byte[] key = Bytes(((JsonObject)Vectors.Get("hkdf")).Text("session_key"));
            foreach (JsonObject one in Objects(Vectors.Get("refused_frames")))
            {
                byte[] line = Encoding.UTF8.GetBytes(one.Text("line"));
                Check.Same<string>(null, new Frames(key, (byte)one.Text("direction")[0]).From((long)one.Get("expected_n")).Open(line, line.Length), one.Text("why"));
            }
        }

        public static void none_of_twenty_thousand_altered_frames_is_opened()
        {
            byte[] key = Keys.Random(32);
            var chance = new System.Random(7);
            for (int i = 0; i < 20000; i++)
            {
                byte[] line = new Frames(key, Frames.FromClient).From(1 + i % 1000).Seal("{\"t\":\"cmd\",\"id\":\"r-1\",\"op\":\"cancel\",\"d\":{\"client_id\":\"a\"}}");
                int length = line.Length - 1;
                byte direction = Frames.FromClient;
                long expected = 1 + i % 1000;
                switch (i % 5)
                {
                    case 0: line[chance.Next(length)] ^= (byte)(1 << chance.Next(8)); break;
                    case 1: length = chance.Next(length); break;
                    case 2: expected++; break;
                    case 3: expected = Math.Max(1, expected - 1); if (expected == 1 + i % 1000) expected += 2; break;
                    default: direction = Frames.FromServer; break;
                }
                Check.That(new Frames(key, direction).From(expected).Open(line, length) == null, "opened: " + i);
            }
        }

        public static void json_takes_and_refuses_what_the_vectors_say()
        {
            var json = (JsonObject)Vectors.Get("json");
            foreach (string text in Texts(json, "taken")) JsonReader.Read(text);
            foreach (string text in Texts(json, "refused"))
            {
                try { JsonReader.Read(text); }
                catch (BadJson) { continue; }
                throw new Failed("taken: " + text);
            }
        }

        public static void what_is_written_is_read_again_as_it_was()
        {
            string odd = "a\"b\\c\u0001\u007f\n\t é 🚀";
            JsonObject read = JsonReader.Read(new JsonText().Add("x", odd).Add("n", -5).Flag("no", false).Add("y", (string)null).ToString());
            Check.Same(odd, read.Text("x"), "text");
            Check.Same<object>(-5L, read.Get("n"), "number");
            Check.Same(2, read.Count, "members");
            Check.Same("\ufffd", JsonReader.Read(new JsonText().Add("x", "\ud83d").ToString()).Text("x"), "half a character");
        }

        public static void prices_are_the_texts_of_the_vectors()
        {
            var prices = (JsonObject)Vectors.Get("prices");
            foreach (string text in Texts(prices, "taken")) Check.That(Fields.IsPrice(text), text);
            foreach (string text in Texts(prices, "refused")) Check.That(!Fields.IsPrice(text), text);
        }

        public static void prices_do_not_depend_on_the_culture_and_lie_on_the_grid()
        {
            var before = System.Threading.Thread.CurrentThread.CurrentCulture;
            System.Threading.Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo("de-DE");
            try
            {
                Check.Same("23000.25", Prices.OnGrid(23000.25, 0.25), "quarter");
                Check.Same("2000.1", Prices.OnGrid(2000.1000000000001, 0.1), "tenth");
                Check.Same("0.6789", Prices.OnGrid(0.1 + 0.5789, 0.0001), "sum");
                Check.Same("110.015625", Prices.OnGrid(110.015625, 0.015625), "64th");
                Check.Same("-37.63", Prices.OnGrid(-37.63, 0.01), "negative");
                Check.Same<string>(null, Prices.OnGrid(double.NaN, 0.01), "nothing");
                Check.That(Prices.IsOnGrid(Prices.Parse("1.50"), 0.25) && !Prices.IsOnGrid(Prices.Parse("1.51"), 0.25), "grid");
            }
            finally { System.Threading.Thread.CurrentThread.CurrentCulture = before; }
        }

        public static void digests_are_those_of_the_vectors_in_any_order()
        {
            foreach (JsonObject one in Objects(Vectors.Get("digests")))
                Check.Same(one.Text("digest"), Bridge.Digest(Objects(one.Get("phantoms")).Select(PhantomOf)), "digest");
        }

        private static Phantom PhantomOf(JsonObject one)
        {
            return new Phantom
            {
                Name = one.Text("phantom"), ExitId = one.Text("exit_id"), Root = one.Text("root"), Month = (int)(long)one.Get("month"),
                Year = (int)(long)one.Get("year"), Side = one.Text("side"), Qty = (int)(long)one.Get("qty"), Stop = one.Text("stop"),
                Disaster = one.Text("disaster"), Env = one.Text("env")
            };
        }

        public static void comparison_knows_length_and_every_byte()
        {
            Check.That(Keys.AreEqual(new byte[] { 1, 2 }, new byte[] { 1, 2 }), "equal");
            Check.That(!Keys.AreEqual(new byte[] { 1, 2 }, new byte[] { 1, 3 }) && !Keys.AreEqual(new byte[] { 1 }, new byte[] { 1, 2 }), "different");
        }

        private static string Repeat(string hex, int times) { return string.Concat(Enumerable.Repeat(hex, times)); }

        private static string Range(int from, int count) { return Keys.Hex(Enumerable.Range(from, count).Select(b => (byte)b).ToArray()); }
    }
}
