// The listener over real sockets: who gets in, what is closed, what is bounded. And the market's feed.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using NinjaTrader.Cbi;
using NinjaTrader.Data;

namespace PhantomDesk.Bridge.Tests
{
    public static class SocketTests
    {
        private static readonly byte[] Secret = Keys.Random(32);

        // Time stands unless a test pushes it on: a busy machine makes nobody silent.
        private sealed class PushedClock : IClock
        {
            private long pushed = 1000;
            public long Elapsed { get { return Interlocked.Read(ref pushed); } }
            public long Utc { get { return 1764253800000 + Elapsed; } }
            public void Push(int milliseconds) { Interlocked.Add(ref pushed, milliseconds); }
        }

        private sealed class Server : IDisposable
        {
            private static int count;
            private readonly Journal journal;
            private readonly Bridge bridge;
            private readonly Listener listener;
            public readonly PushedClock Clock = new PushedClock();
            public readonly Account Account = StandIn.World.Open("Socket" + Interlocked.Increment(ref count), Provider.Simulator);

            public Server()
            {
                string path = Path.Combine(Check.Folder, "socket" + count + ".jsonl");
                File.Delete(path);
                journal = Journal.Open(path, Clock.Utc);
                bridge = new Bridge(Clock, journal);
                listener = new Listener(IPAddress.Loopback, 0, bridge, Secret, Clock);
                bridge.Attach();
                bridge.Start();
            }

            public Client Connect() { return new Client(listener.Port); }

            public void Dispose()
            {
                bridge.Stop();
                listener.Stop();
                journal.Dispose();
            }
        }

        private sealed class Client : IDisposable
        {
            private readonly TcpClient socket;
            private readonly LineReader lines;
            private Frames outgoing, incoming;

            public Client(int port)
            {
                socket = new TcpClient("127.0.0.1", port) { NoDelay = true };
                lines = new LineReader(socket.Client);
            }

            public void SendRaw(byte[] bytes) { socket.GetStream().Write(bytes, 0, bytes.Length); }
            public void SendRaw(string line) { SendRaw(Encoding.UTF8.GetBytes(line + "\n")); }

            /// <summary>The next line; null when the server has closed.</summary>
            public string Next()
            {
                try
                {
                    int length = lines.Next(Frames.LineMax, () => 60000);
                    if (length == -1) throw new Failed("nothing came in a minute");
                    return length < 0 ? null : Encoding.UTF8.GetString(lines.Line, 0, length);
                }
                catch (SocketException) { return null; }
            }

            public string Shake(string account, byte[] secret)
            {
                string nc = Keys.Hex(Keys.Random(16));
                SendRaw(new JsonText().Add("t", "hello").Add("v", 1).Add("client", "test").Add("account", account).Add("nc", nc).ToString());
                string line = Next();
                if (line == null) return null;
                JsonObject challenge = JsonReader.Read(line);
                string epoch = challenge.Text("epoch"), ns = challenge.Text("ns");
                SendRaw(new JsonText().Add("t", "auth").Add("proof", Keys.Proof(secret, "client", epoch, nc, ns, "test", account)).ToString());
                byte[] key = Keys.SessionKey(secret, Keys.Unhex(nc, 16, false), Keys.Unhex(ns, 16, false));
                outgoing = new Frames(key, Frames.FromClient);
                incoming = new Frames(key, Frames.FromServer);
                string end = Next();
                return end == null ? null : JsonReader.Read(end).Text("t") == "welcome" ? "welcome" : JsonReader.Read(end).Text("code");
            }

            public byte[] Seal(string body) { return outgoing.Seal(body); }

            public JsonObject NextBody()
            {
                string line = Next();
                if (line == null) return null;
                byte[] bytes = Encoding.UTF8.GetBytes(line);
                string body = incoming.Open(bytes, bytes.Length);
                if (body == null) throw new Failed("a frame that is not the next one: " + line);
                return JsonReader.Read(body);
            }

            public JsonObject Until(Func<JsonObject, bool> wanted)
            {
                while (true)
                {
                    JsonObject body = NextBody();
                    if (body == null || wanted(body)) return body;
                }
            }

            public void Dispose() { socket.Close(); }
        }

        public static void a_good_client_gets_in_and_a_second_one_is_told_busy()
        {
            using (var server = new Server())
            using (Client one = server.Connect())
            using (Client two = server.Connect())
            {
                Check.Same("welcome", one.Shake(server.Account.Name, Secret), "first");
                Check.Same("busy", two.Shake(server.Account.Name, Secret), "second");
                Check.Same("snap_end", one.Until(b => b.Text("t") == "snap_end").Text("t"), "snapshot");
            }
        }

        public static void a_wrong_secret_is_refused_and_the_next_try_waits_a_second()
        {
            using (var server = new Server())
            {
                using (Client wrong = server.Connect()) Check.Same("bad_auth", wrong.Shake(server.Account.Name, Keys.Random(32)), "wrong secret");
                using (Client early = server.Connect()) Check.Same<string>(null, early.Shake(server.Account.Name, Secret), "too early");
                server.Clock.Push(1100);
                using (Client later = server.Connect()) Check.Same("welcome", later.Shake(server.Account.Name, Secret), "later");
            }
        }

        public static void an_unknown_account_is_told_only_to_who_has_proved_the_key()
        {
            using (var server = new Server())
            {
                using (Client good = server.Connect()) Check.Same("unknown_account", good.Shake("Nobody", Secret), "proved");
                using (Client bad = server.Connect()) Check.Same("bad_auth", bad.Shake("Nobody", Keys.Random(32)), "not proved");
            }
        }

        public static void a_line_too_long_before_the_welcome_closes()
        {
            using (var server = new Server())
            using (Client client = server.Connect())
            {
                client.SendRaw(new byte[1100]);
                Check.Same<string>(null, client.Next(), "closed");
            }
        }

        public static void a_fifth_connection_without_a_proof_is_closed()
        {
            using (var server = new Server())
            {
                var idle = new List<Client>();
                for (int i = 0; i < 4; i++)
                {
                    idle.Add(server.Connect());
                    idle[i].SendRaw("{\"t\":\"hello\",\"v\":1,\"client\":\"c\",\"account\":\"a\",\"nc\":\"00112233445566778899aabbccddeeff\"}");
                    Check.That(idle[i].Next() != null, "challenge");
                }
                using (Client fifth = server.Connect()) Check.Same<string>(null, fifth.Next(), "fifth");
                foreach (Client one in idle) one.Dispose();
            }
        }

        public static void broken_frames_close_the_connection_at_once()
        {
            var breaks = new Func<Client, byte[]>[]
            {
                c => { byte[] line = c.Seal("{\"t\":\"pong\"}"); line[line.Length - 3] ^= 1; return line; },
                c => { c.Seal("{}"); return c.Seal("{\"t\":\"pong\"}"); },
                c => Encoding.ASCII.GetBytes("{\"t\":\"ping\"}\n"),
                c => c.Seal("{\"t\":\"ping\",\"t\":\"pong\"}"),
                c => c.Seal("{\"t\":\"nonsense\"}"),
                c => Enumerable.Repeat((byte)'x', 70000).ToArray()
            };
            foreach (Func<Client, byte[]> broken in breaks)
                using (var server = new Server())
                using (Client client = server.Connect())
                {
                    Check.Same("welcome", client.Shake(server.Account.Name, Secret), "welcome");
                    client.Until(b => b.Text("t") == "snap_end");
                    client.SendRaw(broken(client));
                    JsonObject last = client.Until(b => b.Text("t") == "bye");
                    Check.That(last == null || last.Text("code") == "protocol", "closed");
                }
        }

        public static void a_client_that_does_not_read_is_dropped_and_the_bridge_goes_on()
        {
            using (var server = new Server())
            using (Client client = server.Connect())
            {
                Check.Same("welcome", client.Shake(server.Account.Name, Secret), "welcome");
                client.Until(b => b.Text("t") == "snap_end");
                client.SendRaw(client.Seal("{\"t\":\"cmd\",\"id\":\"r-1\",\"op\":\"subscribe\",\"d\":{\"root\":\"ES\",\"month\":12,\"year\":2026}}"));
                client.Until(b => b.Text("t") == "ack");
                Instrument es = Instrument.GetInstrument("ES 12-26");
                es.Dispatcher.StandInDrain();
                // More than the sockets hold and the queue may hold.
                for (int i = 0; i < 90000; i++) es.MarketData.StandInPublish(MarketDataType.Last, 6000 + i % 4 * 0.25, 1);
                es.Dispatcher.StandInDrain();
                using (Client next = WaitForRoom(server)) Check.That(next != null, "there is room for the next client");
            }
        }

        private static Client WaitForRoom(Server server)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (watch.ElapsedMilliseconds < 60000)
            {
                Client client = server.Connect();
                if (client.Shake(server.Account.Name, Secret) == "welcome") return client;
                client.Dispose();
            }
            return null;
        }

        public static void five_thousand_trades_arrive_in_order_and_none_is_missing()
        {
            using (var server = new Server())
            using (Client client = server.Connect())
            {
                client.Shake(server.Account.Name, Secret);
                client.Until(b => b.Text("t") == "snap_end");
                Instrument gc = Instrument.GetInstrument("GC 12-26");
                gc.MarketData.StandInPublish(MarketDataType.Last, 4200, 9);
                gc.Dispatcher.StandInDrain();
                client.SendRaw(client.Seal("{\"t\":\"cmd\",\"id\":\"r-1\",\"op\":\"subscribe\",\"d\":{\"root\":\"GC\",\"month\":12,\"year\":2026}}"));
                JsonObject ack = client.Until(b => b.Text("t") == "ack");
                Check.Same("0.1", ((JsonObject)ack.Get("d")).Text("tick_size"), "tick");
                gc.Dispatcher.StandInDrain();
                for (int i = 0; i < 5000; i++)
                {
                    if (i % 5 == 0) gc.MarketData.StandInPublish(MarketDataType.Bid, 4200, i);
                    gc.MarketData.StandInPublish(MarketDataType.Last, 4200 + i % 10 * 0.1, 1 + i % 7);
                }
                for (int i = 0; i < 5000; i++)
                {
                    JsonObject trade = client.Until(b => b.Text("t") == "trade");
                    Check.Same<object>((long)(i + 1), trade.Get("n"), "number");
                    Check.Same(Prices.Money(4200 + i % 10 * 0.1), trade.Text("price"), "price");
                    Check.Same<object>((long)(1 + i % 7), trade.Get("size"), "size; what had traded before is no trade");
                }
            }
        }

        public static void a_peer_that_says_nothing_is_closed_after_three_seconds()
        {
            using (var server = new Server())
            using (Client client = server.Connect())
            {
                client.Shake(server.Account.Name, Secret);
                client.Until(b => b.Text("t") == "snap_end");
                server.Clock.Push(3000);
                JsonObject bye = client.Until(b => b.Text("t") == "bye");
                Check.Same("silent", bye.Text("code"), "code");
            }
        }

        public static void options_beyond_loopback_need_their_switch()
        {
            string path = Path.Combine(Check.Folder, "bridge.txt");
            File.WriteAllText(path, "# port\nport=40000\n");
            Check.Same(40000, BridgeOptions.Read(path).Port, "port");
            Check.Same(IPAddress.Loopback, BridgeOptions.Read(path).Address, "address");
            File.WriteAllText(path, "listen=0.0.0.0\n");
            try { BridgeOptions.Read(path); throw new Failed("taken"); }
            catch (InvalidDataException) { }
            File.WriteAllText(path, "listen=0.0.0.0\nlisten_beyond_loopback=yes\n");
            Check.Same(IPAddress.Any, BridgeOptions.Read(path).Address, "switched on");
        }

        public static void the_secret_is_made_once_and_read_again()
        {
            string path = Path.Combine(Check.Folder, "secret.txt");
            File.Delete(path);
            byte[] made = SecretFile.ReadOrMake(path);
            Check.That(made.Length == 32 && Keys.AreEqual(made, SecretFile.ReadOrMake(path)), "the same");
            File.WriteAllText(path, "not a secret");
            try { SecretFile.ReadOrMake(path); throw new Failed("taken"); }
            catch (InvalidDataException) { }
        }
    }
}
