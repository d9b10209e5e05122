#!/usr/bin/env python3
"""The embedded journal beside Apache Kafka, in one run on one machine: batches of 8,189 transfers in the binary form, and single
transfers at 1, 16 and 64 connections, and the balance of an account at one, over HTTP. A broker compiles what is hot while it runs, so
each server is measured after a warm-up of singles. First `florin serve` on an embedded journal with an fsync a group; then on one
broker with an fsync a batch; then on three brokers with three copies of each record; and one broker again with each role as a process.
Client, server and brokers share the machine. Prints one line for each.

    bench/kafka_bench.py --program build/release/deploy/florin/florin --client build/release/bench/http_batches
                         [--transfers 300000] [--warm-up 30] [--seconds 5] [--folder DIR]
"""
import argparse
import contextlib
import pathlib
import subprocess
import sys
import tempfile

import http_batches
import http_singles

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import florin  # noqa: E402
from local import Server  # noqa: E402

IN_FLIGHT = (1, 4)
KAFKA = ROOT / "deploy/kafka"
OPTIONS = ["--deadline-ms", "60000"]


@contextlib.contextmanager
def served(given, folder, environment=None, roles=("serve",)):
    """A server of these roles; gives the one that clients call."""
    servers = []
    try:
        for role in roles:
            server = Server(given.program, pathlib.Path(folder) / role, options=OPTIONS, role=role)
            server.environment = environment or {}
            if role == "gateway":
                server.options += ["--projectors", f"{servers[-1].host}:{servers[-1].port}"]
            servers.append(server.start())
        yield servers[-1]
    finally:
        for server in reversed(servers):
            server.stop()


def measure(given, server):
    """Singles first: the ids of batches are greater than theirs, and an id that is not the greatest yet costs a read of the store."""
    api = http_singles.prepare(server, flags=["history"])
    print("warm-up, ", end="")
    http_singles.measure(server, api, http_singles.CONNECTIONS[-1], given.warm_up, 0)
    for number, connections in enumerate(http_singles.CONNECTIONS):
        http_singles.measure(server, api, connections, given.seconds, (number + 1) * 10**9)
    http_singles.measure_queries(server, api, given.seconds)
    for in_flight in IN_FLIGHT:
        http_batches.measure(server, api, given.client.resolve(), "binary", in_flight, given.transfers)


@contextlib.contextmanager
def on_brokers(given, count, heap):
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        command = [KAFKA / "start", "--data", pathlib.Path(folder) / "kafka", "--port", "0", "--brokers", str(count), "--heap", heap]
        started = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        try:
            variables = {"FLORIN_JOURNAL": "kafka", "FLORIN_KAFKA_BROKERS": started.stdout.strip(), "FLORIN_KEK": florin.KEK}
            created = florin.run("topics", "create", "--replication", count, "--partitions", 1, **variables)
            if created.returncode != 0:
                sys.exit(created.stderr)
            yield folder, variables
        finally:
            subprocess.run([KAFKA / "reset", "--data", pathlib.Path(folder) / "kafka"], stdout=subprocess.DEVNULL, check=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", type=pathlib.Path, required=True)
    arguments.add_argument("--client", type=pathlib.Path, required=True)
    arguments.add_argument("--transfers", type=int, default=300_000)
    arguments.add_argument("--warm-up", type=int, default=30, help="seconds")
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--folder", help="on the disk to measure; a temporary one when left out")
    given = arguments.parse_args()
    print("embedded journal", flush=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, served(given, folder) as server:
        measure(given, server)
    for count, heap, roles, what in ((1, "512m", ("serve",), "one broker, an fsync a batch"), (3, "384m", ("serve",), "three brokers, three copies"),
                                     (1, "512m", ("engine", "projector", "gateway"), "one broker, each role a process")):
        print(what, flush=True)
        with on_brokers(given, count, heap) as (folder, variables), served(given, folder, variables, roles) as server:
            measure(given, server)


if __name__ == "__main__":
    main()
