#!/usr/bin/env python3
"""The AddOn in the stand-in, from outside: a process, a socket, and a client that shares no code with either.

usage: outside.py STANDIN_COMMAND...   (scripts/addon runs it)
"""
import hashlib
import hmac
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NQ = {"root": "NQ", "month": 12, "year": 2026}
LIMIT_S = 60


def mac_of(key, direction, n, body):
    return hmac.new(key, direction + n.to_bytes(8, "big") + body, hashlib.sha256).hexdigest()[:32]


class Client:
    """One connection: shakes hands, counts and proves every line, answers pings, checks seq for gaps."""

    def __init__(self, port, secret, account="Sim101"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        nc = os.urandom(16).hex()
        self.plain({"t": "hello", "v": 1, "client": "outside", "account": account, "nc": nc})
        challenge = json.loads(self.file.readline() or b'{"t":"closed"}')
        if challenge["t"] != "challenge":
            raise ConnectionError(challenge)
        self.epoch = challenge["epoch"]

        def proof(side):
            said = "\0".join([side, "1", self.epoch, nc, challenge["ns"], "outside", account])
            return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()

        assert challenge["proof"] == proof("server"), "the server has not proved the key"
        self.plain({"t": "auth", "proof": proof("client")})
        self.end = json.loads(self.file.readline())
        salt = bytes.fromhex(nc + challenge["ns"])
        extracted = hmac.new(salt, secret, hashlib.sha256).digest()
        self.key = hmac.new(extracted, b"phantom-desk v1\x01", hashlib.sha256).digest()
        self.sent = self.taken = self.requests = 0
        self.seq = None
        self.lock = threading.Lock()
        self.bodies = queue.Queue()
        if self.end["t"] == "welcome":
            threading.Thread(target=self.read, daemon=True).start()

    def plain(self, body):
        self.socket.sendall(json.dumps(body).encode() + b"\n")

    def send(self, body):
        with self.lock:
            self.sent += 1
            text = json.dumps(body, ensure_ascii=False).encode()
            mac = mac_of(self.key, b"C", self.sent, text).encode()
            self.socket.sendall(b"%d %s %s\n" % (self.sent, mac, text))

    def read(self):
        try:
            for line in self.file:
                n, mac, text = line[:-1].split(b" ", 2)
                self.taken += 1
                assert int(n) == self.taken and mac.decode() == mac_of(self.key, b"S", self.taken, text), line
                body = json.loads(text)
                if body["t"] == "ping":
                    self.send({"t": "pong", "n": body["n"], "seq": 0, "ts": 0, "digest": body["digest"]})
                    continue
                if body["t"] == "snap_end":
                    self.seq = body["seq"]
                if body["t"] == "ev":
                    assert body["seq"] == self.seq + 1, ("a gap in the events", self.seq, body)
                    self.seq = body["seq"]
                self.bodies.put(body)
        except OSError:
            pass
        self.bodies.put({"t": "closed"})

    def until(self, wanted, seconds=LIMIT_S):
        seen, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                seen.append(self.bodies.get(timeout=max(0.01, end - time.monotonic())))
            except queue.Empty:
                break
            if wanted(seen[-1]):
                return seen
        raise AssertionError("it never came; seen: %s" % seen[-5:])

    def snapshot(self):
        return self.until(lambda body: body["t"] == "snap_end")

    def ask(self, op, **data):
        self.requests += 1
        name = "r-%d" % self.requests
        self.send({"t": "cmd", "id": name, "op": op, "d": data})
        return self.until(lambda body: body["t"] == "ack" and body["id"] == name)[-1]

    def place(self, client_id, side="buy", qty=1, limit=None):
        price = {"type": "market"} if limit is None else {"type": "limit", "limit": limit}
        return self.ask("place", client_id=client_id, side=side, qty=qty, tif="day", entry="manual", env="sim", **price, **NQ)

    def state(self, client_id, state):
        return self.until(lambda b: b["t"] == "ev" and b["k"] == "order" and b["d"].get("client_id") == client_id and b["d"]["state"] == state)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Platform:
    """The stand-in as a process."""

    def __init__(self, command, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command, self.folder = command, folder
        self.start()

    def start(self):
        arguments = self.command + ["--data", self.folder, "--port", str(self.port)]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline().startswith("control ")
        self.wait_for_port()

    def wait_for_port(self):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                with open(os.path.join(self.folder, "PhantomBridge", "secret.txt"), encoding="ascii") as file:
                    self.secret = bytes.fromhex(file.read().strip())
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the AddOn does not listen")

    def do(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer.startswith("ok"), (line, answer)
        return answer[2:].strip()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def client(self, **options):
        end = time.monotonic() + LIMIT_S
        while True:
            try:
                client = Client(self.port, self.secret, **options)
                if client.end.get("code") != "busy":
                    return client
            except (OSError, ValueError, AssertionError):
                if time.monotonic() > end:
                    raise
            time.sleep(0.02)


def orders_are_sent_once_over_f5_restart_and_death(platform):
    client = platform.client()
    client.snapshot()
    platform.do("tick NQ 12-26 23000 1")
    assert client.place("o-1", limit="22990.25")["ok"]
    client.state("o-1", "working")
    epochs = {client.epoch}
    for how in ["f5", "f5 overlap", "restart", "restart names-lost"]:
        platform.do(how)
        client.until(lambda body: body["t"] == "closed")
        platform.wait_for_port()
        client = platform.client()
        rows = {b["d"].get("client_id"): b["d"] for b in client.snapshot() if b.get("k") == "order"}
        wanted = "lost" if how.endswith("names-lost") else "working"
        assert rows["o-1"]["state"] == wanted, (how, rows)
        again = client.place("o-1", limit="22990.25")
        assert again["ok"] and again["dup"], (how, again)
        epochs.add(client.epoch)
    assert len(epochs) == 5, "each start has its own epoch"
    assert platform.do("submitted") == "1", "one order has reached the broker"
    assert platform.do("listeners") == "1 1", "no handler is left behind"
    platform.kill()
    platform.start()
    client = platform.client()
    client.snapshot()
    assert client.place("o-1", limit="22990.25")["dup"], "also after the process was killed"
    assert platform.do("submitted") == "0"
    client.close()


def a_dead_app_is_covered_and_on_return_nothing_closes_twice(platform):
    client = platform.client()
    client.snapshot()
    platform.do("tick NQ 12-26 23000 1")
    client.place("s-1", qty=2)
    client.state("s-1", "filled")
    armed = client.ask("arm", phantom="L1", exit_id="x-L1", side="sell", qty=2, stop="22980.00", env="sim", **NQ)
    assert armed["ok"], armed
    client.close()
    gone = time.monotonic()
    while "x-L1.s1 Working" not in platform.do("orders"):
        assert time.monotonic() - gone < LIMIT_S, "no shadow"
        time.sleep(0.02)
    took = time.monotonic() - gone
    # The exact time is the self-tests': this machine may be busy.
    assert took > 4.0, took
    client = platform.client()
    rows = [b["d"] for b in client.snapshot() if b.get("k") == "order" and b["d"].get("role") == "shadow"]
    assert [r["client_id"] for r in rows] == ["x-L1.s1"], rows
    assert client.ask("cancel", client_id="x-L1.s1")["ok"]
    client.state("x-L1.s1", "cancelled")
    client.place("x-L1", side="sell", qty=2)
    client.state("x-L1", "filled")
    assert platform.do("positions") == ""
    client.ask("disarm")
    client.close()
    return "a shadow stood %.2f s after the app was gone" % took


def one_desk_at_a_time(platform):
    client = platform.client()
    client.snapshot()
    second = Client(platform.port, platform.secret)
    assert second.end == {"t": "bye", "code": "busy"}, second.end
    client.close()


def round_trips_and_ticks(platform):
    client = platform.client()
    client.snapshot()
    platform.do("tick NQ 12-26 23000 1")
    times = []
    for i in range(400):
        begin = time.perf_counter()
        client.place("l-%d" % i, side="buy" if i % 2 == 0 else "sell")
        client.state("l-%d" % i, "filled")
        times.append(time.perf_counter() - begin)
    times = sorted(times[100:])
    client.ask("subscribe", **NQ)
    platform.do("ticks NQ 12-26 5000 10000 23000")
    begin, count = time.perf_counter(), 0
    while count < 10000:
        trade = client.until(lambda body: body["t"] == "trade")[-1]
        count += 1
        assert trade["n"] == count, "a trade is missing"
    took = time.perf_counter() - begin
    client.close()
    return "place to fill p50 %.2f ms, p99 %.2f ms (Python included); 10000 trades in %.2f s, none missing" % (
        times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3, took)


def main():
    cases = [orders_are_sent_once_over_f5_restart_and_death, a_dead_app_is_covered_and_on_return_nothing_closes_twice,
             one_desk_at_a_time, round_trips_and_ticks]
    base = os.environ.get("PHANTOM_ADDON_SCRATCH") or tempfile.gettempdir()
    for case in cases:
        folder = tempfile.mkdtemp(dir=base)
        platform = Platform(sys.argv[1:], folder)
        try:
            figure = case(platform)
            assert platform.do("faults") == "0", "an exception left a handler"
            print("ok     %s%s" % (case.__name__, ": " + figure if figure else ""))
        finally:
            platform.kill()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
