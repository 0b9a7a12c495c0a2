// What the self-tests are made of: facts that must hold, and a run over every public method of the test classes.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;

namespace PhantomDesk.Bridge.Tests
{
    /// <summary>A fact that does not hold.</summary>
    public sealed class Failed : Exception
    {
        /// <summary>With what was found.</summary>
        public Failed(string what) : base(what) { }
    }

    /// <summary>Checks, and the program that runs all tests.</summary>
    public static class Check
    {
        /// <summary>The folder with the project's fixtures.</summary>
        public static string Fixtures { get; private set; }

        /// <summary>A folder for files of the tests.</summary>
        public static string Folder { get; private set; }

        /// <summary>A fact.</summary>
        public static void That(bool holds, string what)
        {
            if (!holds) throw new Failed(what);
        }

        /// <summary>Two things are the same.</summary>
        public static void Same<T>(T expected, T found, string what)
        {
            if (!Equals(expected, found)) throw new Failed(what + ": expected " + expected + ", found " + found);
        }

        /// <summary>Runs every test; 0 when all hold. Arguments: fixtures, instrument table, a folder, and optionally a part of a name.</summary>
        public static int Main(string[] arguments)
        {
            Fixtures = arguments[0];
            NinjaTrader.Cbi.Instrument.StandInLoad(arguments[1]);
            Folder = arguments[2];
            string part = arguments.Length > 3 ? arguments[3] : string.Empty;
            var watch = Stopwatch.StartNew();
            int ran = 0, failed = 0;
            IEnumerable<MethodInfo> tests = typeof(Check).Assembly.GetTypes()
                .Where(t => t.Name.EndsWith("Tests", StringComparison.Ordinal)).OrderBy(t => t.Name, StringComparer.Ordinal)
                .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly));
            foreach (MethodInfo test in tests.Where(m => m.GetParameters().Length == 0 && m.Name.Contains(part)))
            {
                ran++;
                try
                {
                    test.Invoke(null, null);
                    if (part.Length > 0) Console.WriteLine("ok     " + test.Name);
                }
                catch (TargetInvocationException wrapped)
                {
                    failed++;
                    Exception fault = wrapped.InnerException;
                    Console.WriteLine("FAILED " + test.DeclaringType.Name + "." + test.Name + ": " + (fault is Failed ? fault.Message : fault.ToString()));
                }
            }
            if (StandIn.Faults.Count > 0)
            {
                failed++;
                Console.WriteLine("FAILED: " + StandIn.Faults.Count + " exceptions left a handler");
            }
            Console.WriteLine(ran + " self-tests of the AddOn, " + failed + " failed, " + watch.ElapsedMilliseconds + " ms");
            return failed == 0 && ran > 0 ? 0 : 1;
        }
    }
}
