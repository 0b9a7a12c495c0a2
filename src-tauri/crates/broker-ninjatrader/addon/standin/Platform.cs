// What surrounds accounts and orders in NinjaTrader: scripts, folders, the output window, dispatchers.

using System;
using System.Collections.Concurrent;
using System.Threading;

namespace NinjaTrader.Core
{
    /// <summary>Folders and limits of the platform.</summary>
    public static class Globals
    {
        /// <summary>The user's NinjaTrader folder, with a separator at its end. The host sets it.</summary>
        public static string UserDataDir { get; set; }

        /// <summary>The latest time there is.</summary>
        public static readonly DateTime MaxDate = new DateTime(2099, 12, 1);

        /// <summary>The time of the platform.</summary>
        public static DateTime Now { get { return DateTime.Now; } }
    }
}

namespace NinjaTrader.Code
{
    /// <summary>The output window; here: standard error.</summary>
    public static class Output
    {
        private static readonly object Gate = new object();

        /// <summary>Writes one line.</summary>
        public static void Process(string message, PrintTo tab)
        {
            lock (Gate) Console.Error.WriteLine("[output] " + message);
        }
    }
}

namespace NinjaTrader.NinjaScript
{
    /// <summary>What every AddOn is made of.</summary>
    public abstract class AddOnBase
    {
        private readonly object stateGate = new object();

        /// <summary>The name that the script gives itself.</summary>
        public string Name { get; set; }

        /// <summary>What the script says of itself.</summary>
        public string Description { get; set; }

        /// <summary>Where the script is in its life.</summary>
        public State State { get; private set; }

        /// <summary>Called at each step of the script's life, on any thread.</summary>
        protected virtual void OnStateChange() { }

        /// <summary>Moves the script on. Only the host calls this; NinjaTrader has no such public member.</summary>
        public void StandInMoveTo(State state)
        {
            lock (stateGate)
            {
                State = state;
                OnStateChange();
            }
        }
    }
}

namespace System.Windows.Threading
{
    /// <summary>A thread that works off what is handed to it.</summary>
    public sealed class Dispatcher
    {
        private readonly BlockingCollection<Action> work = new BlockingCollection<Action>();
        private readonly Thread thread;

        /// <summary>Starts the thread.</summary>
        public Dispatcher(string name)
        {
            thread = new Thread(Run) { IsBackground = true, Name = name };
            thread.Start();
        }

        /// <summary>Whether no more work is taken.</summary>
        public bool HasShutdownStarted { get { return work.IsAddingCompleted; } }

        /// <summary>Whether the caller is this dispatcher's own thread.</summary>
        public bool CheckAccess() { return Thread.CurrentThread == thread; }

        /// <summary>Hands work over and returns at once.</summary>
        public void InvokeAsync(Action action)
        {
            if (!work.IsAddingCompleted) work.Add(action);
        }

        /// <summary>Waits until all that was handed over before is done. Not for NinjaTrader's own threads.</summary>
        public void StandInDrain()
        {
            using (var done = new ManualResetEvent(false))
            {
                InvokeAsync(() => done.Set());
                if (!done.WaitOne(60000)) throw new TimeoutException("a dispatcher does not get on");
            }
        }

        private void Run()
        {
            foreach (Action action in work.GetConsumingEnumerable())
            {
                try { action(); }
                catch (Exception fault)
                {
                    // In NinjaTrader an exception out of a handler can hurt the platform: here it is counted.
                    StandIn.Faults.Note(fault);
                }
            }
        }
    }
}

namespace StandIn
{
    /// <summary>Exceptions that a script let out of one of its handlers. There must be none.</summary>
    public static class Faults
    {
        private static int count;

        /// <summary>How many there were.</summary>
        public static int Count { get { return count; } }

        /// <summary>Counts and shows one.</summary>
        public static void Note(Exception fault)
        {
            Interlocked.Increment(ref count);
            Console.Error.WriteLine("[fault] " + fault);
        }
    }
}
