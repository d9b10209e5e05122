#!/usr/bin/env python3
"""Batches of 8,189 transfers over one HTTP connection, 1 to 8 of them in flight, in the binary form and in JSON, against a server
of its own on an embedded journal with an fsync a group. Client and server share the machine. Prints one line for each.

    bench/http_batches.py --program build/release/deploy/florin/florin --client build/release/bench/http_batches
                          [--transfers 500000] [--folder DIR]
"""
import argparse
import pathlib
import subprocess
import tempfile

from http_singles import ACCOUNTS, LEDGER, Server, prepare

RUNS = [("binary", 1), ("binary", 2), ("binary", 4), ("binary", 8), ("json", 1), ("json", 4)]


def measure(server, api, client, form, in_flight, transfers):
    subprocess.run([client, "--url", f"http://{server.host}:{server.port}", "--token", api.token, "--transfers", str(transfers),
                    "--in-flight", str(in_flight), "--accounts", str(ACCOUNTS), "--ledger", str(LEDGER),
                    *(["--json"] if form == "json" else [])], check=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", type=pathlib.Path, required=True)
    arguments.add_argument("--client", type=pathlib.Path, required=True)
    arguments.add_argument("--transfers", type=int, default=500_000)
    arguments.add_argument("--folder", help="on the disk to measure; a temporary one when left out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        # Calls in flight wait for each other, and a busy machine must not turn that into 504.
        server = Server(given.program, pathlib.Path(folder) / "data", options=["--deadline-ms", "60000"]).start()
        try:
            api = prepare(server, flags=["history"])
            for form, in_flight in RUNS:
                measure(server, api, given.client.resolve(), form, in_flight, given.transfers)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
