// A NinjaTrader with its accounts, and the AddOn in it: loaded, compiled anew, restarted.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using NinjaTrader.Cbi;
using NinjaTrader.NinjaScript;

[assembly: AssemblyVersion("8.1.0.0")]

namespace StandIn
{
    /// <summary>The platform and what is loaded into it.</summary>
    public sealed class World
    {
        private readonly string addOnPath;
        private readonly List<AddOnBase> instances = new List<AddOnBase>();
        private AddOnBase live;

        /// <summary>Makes the platform: its folder, its instruments, its accounts. The AddOn is loaded by Load.</summary>
        public World(string folder, string instrumentTable, string addOnPath)
        {
            this.addOnPath = addOnPath;
            NinjaTrader.Core.Globals.UserDataDir = folder + Path.DirectorySeparatorChar;
            Instrument.StandInLoad(instrumentTable);
            Connection simulation = Connect("Simulated Data Feed", Provider.Simulator);
            Connection rithmic = Connect("My Rithmic", Provider.Rithmic);
            new Account("Sim101", simulation).StandInAppear();
            new Account("Sim102", simulation).StandInAppear();
            new Account("LIVE-777", rithmic).StandInAppear();
            Late = new Account("EVAL-2", rithmic);
        }

        /// <summary>An account that only comes with the next connect.</summary>
        public Account Late { get; private set; }

        /// <summary>How many instances of the AddOn were ever made.</summary>
        public int Instances { get { return instances.Count; } }

        /// <summary>An account by its name.</summary>
        public static Account Find(string name)
        {
            lock (Account.All) return Account.All.FirstOrDefault(a => a.Name == name);
        }

        /// <summary>Loads the AddOn's assembly anew, as a compile does: its statics are its own. Throw-away instances come first.</summary>
        public void Load()
        {
            Type type = Assembly.Load(File.ReadAllBytes(addOnPath)).GetType("NinjaTrader.NinjaScript.AddOns.PhantomBridge", true);
            var thrownAway = (AddOnBase)Activator.CreateInstance(type);
            thrownAway.StandInMoveTo(State.SetDefaults);
            thrownAway.StandInMoveTo(State.Terminated);
            var made = (AddOnBase)Activator.CreateInstance(type);
            instances.Add(made);
            made.StandInMoveTo(State.SetDefaults);
            made.StandInMoveTo(State.Configure);
            made.StandInMoveTo(State.Active);
            live = made;
        }

        /// <summary>F5: the old instance ends, the new one starts; or the new one starts before the old one has ended.</summary>
        public void Recompile(bool overlaps)
        {
            AddOnBase old = live;
            if (!overlaps) old.StandInMoveTo(State.Terminated);
            Load();
            if (overlaps) old.StandInMoveTo(State.Terminated);
        }

        /// <summary>NinjaTrader ends and starts: what has ended is forgotten, what works comes back as new objects.</summary>
        public void Restart(bool keepsNames)
        {
            live.StandInMoveTo(State.Terminated);
            List<Account> all;
            lock (Account.All) all = Account.All.ToList();
            foreach (Account account in all) account.StandInRestart(keepsNames);
            Load();
        }

        /// <summary>Ends the AddOn.</summary>
        public void End()
        {
            if (live != null) live.StandInMoveTo(State.Terminated);
            live = null;
        }

        /// <summary>Sets the status of an account's connection.</summary>
        public void Set(Account account, ConnectionStatus status, ConnectionStatus prices)
        {
            if (status == ConnectionStatus.Connected && account.Connection == Late.Connection) Late.StandInAppear();
            account.Connection.StandInSet(status, prices);
        }

        /// <summary>One more account, with a connection of its own.</summary>
        public static Account Open(string name, Provider provider)
        {
            var made = new Account(name, Connect(name + "'s connection", provider));
            made.StandInAppear();
            return made;
        }

        private static Connection Connect(string name, Provider provider)
        {
            var made = new Connection { Options = new ConnectOptions { Name = name, Provider = provider } };
            made.StandInSet(ConnectionStatus.Connected, ConnectionStatus.Connected);
            lock (Connection.Connections) Connection.Connections.Add(made);
            return made;
        }
    }
}
