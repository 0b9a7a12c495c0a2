// The server's side of the handshake (docs/bridge.md, section 3): lines in, lines out, no socket.

using System.Text;

namespace PhantomDesk.Bridge
{
    /// <summary>What has become of a handshake.</summary>
    public enum HandshakeState
    {
        /// <summary>Waits for the next line.</summary>
        Waits,

        /// <summary>The peer has proved the key; who it is may now be judged.</summary>
        Proved,

        /// <summary>It has failed: after the reply the connection closes.</summary>
        Failed
    }

    /// <summary>One handshake. Nothing sensitive leaves before the peer has proved the key.</summary>
    public sealed class Handshake
    {
        private const int Version = 1;

        private readonly byte[] secret;
        private readonly string epoch;
        private readonly string server;
        private readonly byte[] serverNonce;
        private byte[] clientNonce;
        private string nc;

        /// <summary>Begins with a nonce of its own.</summary>
        public Handshake(byte[] secret, string epoch, string server) : this(secret, epoch, server, Keys.Random(Keys.NonceLength)) { }

        /// <summary>Begins with a given nonce: for the vectors of the tests.</summary>
        internal Handshake(byte[] secret, string epoch, string server, byte[] serverNonce)
        {
            this.secret = secret;
            this.epoch = epoch;
            this.server = server;
            this.serverNonce = serverNonce;
        }

        /// <summary>How it stands.</summary>
        public HandshakeState State { get; private set; }

        /// <summary>The name of the program on the other side.</summary>
        public string Client { get; private set; }

        /// <summary>The account that it wants to trade.</summary>
        public string Account { get; private set; }

        /// <summary>The key of the session, once the peer is proved.</summary>
        public byte[] SessionKey { get; private set; }

        /// <summary>Takes a line in; the line to answer, or null for none.</summary>
        public string Take(string line)
        {
            JsonObject read;
            try { read = JsonReader.Read(line); }
            catch (BadJson) { return Fail(null); }
            return clientNonce == null ? TakeHello(read) : TakeAuth(read);
        }

        /// <summary>The line that ends a connection.</summary>
        public static string Bye(string code) { return new JsonText().Add("t", "bye").Add("code", code).ToString(); }

        private string TakeHello(JsonObject hello)
        {
            object version = hello.Get("v");
            if (hello.Text("t") != "hello" || !(version is long)) return Fail(null);
            if ((long)version != Version)
                return Fail(new JsonText().Add("t", "bye").Add("code", "bad_version").Add("v", Version).ToString());
            Client = hello.Text("client");
            Account = hello.Text("account");
            nc = hello.Text("nc");
            byte[] nonce = Keys.Unhex(nc, Keys.NonceLength, false);
            if (nonce == null || !Fields.IsName(Client) || !Fields.IsName(Account)) return Fail(null);
            clientNonce = nonce;
            return new JsonText().Add("t", "challenge").Add("v", Version).Add("epoch", epoch).Add("ns", Keys.Hex(serverNonce))
                .Add("proof", ProofOf("server")).Add("server", server).ToString();
        }

        private string TakeAuth(JsonObject auth)
        {
            if (auth.Text("t") != "auth") return Fail(null);
            byte[] given = Encoding.UTF8.GetBytes(auth.Text("proof") ?? string.Empty);
            if (!Keys.AreEqual(given, Encoding.ASCII.GetBytes(ProofOf("client")))) return Fail(Bye("bad_auth"));
            SessionKey = Keys.SessionKey(secret, clientNonce, serverNonce);
            State = HandshakeState.Proved;
            return null;
        }

        private string ProofOf(string side)
        {
            return Keys.Proof(secret, side, epoch, nc, Keys.Hex(serverNonce), Client, Account);
        }

        private string Fail(string reply)
        {
            State = HandshakeState.Failed;
            return reply;
        }
    }
}
