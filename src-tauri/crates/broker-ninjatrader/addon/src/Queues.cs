// The two queues of the bridge: what comes in for its one thread, and what goes out to one client. Neither ever blocks who puts.

using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;

namespace PhantomDesk.Bridge
{
    /// <summary>Work for the bridge's thread, from NinjaTrader's threads, from connections and from timers.</summary>
    public sealed class Inbox
    {
        /// <summary>Pieces of work that may wait; trades beyond it are left out, and the client is dropped for it.</summary>
        public const int MarketMax = 100000;

        /// <summary>The last bound: beyond it everything is left out, and the client takes a new snapshot.</summary>
        public const int Max = 200000;

        private readonly Queue<Action> waiting = new Queue<Action>();
        private bool overflowed;

        /// <summary>Hands work over; false when the queue is full and the work was left out.</summary>
        public bool Post(Action work) { return Post(work, Max); }

        /// <summary>Hands work over that is about prices.</summary>
        public bool PostMarket(Action work) { return Post(work, MarketMax); }

        private bool Post(Action work, int max)
        {
            lock (waiting)
            {
                if (waiting.Count >= max) { overflowed = true; return false; }
                waiting.Enqueue(work);
                if (waiting.Count == 1) Monitor.Pulse(waiting);
                return true;
            }
        }

        /// <summary>The next piece of work; null when none came in time.</summary>
        public Action Take(int millisecondsMax)
        {
            lock (waiting)
            {
                if (waiting.Count == 0 && millisecondsMax > 0) Monitor.Wait(waiting, millisecondsMax);
                return waiting.Count == 0 ? null : waiting.Dequeue();
            }
        }

        /// <summary>Whether work was left out since the last time this was asked.</summary>
        public bool TakeOverflow()
        {
            lock (waiting)
            {
                bool was = overflowed;
                overflowed = false;
                return was;
            }
        }
    }

    /// <summary>A quote that waits to be sent: a newer one takes its place.</summary>
    public sealed class QuoteSlot
    {
        internal string Body;
    }

    /// <summary>Bodies on their way to one client.</summary>
    public sealed class Outbox
    {
        /// <summary>Lines that may wait for a client that does not read.</summary>
        public const int LinesMax = 20000;

        /// <summary>Bytes that may wait.</summary>
        public const int BytesMax = 8 * 1024 * 1024;

        private readonly Queue<object> waiting = new Queue<object>();
        private int bytes;
        private bool closed;

        /// <summary>Puts a line; false when the client is too slow and has to be dropped.</summary>
        public bool Put(string body)
        {
            lock (waiting)
            {
                if (closed) return true;
                int size = Encoding.UTF8.GetByteCount(body);
                if (waiting.Count >= LinesMax || bytes + size > BytesMax) return false;
                bytes += size;
                waiting.Enqueue(body);
                Monitor.Pulse(waiting);
                return true;
            }
        }

        /// <summary>Puts a quote in the place of one that waits, or at the end. A full queue leaves it out: the next one will do.</summary>
        public void PutQuote(QuoteSlot slot, string body)
        {
            lock (waiting)
            {
                if (closed) return;
                bool waits = slot.Body != null;
                if (!waits && waiting.Count >= LinesMax) return;
                slot.Body = body;
                if (waits) return;
                waiting.Enqueue(slot);
                Monitor.Pulse(waiting);
            }
        }

        /// <summary>Ends it with a last line; what waits is sent before it, or thrown away.</summary>
        public void Close(string lastBody, bool throwsAway)
        {
            lock (waiting)
            {
                if (closed) return;
                if (throwsAway) waiting.Clear();
                if (lastBody != null) waiting.Enqueue(lastBody);
                closed = true;
                Monitor.PulseAll(waiting);
            }
        }

        /// <summary>The next body; null when the box is closed and empty, or when nothing came in time.</summary>
        public string Take(int millisecondsMax, out bool ended)
        {
            lock (waiting)
            {
                if (waiting.Count == 0 && !closed && millisecondsMax > 0) Monitor.Wait(waiting, millisecondsMax);
                ended = closed && waiting.Count == 0;
                if (waiting.Count == 0) return null;
                object next = waiting.Dequeue();
                var slot = next as QuoteSlot;
                if (slot != null)
                {
                    string quote = slot.Body;
                    slot.Body = null;
                    return quote;
                }
                bytes -= Encoding.UTF8.GetByteCount((string)next);
                return (string)next;
            }
        }
    }
}
