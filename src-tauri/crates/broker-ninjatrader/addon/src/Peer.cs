// The trading client, as the bridge's thread sees it: no socket.

using System.Collections.Generic;
using System.Threading;

namespace PhantomDesk.Bridge
{
    /// <summary>One authenticated client.</summary>
    public sealed class Peer
    {
        private long lastGood;
        private int waiting;

        /// <summary>A client that has proved the key.</summary>
        public Peer(string client, string account, long now)
        {
            Client = client;
            Account = account;
            Outbox = new Outbox();
            lastGood = now;
            NextPing = now + 1000;
        }

        /// <summary>The name of the program.</summary>
        public string Client { get; private set; }

        /// <summary>The account that it trades.</summary>
        public string Account { get; private set; }

        /// <summary>What goes to it.</summary>
        public Outbox Outbox { get; private set; }

        /// <summary>When its last good frame came.</summary>
        public long LastGood
        {
            get { return Interlocked.Read(ref lastGood); }
            set { Interlocked.Exchange(ref lastGood, value); }
        }

        /// <summary>When the next ping is due, and its number.</summary>
        public long NextPing;
        public long Pings;

        /// <summary>What it is subscribed to, by the number of the subscription.</summary>
        public readonly Dictionary<int, Feed> Feeds = new Dictionary<int, Feed>();
        public int LastSub;

        /// <summary>Why it was ended; null while it lives.</summary>
        public volatile string EndedBy;

        /// <summary>Frames that wait for the bridge's thread: one more, or one less.</summary>
        public int CountWaiting(int change) { return Interlocked.Add(ref waiting, change); }
    }
}
