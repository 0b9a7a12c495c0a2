// The AddOn: what NinjaTrader starts and ends. Everything else is behind it.

using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using NinjaTrader.NinjaScript;
using PhantomDesk.Bridge;

namespace NinjaTrader.NinjaScript.AddOns
{
    /// <summary>The bridge between Phantom Desk and NinjaTrader 8.</summary>
    public class PhantomBridge : AddOnBase
    {
        // NinjaTrader makes throw-away instances too: only one may own the port.
        private static readonly object Gate = new object();
        private static PhantomBridge live;

        private BridgeHost host;

        /// <summary>NinjaTrader moves the script on.</summary>
        protected override void OnStateChange()
        {
            try
            {
                if (State == State.SetDefaults)
                {
                    Name = "PhantomBridge";
                    Description = "Connects Phantom Desk with this NinjaTrader, on this machine only.";
                }
                else if (State == State.Active) Begin();
                else if (State == State.Terminated) End();
            }
            catch (Exception fault) { Report.Fault("PhantomBridge", fault); }
        }

        private void Begin()
        {
            Report.Print = words => NinjaTrader.Code.Output.Process(words, NinjaTrader.Code.PrintTo.OutputTab1);
            lock (Gate)
            {
                if (live != null && live != this) live.End();
                live = this;
                host = new BridgeHost(Path.Combine(NinjaTrader.Core.Globals.UserDataDir, "PhantomBridge"), new MachineClock());
                host.Start();
            }
        }

        // An instance that never was active has nothing to undo.
        private void End()
        {
            lock (Gate)
            {
                if (host == null) return;
                host.Stop();
                host = null;
                if (live == this) live = null;
            }
        }
    }
}

namespace PhantomDesk.Bridge
{
    /// <summary>What the trader may set: lines "name=value" in bridge.txt of the AddOn's folder.</summary>
    public sealed class BridgeOptions
    {
        /// <summary>Where it listens.</summary>
        public IPAddress Address = IPAddress.Loopback;

        /// <summary>The port.</summary>
        public int Port = 36985;

        /// <summary>The options in a file; the defaults when there is none. Throws on what it does not understand.</summary>
        public static BridgeOptions Read(string path)
        {
            var options = new BridgeOptions();
            bool mayLeaveLoopback = false;
            foreach (string raw in File.Exists(path) ? File.ReadAllLines(path) : new string[0])
            {
                string line = raw.Trim();
                if (line.Length == 0 || line[0] == '#') continue;
                int equals = line.IndexOf('=');
                string name = equals < 0 ? line : line.Substring(0, equals).Trim();
                string value = equals < 0 ? string.Empty : line.Substring(equals + 1).Trim();
                if (name == "port") options.Port = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                else if (name == "listen") options.Address = IPAddress.Parse(value);
                else if (name == "listen_beyond_loopback" && value == "yes") mayLeaveLoopback = true;
                else throw new InvalidDataException("bridge.txt: cannot read \"" + line + "\"");
            }
            if (!IPAddress.IsLoopback(options.Address) && !mayLeaveLoopback)
                throw new InvalidDataException("bridge.txt: an address beyond this machine needs listen_beyond_loopback=yes as well");
            return options;
        }
    }

    /// <summary>Holds the bridge while it lives: its folder, its secret, its journal, its port.</summary>
    public sealed class BridgeHost
    {
        private const int TryFor = 30000;
        private const int TryEvery = 1000;

        private readonly string folder;
        private readonly IClock clock;
        private readonly ManualResetEvent stopping = new ManualResetEvent(false);
        private readonly object gate = new object();
        private Journal journal;
        private Bridge bridge;
        private Listener listener;
        private Thread starter;

        /// <summary>Over the AddOn's folder.</summary>
        public BridgeHost(string folder, IClock clock)
        {
            this.folder = folder;
            this.clock = clock;
        }

        /// <summary>The port that it listens on; 0 while it does not.</summary>
        public int Port { get { lock (gate) return listener == null ? 0 : listener.Port; } }

        /// <summary>Starts, on a thread of its own: an instance of before may still hold the journal and the port.</summary>
        public void Start()
        {
            starter = new Thread(TryToStart) { IsBackground = true, Name = "PhantomBridge start" };
            starter.Start();
        }

        /// <summary>Ends everything that was started.</summary>
        public void Stop()
        {
            stopping.Set();
            if (starter != null) starter.Join(2000);
            lock (gate)
            {
                if (bridge != null) bridge.Stop();
                if (listener != null) listener.Stop();
                if (journal != null) journal.Dispose();
                bridge = null;
                listener = null;
                journal = null;
            }
        }

        private void TryToStart()
        {
            long until = clock.Elapsed + TryFor;
            while (!stopping.WaitOne(0))
            {
                try
                {
                    if (Open()) return;
                }
                catch (Exception fault)
                {
                    bool mayPass = fault is SocketException || fault is IOException;
                    if (mayPass && clock.Elapsed < until)
                    {
                        stopping.WaitOne(TryEvery);
                        continue;
                    }
                    Report.Say("does not start: " + fault.Message);
                    return;
                }
            }
        }

        // The journal is the lock: who has it open is the one bridge on this machine.
        private bool Open()
        {
            lock (gate)
            {
                if (stopping.WaitOne(0)) return true;
                Directory.CreateDirectory(folder);
                string secretPath = Path.Combine(folder, "secret.txt");
                byte[] secret = SecretFile.ReadOrMake(secretPath);
                BridgeOptions options = BridgeOptions.Read(Path.Combine(folder, "bridge.txt"));
                Journal opened = Journal.Open(Path.Combine(folder, "journal.jsonl"), clock.Utc);
                try
                {
                    var made = new Bridge(clock, opened);
                    listener = new Listener(options.Address, options.Port, made, secret, clock);
                    made.Attach();
                    made.Start();
                    bridge = made;
                    journal = opened;
                }
                catch
                {
                    opened.Dispose();
                    throw;
                }
                Report.Say("version " + Bridge.Version + " listens on " + options.Address + ":" + listener.Port + ". The secret for Phantom Desk is in " + secretPath);
                if (opened.Unreadable > 0) Report.Say(opened.Unreadable + " lines of the journal could not be read: " + Path.Combine(folder, "journal.jsonl"));
                return true;
            }
        }
    }
}
