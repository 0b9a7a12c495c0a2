// Time, so that tests can turn it.

using System;
using System.Diagnostics;

namespace PhantomDesk.Bridge
{
    /// <summary>The time that the bridge goes by.</summary>
    public interface IClock
    {
        /// <summary>Milliseconds that only grow: for every deadline.</summary>
        long Elapsed { get; }

        /// <summary>Milliseconds since 1970-01-01 UTC: to be shown.</summary>
        long Utc { get; }
    }

    /// <summary>The machine's time.</summary>
    public sealed class MachineClock : IClock
    {
        private static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        /// <summary>Milliseconds that only grow.</summary>
        public long Elapsed { get { return (long)(Stopwatch.GetTimestamp() * (1000.0 / Stopwatch.Frequency)); } }

        /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
        public long Utc { get { return (DateTime.UtcNow - Epoch).Ticks / TimeSpan.TicksPerMillisecond; } }
    }
}
