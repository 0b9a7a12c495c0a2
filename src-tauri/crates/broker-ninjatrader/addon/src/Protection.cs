// Stops that stand at the broker for armed phantoms (docs/bridge.md, section 6): shadows while the app is away, disaster stops always.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using NinjaTrader.Cbi;

namespace PhantomDesk.Bridge
{
    public sealed partial class Bridge
    {
        /// <summary>Milliseconds without a good frame after which shadows are placed.</summary>
        public const int AwayAfter = 5000;

        // A size that is wrong for a moment is an event under way: only what stays wrong is put right.
        private const int WrongForAWhile = 200;
        private const int CancelAgainAfter = 1000;
        private const int RetryAfter = 250;
        private const int StopTries = 2;
        private const int MarketTries = 3;

        private readonly Dictionary<string, long> lastGoodOf = new Dictionary<string, long>(StringComparer.Ordinal);
        private readonly Dictionary<Phantom, Tries> tries = new Dictionary<Phantom, Tries>();
        private readonly Dictionary<string, string> digests = new Dictionary<string, string>(StringComparer.Ordinal);
        private readonly Dictionary<string, List<Known>> byStem = new Dictionary<string, List<Known>>(StringComparer.Ordinal);
        private int absence;

        /// <summary>What was tried for a phantom in this absence of the app, and the stops that stand for it.</summary>
        private sealed class Tries
        {
            public int Absence;
            public int Stops;
            public int Markets;
            public long NotBefore;
            public bool IsDeclined;
            public bool IsDisasterDeclined;
            public Known Shadow;
            public Known Disaster;
        }

        private static string DigestOfLines(IEnumerable<string> lines)
        {
            string joined = string.Concat(lines.OrderBy(line => line, StringComparer.Ordinal));
            using (SHA256 sha = SHA256.Create()) return Keys.Hex(sha.ComputeHash(Encoding.UTF8.GetBytes(joined))).Substring(0, 16);
        }

        /// <summary>The digest of phantoms.</summary>
        public static string Digest(IEnumerable<Phantom> phantoms) { return DigestOfLines(phantoms.Select(p => p.DigestLine)); }

        private string DigestOf(string account)
        {
            string digest;
            if (digests.TryGetValue(account, out digest)) return digest;
            digest = Digest(journal.Phantoms.Where(p => p.Account == account));
            digests[account] = digest;
            return digest;
        }

        private void Arm(string id, Fields fields)
        {
            var phantom = new Phantom
            {
                Name = fields.Id("phantom", NameMax), ExitId = fields.Id("exit_id", ExitIdMax), Account = peer.Account, Root = fields.Root("root"),
                Month = fields.Integer("month", 1, 12), Year = fields.Integer("year", 1980, 2079), Side = fields.Word("side", "buy", "sell"),
                Qty = fields.Integer("qty", 1, 100000), Stop = fields.Price("stop"), Disaster = fields.Has("disaster") ? fields.Price("disaster") : null,
                Env = fields.Word("env", "sim", "live")
            };
            fields.Done();
            if (Words.Env(FindAccount(peer.Account).Account) != phantom.Env) throw new Refused("wrong_env", "the account is for the other kind of money");
            Instrument instrument = ContractOf(phantom).Find();
            if (instrument == null) throw new Refused("unknown_instrument", "NinjaTrader does not know this contract");
            double tick = instrument.MasterInstrument.TickSize;
            if (!Prices.IsOnGrid(Prices.Parse(phantom.Stop), tick) || (phantom.Disaster != null && !Prices.IsOnGrid(Prices.Parse(phantom.Disaster), tick)))
                throw new Refused("bad_price", "a level is off the grid");
            Phantom before = journal.Phantoms.FirstOrDefault(p => p.Name == phantom.Name && p.Account == phantom.Account);
            if (before == null && journal.Phantoms.Count(p => p.Account == phantom.Account) >= PhantomsMax)
                throw new Refused("too_many", "1000 phantoms are the most");
            phantom.DoneBefore = ExitedBy(phantom);
            try { journal.Arm(phantom); }
            catch (Exception fault) { throw new Refused("journal", "the journal could not be written: " + fault.Message); }
            if (before != null) tries.Remove(before);
            WatchPriceOf(phantom);
            digests.Clear();
            Ack(id, new JsonText().Add("digest", DigestOf(peer.Account)));
        }

        private void Disarm(string id, Fields fields)
        {
            string name = fields.Has("phantom") ? fields.Id("phantom", NameMax) : null;
            // Never beside a name: then it is a member that is not known here.
            HashSet<string> kept = name == null && fields.Has("but") ? fields.Ids("but", NameMax, PhantomsMax) : new HashSet<string>();
            fields.Done();
            List<Phantom> gone = journal.Phantoms.Where(p => p.Account == peer.Account && (name == null ? !kept.Contains(p.Name) : p.Name == name)).ToList();
            if (name != null && gone.Count == 0) throw new Refused("no_such_phantom", "no such phantom is armed");
            foreach (Phantom phantom in gone)
            {
                journal.Disarm(phantom);
                tries.Remove(phantom);
            }
            digests.Clear();
            ReleaseUnwantedFeeds();
            Ack(id, new JsonText().Add("digest", DigestOf(peer.Account)));
            foreach (Known stop in Stops(peer.Account).Where(k => PhantomOf(k) == null)) CancelStop(stop);
        }

        private static Contract ContractOf(Phantom phantom) { return new Contract(phantom.Root, phantom.Month, phantom.Year); }

        private bool IsArmed(Contract contract) { return journal.Phantoms.Any(p => ContractOf(p).Equals(contract)); }

        private void WatchPriceOf(Phantom phantom)
        {
            Contract contract = ContractOf(phantom);
            Instrument instrument = contract.Find();
            if (instrument != null) FeedOf(contract, instrument);
        }

        // ---- what stands

        // The live stops of the protection.
        private List<Known> Stops(string account) { return LiveOf(account).Where(k => k.Placed != null && k.Placed.Role != null).ToList(); }

        // A stop's client id is that of its phantom's exit, a dot, a letter and a number.
        private static string ExitIdOf(Placed order)
        {
            return order.Role == null ? order.ClientId : order.ClientId.Substring(0, order.ClientId.LastIndexOf('.'));
        }

        private static bool Belongs(Placed stop, Phantom phantom)
        {
            return stop.Role != null && stop.Account == phantom.Account && ExitIdOf(stop) == phantom.ExitId;
        }

        private Phantom PhantomOf(Known stop) { return journal.Phantoms.FirstOrDefault(p => Belongs(stop.Placed, p)); }

        // The exits of a phantom differ in the number at the end.
        private static string StemOf(string exitId) { return exitId.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'); }

        private IEnumerable<Known> ExitsOf(Phantom phantom)
        {
            List<Known> all;
            return byStem.TryGetValue(StemOf(phantom.ExitId), out all) ? all.Where(k => k.Placed.Account == phantom.Account) : Enumerable.Empty<Known>();
        }

        /// <summary>Contracts that the phantom's own exits and its stops have filled.</summary>
        private int ExitedBy(Phantom phantom) { return ExitsOf(phantom).Sum(k => k.Order.Filled); }

        private Tries TriesOf(Phantom phantom)
        {
            Tries known;
            if (!tries.TryGetValue(phantom, out known))
            {
                known = new Tries { Absence = absence };
                foreach (Known stop in Stops(phantom.Account).Where(k => Belongs(k.Placed, phantom)))
                {
                    if (stop.Placed.Role == "shadow") known.Shadow = stop;
                    else known.Disaster = stop;
                }
                tries[phantom] = known;
            }
            if (known.Absence == absence) return known;
            known.Absence = absence;
            known.Stops = known.Markets = 0;
            known.NotBefore = 0;
            known.IsDeclined = false;
            return known;
        }

        // ---- the rounds

        // A client is back: it says anew what is armed, and what a glance while it was away took for closed counts again.
        private void Welcome(string account)
        {
            absence++;
            foreach (Phantom phantom in journal.Phantoms.Where(p => p.Account == account && p.IsSpent).ToList())
            {
                phantom.IsSpent = false;
                Note(() => journal.Arm(phantom));
            }
        }

        private void NoteExit(Known known)
        {
            string stem = StemOf(ExitIdOf(known.Placed));
            List<Known> all;
            if (!byStem.TryGetValue(stem, out all)) byStem[stem] = all = new List<Known>();
            all.Add(known);
        }

        private void Protect(long now)
        {
            if (journal.Phantoms.Count == 0 && !live.Any(k => k.Placed != null && k.Placed.Role != null)) return;
            foreach (AccountView view in accounts.Values.ToList())
            {
                if (!view.IsReady) continue;
                string account = view.Account.Name;
                bool isAway = IsAway(account, now);
                foreach (var group in journal.Phantoms.Where(p => p.Account == account).GroupBy(p => new { Contract = ContractOf(p), p.Side }).ToList())
                    if (!IsFlattening(account, group.Key.Contract))
                        ProtectContract(view.Account, group.Key.Contract, group.Key.Side, group.ToList(), isAway, now);
                foreach (Known orphan in Stops(account).Where(k => PhantomOf(k) == null)) SizeStop(view.Account, orphan, 0, null, now);
            }
        }

        private bool IsAway(string account, long now)
        {
            if (peer != null && peer.Account == account) return now - peer.LastGood >= AwayAfter;
            long lastGood;
            if (!lastGoodOf.TryGetValue(account, out lastGood)) lastGood = startedAt;
            return now - lastGood >= AwayAfter;
        }

        private void ProtectContract(Account account, Contract contract, string side, List<Phantom> phantoms, bool isAway, long now)
        {
            int net = NetOf(account, contract);
            int left = side == "sell" ? Math.Max(net, 0) : Math.Max(-net, 0);
            if (left == 0 && isAway)
                foreach (Phantom phantom in phantoms.Where(p => !p.IsSpent)) Note(() => journal.Spend(phantom));
            left -= ClosingOf(account, contract, side);
            foreach (Phantom phantom in phantoms)
            {
                int share = phantom.IsSpent ? 0 : Math.Max(0, Math.Min(left, phantom.Qty - (ExitedBy(phantom) - phantom.DoneBefore) - OpenExitOf(phantom)));
                left -= share;
                Stand(account, phantom, share, isAway, now);
            }
        }

        // What closes already: exits on their way and stops of others. A resting limit order does not protect: it is no part of it.
        private int ClosingOf(Account account, Contract contract, string side)
        {
            return LiveIn(account, contract).Where(k => Words.Side(k.Order.OrderAction) == side && k.Order.OrderType != OrderType.Limit
                && (k.Placed == null || k.Placed.Role == null)).Sum(k => k.Open);
        }

        private int OpenExitOf(Phantom phantom) { return ExitsOf(phantom).Where(k => k.Placed.Role == null).Sum(k => k.Open); }

        private void Stand(Account account, Phantom phantom, int share, bool isAway, long now)
        {
            Tries known = TriesOf(phantom);
            NoteEnds(phantom, known, now);
            if (known.Shadow != null) SizeStop(account, known.Shadow, share, null, now);
            else if (isAway && share > 0) PlaceShadow(account, phantom, known, share, now);
            // A shadow that works does all that the disaster stop does, and earlier.
            bool isShadowed = known.Shadow != null && Words.State(known.Shadow.Order.OrderState) == "working";
            int wide = phantom.Disaster == null || isShadowed ? 0 : share;
            if (known.Disaster != null) SizeStop(account, known.Disaster, wide, phantom.Disaster, now);
            else if (wide > 0 && !known.IsDisasterDeclined) PlaceDisaster(account, phantom, known, wide);
        }

        private void NoteEnds(Phantom phantom, Tries known, long now)
        {
            if (known.Shadow != null && !known.Shadow.IsLive)
            {
                Known ended = known.Shadow;
                known.Shadow = null;
                known.NotBefore = now + RetryAfter;
                string state = Words.State(ended.Order.OrderState);
                // Cancelled by somebody in NinjaTrader: it was meant.
                if (state == "cancelled" && !ended.IsCancelledByProtection && ended.Absence == absence) known.IsDeclined = true;
                if (state == "rejected") Report.Say("the shadow of " + phantom.Name + " was rejected");
            }
            if (known.Disaster != null && !known.Disaster.IsLive)
            {
                Known ended = known.Disaster;
                known.Disaster = null;
                known.IsDisasterDeclined = Words.State(ended.Order.OrderState) != "filled" && !ended.IsCancelledByProtection;
                if (known.IsDisasterDeclined) Report.Say("the disaster stop of " + phantom.Name + " is gone and is not placed again until it is armed anew");
            }
        }

        private void PlaceShadow(Account account, Phantom phantom, Tries known, int qty, long now)
        {
            if (known.IsDeclined || now < known.NotBefore) return;
            // A level that has traded would be refused as a stop, and is due: the exit leaves at market.
            bool? isPassed = IsPassed(phantom, phantom.Stop);
            bool isMarket = isPassed == true || (isPassed == null && known.Stops >= StopTries);
            if (!isMarket && known.Stops >= StopTries) return;
            if (isMarket && known.Markets >= MarketTries)
            {
                known.IsDeclined = true;
                Report.Say("NOT PROTECTED: the exit of " + phantom.Name + " was refused " + MarketTries + " times. Close the position in NinjaTrader.");
                return;
            }
            if (isMarket) known.Markets++;
            else known.Stops++;
            known.NotBefore = now + RetryAfter;
            known.Shadow = PlaceStop(account, phantom, "shadow", qty, isMarket ? null : phantom.Stop);
            if (known.Shadow == null) return;
            known.Shadow.Absence = absence;
            Report.Say("the app is away: " + (isMarket ? "exit at market" : "stop at " + phantom.Stop) + " for " + phantom.Name + ", " + qty + " x " + ContractOf(phantom));
        }

        private void PlaceDisaster(Account account, Phantom phantom, Tries known, int qty)
        {
            if (IsPassed(phantom, phantom.Disaster) == true) return;
            known.Disaster = PlaceStop(account, phantom, "disaster", qty, phantom.Disaster);
            if (known.Disaster == null) known.IsDisasterDeclined = true;
        }

        private bool? IsPassed(Phantom phantom, string level)
        {
            Feed feed;
            if (!feeds.TryGetValue(ContractOf(phantom), out feed) || feed.Last == null) return null;
            return phantom.Side == "sell" ? feed.Last.Value <= Prices.Parse(level) : feed.Last.Value >= Prices.Parse(level);
        }

        // Null when it could not be placed; what may have left all the same is followed like any other.
        private Known PlaceStop(Account account, Phantom phantom, string role, int qty, string stop)
        {
            Instrument instrument = ContractOf(phantom).Find();
            if (instrument == null) return null;
            var placed = new Placed
            {
                ClientId = NextStopId(phantom, role), Account = phantom.Account, Root = phantom.Root, Month = phantom.Month, Year = phantom.Year,
                Side = phantom.Side, Type = stop == null ? "market" : "stop", Qty = qty, Stop = stop, Tif = "day", Role = role, Ts = clock.Utc
            };
            try { return Hand(account, instrument, placed, OrderEntry.Automated); }
            catch (Refused refused)
            {
                Report.Say("a " + role + " stop of " + phantom.Name + " could not be placed: " + refused.Message);
                Known inDoubt;
                return byClientId.TryGetValue(placed.ClientId, out inDoubt) ? inDoubt : null;
            }
        }

        private string NextStopId(Phantom phantom, string role)
        {
            string stem = phantom.ExitId + (role == "shadow" ? ".s" : ".d");
            int n = 1;
            while (journal.Find(stem + n) != null) n++;
            return stem + n;
        }

        // Keeps a stop in size and at its level. A disaster stop may grow; a shadow only shrinks.
        private void SizeStop(Account account, Known stop, int wanted, string level, long now)
        {
            if (stop.Order.OrderType == OrderType.Market) return;
            int open = stop.Open;
            bool isDisaster = stop.Placed.Role == "disaster";
            bool isElsewhere = level != null && wanted > 0 && !Prices.Parse(level).Equals((decimal)stop.Order.StopPrice);
            bool isRight = open == wanted || (wanted > open && !isDisaster);
            if (isRight && !isElsewhere) { stop.WrongSince = 0; return; }
            if (stop.WrongSince == 0) stop.WrongSince = now;
            bool waits = wanted < open && now - stop.WrongSince < WrongForAWhile;
            if (waits || IsBusy(stop, now)) return;
            if (wanted == 0) { CancelStop(stop); return; }
            int qty = stop.Order.Filled + (isDisaster ? wanted : Math.Min(wanted, open));
            double at = level == null ? stop.Order.StopPrice : (double)Prices.Parse(level);
            try { RequestChange(account, stop, qty, 0, at); }
            catch (Exception fault) { Report.Fault("change of a stop", fault); }
        }

        private static bool IsBusy(Known stop, long now)
        {
            return stop.Outstanding == Outstanding.Change || (stop.Outstanding == Outstanding.Cancel && now - stop.OutstandingSince < CancelAgainAfter);
        }

        private void CancelStop(Known stop)
        {
            stop.IsCancelledByProtection = true;
            try { RequestCancel(stop); }
            catch (Exception fault) { Report.Fault("cancel of a stop", fault); }
        }
    }
}
