#!/usr/bin/env python3
"""How long is a restart after kill -9, behind so many transfers: until calls are taken (/readyz), and until the read models hold all
of it. Loads a server of its own over one connection, in binary batches of 8,189, and kills it in the middle of the load, again and
again. Prints one line for each restart, with what the server's log says of its parts, its CPU time until it was ready, how busy the disk
was, and the load average: on a machine that does other work only CPU can be compared.

    bench/restart_bench.py --program build/release/deploy/florin/florin --client build/release/bench/http_batches
                           [--transfers 10000000] [--restarts 5] [--folder DIR]
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

from http_singles import ACCOUNTS, LEDGER, Server, prepare

LAG_SECONDS_MAX = 600


def client(server, token, program, transfers):
    return subprocess.Popen([program, "--url", f"http://{server.host}:{server.port}", "--token", token, "--transfers", str(transfers),
                             "--in-flight", "2", "--accounts", str(ACCOUNTS), "--ledger", str(LEDGER)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def events(server, begin, *names):
    lines = (json.loads(line) for line in server.log.read_text()[begin:].splitlines() if line.startswith("{"))
    return {line["event"]: line for line in lines if line["event"] in names}


def lag(server):
    return max(view["lag"] for view in json.loads(server.cli("projections", "status"))["projections"])


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def disk_busy_ms(folder):
    device = os.stat(folder).st_dev
    fields = pathlib.Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").read_text().split()
    return int(fields[9])


def restart(server):
    begin = server.log.stat().st_size
    busy = disk_busy_ms(server.data)
    started = time.monotonic()
    server.start()
    ready, cpu, busy = time.monotonic() - started, cpu_seconds(server.process), disk_busy_ms(server.data) - busy
    while lag(server) > 0:
        assert time.monotonic() - started < LAG_SECONDS_MAX
        time.sleep(0.05)
    caught_up = time.monotonic() - started
    told = events(server, begin, "opened", "recovered", "clients_known", "serving")
    opened, recovered, known = told["opened"], told["recovered"], told["clients_known"]
    print(f"at {recovered['next_sequence']} events: ready after {ready:.2f} s (CPU {cpu:.2f} s, disk busy for {busy} ms, load average "
          f"{os.getloadavg()[0]:.1f}): opened after {opened['after_ms']} ms (journal {opened['journal_ms']}, state {opened['state_ms']}), "
          f"{recovered['records']} records replayed in {recovered['duration_ms']} ms, {known['events']} events read for clients in "
          f"{known['duration_ms']} ms, serving after {told['serving']['after_ms']} ms; read models whole after {caught_up:.2f} s", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", type=pathlib.Path, required=True)
    arguments.add_argument("--client", type=pathlib.Path, required=True)
    arguments.add_argument("--transfers", type=int, default=10_000_000)
    arguments.add_argument("--restarts", type=int, default=5)
    arguments.add_argument("--folder", help="on the disk to measure; a temporary one when left out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        server = Server(given.program, pathlib.Path(folder) / "data", options=["--deadline-ms", "60000"]).start()
        try:
            api = prepare(server, flags=["history"])
            print(client(server, api.token, given.client.resolve(), given.transfers).communicate()[0].strip(), flush=True)
            for _ in range(given.restarts):
                loading = client(server, api.token, given.client.resolve(), given.transfers)
                time.sleep(5)
                server.kill()
                loading.communicate()
                restart(server)
        finally:
            server.close()


if __name__ == "__main__":
    main()
