// Sockets: who may connect, the handshake, and the threads of one connection.

using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace PhantomDesk.Bridge
{
    /// <summary>Takes connections and hands proved clients to the bridge.</summary>
    public sealed class Listener
    {
        /// <summary>Connections that may be unauthenticated at once.</summary>
        public const int UnauthenticatedMax = 4;

        /// <summary>From the accepted connection to the welcome, in milliseconds.</summary>
        public const int HandshakeMax = 3000;

        /// <summary>No further handshake for so long after one that failed, in milliseconds.</summary>
        public const int PauseAfterFailure = 1000;

        // A client that takes nothing for so long is gone, in milliseconds.
        private const int SendMax = 3000;

        private const int LastLinesMax = 300;

        private readonly Bridge bridge;
        private readonly byte[] secret;
        private readonly IClock clock;
        private readonly TcpListener listener;
        private readonly HashSet<Socket> open = new HashSet<Socket>();
        private int unauthenticated;
        private long pausedUntil;
        private volatile bool isStopping;

        /// <summary>Binds. Throws SocketException when the port is taken.</summary>
        public Listener(IPAddress address, int port, Bridge bridge, byte[] secret, IClock clock)
        {
            this.bridge = bridge;
            this.secret = secret;
            this.clock = clock;
            listener = new TcpListener(address, port);
            // On Windows nobody else may bind the port as well; elsewhere a port that was just used has to be free again at once.
            if (Environment.OSVersion.Platform == PlatformID.Win32NT) listener.ExclusiveAddressUse = true;
            else listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Start(8);
            new Thread(Accept) { IsBackground = true, Name = "PhantomBridge listener" }.Start();
        }

        /// <summary>The port that it listens on.</summary>
        public int Port { get { return ((IPEndPoint)listener.LocalEndpoint).Port; } }

        /// <summary>The name and version that the client is told.</summary>
        public static string ServerName { get { return "PhantomBridge " + Bridge.Version; } }

        /// <summary>Closes the port and every connection.</summary>
        public void Stop()
        {
            isStopping = true;
            listener.Stop();
            // The last lines have a moment to leave.
            for (int waited = 0; waited < LastLinesMax && CountOpen() > 0; waited += 10) Thread.Sleep(10);
            List<Socket> all;
            lock (open) all = new List<Socket>(open);
            foreach (Socket socket in all) Close(socket);
        }

        private int CountOpen() { lock (open) return open.Count; }

        private void Accept()
        {
            while (!isStopping)
            {
                try { AcceptOne(); }
                catch (Exception fault)
                {
                    if (isStopping) return;
                    Report.Fault("listener", fault);
                    Thread.Sleep(50);
                }
            }
        }

        private void AcceptOne()
        {
            Socket socket = listener.AcceptSocket();
            if (isStopping || !MayKnock()) { Close(socket); return; }
            lock (open) open.Add(socket);
            new Thread(() => Serve(socket)) { IsBackground = true, Name = "PhantomBridge client" }.Start();
        }

        private bool MayKnock()
        {
            if (clock.Elapsed < Interlocked.Read(ref pausedUntil)) return false;
            if (Interlocked.Increment(ref unauthenticated) <= UnauthenticatedMax) return true;
            Interlocked.Decrement(ref unauthenticated);
            return false;
        }

        private void Serve(Socket socket)
        {
            bool isCounted = true;
            try
            {
                socket.NoDelay = true;
                socket.SendTimeout = SendMax;
                var lines = new LineReader(socket);
                Handshake handshake = Shake(socket, lines);
                Peer peer = handshake == null ? null : Enter(socket, handshake);
                Interlocked.Decrement(ref unauthenticated);
                isCounted = false;
                if (peer == null) return;
                var writer = new Thread(() => Write(socket, peer, handshake.SessionKey)) { IsBackground = true, Name = "PhantomBridge writer" };
                writer.Start();
                Read(lines, peer, handshake.SessionKey);
                // Where the bridge ended it, its last line is still on the way out.
                if (peer.EndedBy != null) writer.Join(SendMax);
            }
            catch (Exception fault)
            {
                if (!(fault is SocketException) && !(fault is ObjectDisposedException)) Report.Fault("connection", fault);
            }
            finally
            {
                if (isCounted) Interlocked.Decrement(ref unauthenticated);
                Close(socket);
            }
        }

        // Null when it failed: the reply is out, and the next handshake waits.
        private Handshake Shake(Socket socket, LineReader lines)
        {
            long deadline = clock.Elapsed + HandshakeMax;
            var handshake = new Handshake(secret, bridge.Epoch, ServerName);
            while (handshake.State == HandshakeState.Waits)
            {
                int length = lines.Next(Frames.LineMaxBefore, () => (int)(deadline - clock.Elapsed));
                string line = length < 0 ? null : Frames.Decode(lines.Line, 0, length);
                string reply = line == null ? null : handshake.Take(line);
                bool isOver = line == null || handshake.State == HandshakeState.Failed;
                // Who only knocked and went away has not failed. The pause begins before the peer learns that it has.
                if (isOver && length != LineReader.Closed) Interlocked.Exchange(ref pausedUntil, clock.Elapsed + PauseAfterFailure);
                if (reply != null) SendPlain(socket, reply);
                if (isOver) return null;
            }
            return handshake;
        }

        // The bridge's thread judges who it is; null when it said no.
        private Peer Enter(Socket socket, Handshake handshake)
        {
            var peer = new Peer(handshake.Client, handshake.Account, clock.Elapsed);
            string refused = "busy";
            var done = new ManualResetEvent(false);
            bridge.Inbox.Post(() =>
            {
                refused = bridge.Admit(peer);
                done.Set();
            });
            // Let in too late is out again: the leave stands behind the entry in the queue.
            if (!done.WaitOne(HandshakeMax)) bridge.Inbox.Post(() => bridge.Left(peer));
            if (refused == null) return peer;
            SendPlain(socket, Handshake.Bye(refused));
            return null;
        }

        private void Read(LineReader lines, Peer peer, byte[] sessionKey)
        {
            using (var frames = new Frames(sessionKey, Frames.FromClient))
            {
                while (peer.EndedBy == null)
                {
                    int length = lines.Next(Frames.LineMax, () => Timeout.Infinite);
                    if (length < 0) break;
                    string body = frames.Open(lines.Line, length);
                    JsonObject read = null;
                    try { if (body != null) read = JsonReader.Read(body); }
                    catch (BadJson) { /* a proved peer that breaks the rules: closed like any other */ }
                    if (read == null || peer.CountWaiting(1) > 1000) break;
                    peer.LastGood = clock.Elapsed;
                    bridge.Inbox.Post(() =>
                    {
                        peer.CountWaiting(-1);
                        bridge.TakeFrame(peer, read);
                    });
                }
            }
            bridge.Inbox.Post(() => bridge.Left(peer));
        }

        private void Write(Socket socket, Peer peer, byte[] sessionKey)
        {
            try
            {
                using (var frames = new Frames(sessionKey, Frames.FromServer))
                {
                    bool isWelcome = true;
                    while (true)
                    {
                        bool ended;
                        string body = peer.Outbox.Take(1000, out ended);
                        if (body != null)
                        {
                            SendAll(socket, isWelcome ? Encoding.UTF8.GetBytes(body + "\n") : frames.Seal(body));
                            isWelcome = false;
                        }
                        if (ended) break;
                    }
                }
            }
            catch (SocketException) { /* it is gone: the reader says so */ }
            catch (ObjectDisposedException) { /* closed by the reader */ }
            catch (Exception fault) { Report.Fault("writer", fault); }
            Close(socket);
        }

        private static void SendPlain(Socket socket, string line) { SendAll(socket, Encoding.UTF8.GetBytes(line + "\n")); }

        private static void SendAll(Socket socket, byte[] bytes)
        {
            int sent = 0;
            while (sent < bytes.Length) sent += socket.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
        }

        private void Close(Socket socket)
        {
            lock (open) open.Remove(socket);
            try { socket.Shutdown(SocketShutdown.Both); }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
            socket.Close();
        }
    }

    /// <summary>Lines of a socket, bounded.</summary>
    public sealed class LineReader
    {
        private readonly Socket socket;
        private readonly byte[] buffer = new byte[Frames.LineMax + 1];
        private int from, to;

        /// <summary>Over a connected socket.</summary>
        public LineReader(Socket socket) { this.socket = socket; }

        /// <summary>The line that was read last, without its end; its length is what Next answered.</summary>
        public byte[] Line { get; private set; }

        /// <summary>The peer has closed.</summary>
        public const int Closed = -2;

        /// <summary>Reads the next line; Closed, or -1 when it took too long or is too long.</summary>
        public int Next(int lengthMax, Func<int> millisecondsLeft)
        {
            int seen = from;
            while (true)
            {
                for (; seen < to; seen++)
                {
                    if (buffer[seen] != (byte)'\n') continue;
                    int length = seen - from;
                    if (length > lengthMax) return -1;
                    Line = new byte[length];
                    Buffer.BlockCopy(buffer, from, Line, 0, length);
                    from = seen + 1;
                    return length;
                }
                if (to - from > lengthMax) return -1;
                seen -= from;
                Buffer.BlockCopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
                int left = millisecondsLeft();
                if (left == 0 || left < Timeout.Infinite) return -1;
                if (left > 0 && !socket.Poll(left * 1000, SelectMode.SelectRead)) return -1;
                int got = socket.Receive(buffer, to, buffer.Length - to, SocketFlags.None);
                if (got == 0) return Closed;
                to += got;
            }
        }
    }
}
