#!/usr/bin/env python3
"""Single transfers over HTTP: one transfer a call in JSON, by wrk at 1, 16 and 64 connections, against a server of its own on
an embedded journal with an fsync a group. Client and server share the machine. Prints one line for each.

    bench/http_singles.py --program build/release/deploy/florin/florin [--seconds 10] [--folder DIR]
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "deploy"))
from local import Server  # noqa: E402

LEDGER, ACCOUNTS = 700, 10_000
CONNECTIONS = (1, 16, 64)


def counter(api, name):
    return float(re.search(rf"^{name} (\S+)$", api.call("GET", "/metrics").body.decode(), re.MULTILINE).group(1))


def in_ms(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def prepare(server, flags=()):
    book = server.create_book("bench")
    api = server.api(server.create_client(book, "bench", "ledger:read ledger:write book:admin"))
    api.post("/ledger/ledgers", {"ledgers": [{"id": LEDGER, "currency": "EUR", "exponent": 2, "name": "Bench"}]})
    for first in range(1, ACCOUNTS + 1, 5000):
        accounts = [{"id": str(id), "ledger": LEDGER, "code": 1, "flags": list(flags)} for id in range(first, first + 5000)]
        api.post("/ledger/accounts", {"accounts": accounts})
    return api


def by_wrk(server, connections, seconds, path, *arguments):
    """Runs wrk, which must be answered with 200 all the time; gives calls a second, and p50, p99 and p100 in a text."""
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://{server.host}:{server.port}{path}",
                           *arguments], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done or "Socket errors" in done:
        sys.exit(done)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done).group(1))
    p50 = in_ms(re.search(r"^ +50% +(\S+)", done, re.MULTILINE).group(1))
    p99 = in_ms(re.search(r"^ +99% +(\S+)", done, re.MULTILINE).group(1))
    most = in_ms(re.search(r"Latency\s+\S+\s+\S+\s+(\S+)", done).group(1))
    return rate, f"p50 {p50:.3f} ms, p99 {p99:.3f} ms, p100 {most:.3f} ms"


def measure(server, api, connections, seconds, first_id):
    groups, commands = (counter(api, f"florin_journal_{name}_total") for name in ("groups", "commands"))
    rate, times = by_wrk(server, connections, seconds, "", "-s", ROOT / "tests/e2e/transfers.lua", "--", api.token, str(LEDGER),
                         str(ACCOUNTS), str(first_id))
    shared = (counter(api, "florin_journal_commands_total") - commands) / (counter(api, "florin_journal_groups_total") - groups)
    print(f"{connections:3} connections: {rate:.0f} transfers/s, {times}, {shared:.1f} commands/fsync", flush=True)


def measure_queries(server, api, seconds):
    rate, times = by_wrk(server, 1, seconds, "/api/v1/ledger/accounts/1", "-H", f"Authorization: Bearer {api.token}")
    print(f"balances, 1 connection: {rate:.0f}/s, {times}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", type=pathlib.Path, required=True)
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--folder", help="on the disk to measure; a temporary one when left out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        server = Server(given.program, pathlib.Path(folder) / "data").start()
        try:
            api = prepare(server)
            for number, connections in enumerate(CONNECTIONS):
                measure(server, api, connections, given.seconds, (number + 1) * 10**9)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
