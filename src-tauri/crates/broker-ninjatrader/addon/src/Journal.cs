// What must outlive the AddOn: the client ids that were handed to NinjaTrader, what came of them, and the armed phantoms.
//
// One JSON object a line. A place is on the disk before its order is handed over: an id that is here is never sent again.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace PhantomDesk.Bridge
{
    /// <summary>An order as it was journaled before it was handed over.</summary>
    public sealed class Placed
    {
        public string ClientId;
        public string Account;
        public string Root;
        public int Month;
        public int Year;
        public string Side;

        /// <summary>market, limit or stop.</summary>
        public string Type;

        public int Qty;

        /// <summary>The limit price; null where there is none.</summary>
        public string Limit;

        /// <summary>The stop price; null where there is none.</summary>
        public string Stop;

        public string Tif;

        /// <summary>shadow or disaster; null for an order of the client's.</summary>
        public string Role;

        /// <summary>When, in milliseconds since 1970.</summary>
        public long Ts;

        /// <summary>How it ended, with what was filled; null while that is open.</summary>
        public string End;
        public int EndFilled;
        public string EndAverage;
        public long EndTs;

        /// <summary>Whether two orders are the same intent.</summary>
        public bool IsSameAs(Placed other)
        {
            return Root == other.Root && Month == other.Month && Year == other.Year && Side == other.Side && Type == other.Type && Qty == other.Qty;
        }

        internal JsonText ToJson()
        {
            return new JsonText().Add("k", "place").Add("client_id", ClientId).Add("account", Account).Add("root", Root).Add("month", Month)
                .Add("year", Year).Add("side", Side).Add("type", Type).Add("qty", Qty).Add("limit", Limit).Add("stop", Stop).Add("tif", Tif)
                .Add("role", Role).Add("ts", Ts);
        }
    }

    /// <summary>A phantom that the app has armed.</summary>
    public sealed class Phantom
    {
        public string Name;
        public string ExitId;
        public string Account;
        public string Root;
        public int Month;
        public int Year;

        /// <summary>The closing side.</summary>
        public string Side;

        public int Qty;

        /// <summary>The level, as the app wrote it.</summary>
        public string Stop;

        /// <summary>The wider level of the stop at the broker, as the app wrote it; null for none.</summary>
        public string Disaster;

        public string Env;

        /// <summary>Its position was closed while the app was away: no stop is placed for it until it is armed again.</summary>
        public bool IsSpent;

        /// <summary>Contracts that its exit and its stops had filled when it was armed as it is: they do not count again.</summary>
        public int DoneBefore;

        /// <summary>The line that the digest is made of (docs/bridge.md, section 6).</summary>
        public string DigestLine
        {
            get { return string.Join("|", Name, ExitId, Root, Month, Year, Side, Qty, Stop, Disaster ?? string.Empty, Env) + "\n"; }
        }

        internal JsonText ToJson()
        {
            return new JsonText().Add("k", "arm").Add("phantom", Name).Add("exit_id", ExitId).Add("account", Account).Add("root", Root)
                .Add("month", Month).Add("year", Year).Add("side", Side).Add("qty", Qty).Add("stop", Stop).Add("disaster", Disaster).Add("env", Env).Add("done", DoneBefore);
        }
    }

    /// <summary>The file, and what it says.</summary>
    public sealed class Journal : IDisposable
    {
        private const long CompactsAbove = 8 * 1024 * 1024;
        private const long EndedIsKeptFor = 90L * 24 * 3600 * 1000;

        private readonly Dictionary<string, Placed> placed = new Dictionary<string, Placed>(StringComparer.Ordinal);
        private readonly List<Phantom> phantoms = new List<Phantom>();
        private FileStream file;

        /// <summary>Lines that could not be read at the start. A torn last line is none of them: its order was never handed over.</summary>
        public int Unreadable { get; private set; }

        /// <summary>The orders, by client id.</summary>
        public IEnumerable<Placed> Orders { get { return placed.Values; } }

        /// <summary>The armed phantoms, oldest first.</summary>
        public IList<Phantom> Phantoms { get { return phantoms; } }

        /// <summary>The order with a client id; null when the id was never here.</summary>
        public Placed Find(string clientId)
        {
            Placed found;
            return placed.TryGetValue(clientId, out found) ? found : null;
        }

        /// <summary>Opens the file for this process alone. Throws IOException while another one has it.</summary>
        public static Journal Open(string path, long nowUtc)
        {
            var journal = new Journal();
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            try
            {
                journal.file = stream;
                journal.Load();
                if (stream.Length > CompactsAbove) journal.Compact(nowUtc);
                return journal;
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }

        /// <summary>Writes an order and waits until the disk has it. After a throw the order must not be handed over.</summary>
        public void Place(Placed order)
        {
            Write(order.ToJson(), true);
            Remember(order);
        }

        /// <summary>Keeps an order in memory alone.</summary>
        public void Remember(Placed order) { placed[order.ClientId] = order; }

        /// <summary>Writes how an order ended.</summary>
        public void End(Placed order, string state, int filled, string average, long ts)
        {
            order.End = state;
            order.EndFilled = filled;
            order.EndAverage = average;
            order.EndTs = ts;
            Write(EndLine(order), false);
        }

        /// <summary>Writes an armed phantom, in the place of the one of its name, and waits for the disk.</summary>
        public void Arm(Phantom phantom)
        {
            Write(phantom.ToJson(), true);
            Put(phantom);
        }

        /// <summary>Writes that a phantom is armed no more.</summary>
        public void Disarm(Phantom phantom)
        {
            Write(new JsonText().Add("k", "disarm").Add("phantom", phantom.Name).Add("account", phantom.Account), true);
            phantoms.Remove(phantom);
        }

        /// <summary>Writes that a phantom's position was closed while the app was away.</summary>
        public void Spend(Phantom phantom)
        {
            phantom.IsSpent = true;
            Write(new JsonText().Add("k", "spent").Add("phantom", phantom.Name).Add("account", phantom.Account), false);
        }

        /// <summary>Closes the file.</summary>
        public void Dispose() { file.Dispose(); }

        private static JsonText EndLine(Placed order)
        {
            return new JsonText().Add("k", "end").Add("client_id", order.ClientId).Add("state", order.End).Add("filled", order.EndFilled)
                .Add("average", order.EndAverage).Add("ts", order.EndTs);
        }

        private void Write(JsonText line, bool waitsForDisk)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
            long before = file.Length;
            try
            {
                file.Seek(0, SeekOrigin.End);
                file.Write(bytes, 0, bytes.Length);
                file.Flush(waitsForDisk);
            }
            catch
            {
                // What was half written must not stand before the next line.
                try { file.SetLength(before); }
                catch (IOException) { }
                throw;
            }
        }

        private void Put(Phantom phantom)
        {
            int known = phantoms.FindIndex(p => p.Name == phantom.Name && p.Account == phantom.Account);
            if (known >= 0) phantoms[known] = phantom;
            else phantoms.Add(phantom);
        }

        private void Load()
        {
            var whole = new byte[file.Length];
            int read = 0;
            while (read < whole.Length)
            {
                int more = file.Read(whole, read, whole.Length - read);
                if (more == 0) break;
                read += more;
            }
            int end = Array.LastIndexOf(whole, (byte)'\n') + 1;
            if (end < whole.Length) file.SetLength(end);
            foreach (string line in Encoding.UTF8.GetString(whole, 0, end).Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries))
            {
                try { Take(JsonReader.Read(line)); }
                catch (BadJson) { Unreadable++; }
                catch (InvalidCastException) { Unreadable++; }
                catch (NullReferenceException) { Unreadable++; }
            }
        }

        private void Take(JsonObject line)
        {
            switch (line.Text("k"))
            {
                case "place":
                    placed[line.Text("client_id")] = new Placed
                    {
                        ClientId = line.Text("client_id"), Account = line.Text("account"), Root = line.Text("root"),
                        Month = (int)(long)line.Get("month"), Year = (int)(long)line.Get("year"), Side = line.Text("side"),
                        Type = line.Text("type"), Qty = (int)(long)line.Get("qty"), Limit = line.Text("limit"), Stop = line.Text("stop"),
                        Tif = line.Text("tif"), Role = line.Text("role"), Ts = (long)line.Get("ts")
                    };
                    break;
                case "end":
                    Placed order = Find(line.Text("client_id"));
                    if (order == null) break;
                    order.End = line.Text("state");
                    order.EndFilled = (int)(long)line.Get("filled");
                    order.EndAverage = line.Text("average");
                    order.EndTs = (long)line.Get("ts");
                    break;
                case "arm":
                    Put(new Phantom
                    {
                        Name = line.Text("phantom"), ExitId = line.Text("exit_id"), Account = line.Text("account"), Root = line.Text("root"),
                        Month = (int)(long)line.Get("month"), Year = (int)(long)line.Get("year"), Side = line.Text("side"),
                        Qty = (int)(long)line.Get("qty"), Stop = line.Text("stop"), Disaster = line.Text("disaster"), Env = line.Text("env"),
                        IsSpent = line.Get("spent") is bool, DoneBefore = (int)(long)line.Get("done")
                    });
                    break;
                case "disarm":
                    phantoms.RemoveAll(p => p.Name == line.Text("phantom") && p.Account == line.Text("account"));
                    break;
                case "spent":
                    foreach (Phantom phantom in phantoms)
                        if (phantom.Name == line.Text("phantom") && phantom.Account == line.Text("account")) phantom.IsSpent = true;
                    break;
                default:
                    Unreadable++;
                    break;
            }
        }

        // Orders that ended long ago and phantoms that are gone leave the file; every id without a known end stays for ever.
        private void Compact(long nowUtc)
        {
            foreach (string old in placed.Values.Where(p => p.End != null && nowUtc - p.EndTs > EndedIsKeptFor).Select(p => p.ClientId).ToList())
                placed.Remove(old);
            string path = file.Name;
            string next = path + ".new";
            using (var compact = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
            using (var writer = new StreamWriter(compact, new UTF8Encoding(false)))
            {
                foreach (Placed order in placed.Values)
                {
                    writer.Write(order.ToJson() + "\n");
                    if (order.End != null) writer.Write(EndLine(order) + "\n");
                }
                foreach (Phantom phantom in phantoms) writer.Write(phantom.ToJson().Flag("spent", phantom.IsSpent) + "\n");
                writer.Flush();
                compact.Flush(true);
            }
            file.Dispose();
            File.Replace(next, path, path + ".old");
            file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        }
    }
}
