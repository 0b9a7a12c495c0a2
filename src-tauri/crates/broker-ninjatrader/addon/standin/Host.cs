// The stand-in as a program: loads the AddOn, listens for commands on a loopback port and on standard input.

using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace StandIn
{
    /// <summary>standin.exe --addon FILE --instruments FILE --data FOLDER --port N [--control N]</summary>
    public static class Host
    {
        /// <summary>Runs until "stop", the end of standard input, or the end of the process.</summary>
        public static int Main(string[] arguments)
        {
            var options = new Dictionary<string, string>();
            for (int i = 0; i + 1 < arguments.Length; i += 2) options[arguments[i]] = arguments[i + 1];
            string folder = Path.GetFullPath(options["--data"]);
            Directory.CreateDirectory(Path.Combine(folder, "PhantomBridge"));
            File.WriteAllText(Path.Combine(folder, "PhantomBridge", "bridge.txt"), "port=" + options["--port"] + "\n");
            var world = new World(folder, options["--instruments"], options["--addon"]);
            var gate = new object();
            var listener = new TcpListener(IPAddress.Loopback, options.ContainsKey("--control") ? int.Parse(options["--control"]) : 0);
            listener.Start();
            world.Load();
            Console.Out.WriteLine("control " + ((IPEndPoint)listener.LocalEndpoint).Port);
            Console.Out.Flush();
            var stopped = new ManualResetEvent(false);
            new Thread(() => Accept(listener, world, gate, stopped)) { IsBackground = true }.Start();
            new Thread(() => Follow(Console.In, Console.Out, new Control(world), gate, stopped, true)) { IsBackground = true }.Start();
            stopped.WaitOne();
            world.End();
            return Faults.Count == 0 ? 0 : 1;
        }

        private static void Accept(TcpListener listener, World world, object gate, ManualResetEvent stopped)
        {
            while (true)
            {
                TcpClient client = listener.AcceptTcpClient();
                new Thread(() =>
                {
                    using (client)
                    using (var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false)))
                    using (var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\n" })
                        Follow(reader, writer, new Control(world), gate, stopped, false);
                }) { IsBackground = true }.Start();
            }
        }

        private static void Follow(TextReader from, TextWriter to, Control control, object gate, ManualResetEvent stopped, bool endsWithInput)
        {
            try
            {
                string line;
                while ((line = from.ReadLine()) != null)
                {
                    string answer;
                    lock (gate) answer = control.Do(line);
                    to.WriteLine(answer);
                    to.Flush();
                    if (!control.IsStopped) continue;
                    stopped.Set();
                    return;
                }
            }
            catch (IOException) { /* the steering side is gone */ }
            if (endsWithInput) stopped.Set();
        }
    }
}
