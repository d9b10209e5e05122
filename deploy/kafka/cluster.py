#!/usr/bin/env python3
"""Apache Kafka on this machine's loopback: one broker, or three. For development, demonstrations and tests, not for production.

start, stop, status and reset beside this file call it. The jars come from Maven by the names and versions in pom.xml. All that a
cluster has stands in its folder: settings, logs, data, and what says which processes are its own. With TLS, its certificates as well.
Standard library only."""
import argparse
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid

from certificates import CertificateError, Certificates

ROOT = pathlib.Path(__file__).resolve().parents[2]
POM = pathlib.Path(__file__).resolve().with_name("pom.xml")
JARS = ROOT / "build" / "kafka-jars"  # the class path that Maven answered for the pom
PORT_DEFAULT = 19092
PORTS = range(20_000, 32_000)  # of --port 0
FETCH_SECONDS_MAX = 600
FORMAT_SECONDS_MAX = 60
READY_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30
ANSWER_SECONDS_MAX = 1
LOG_LINES_SHOWN = 15
HEAP_DEFAULT = "512m"

# What every broker has. The internal topics get one partition each: their usual 50 make a first use slow. A group of the
# journal is one batch of up to 17 MiB, and a message is stamped by the broker that appends it.
SETTINGS = """
process.roles=broker,controller
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
auto.create.topics.enable=false
unclean.leader.election.enable=false
message.max.bytes=17825792
replica.fetch.max.bytes=17825792
log.message.timestamp.type=LogAppendTime
log.retention.ms=-1
offsets.topic.num.partitions=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
"""


class ClusterError(Exception):
    """What was asked could not be done; the text says what, for a person."""


def process_started(pid):
    """When a process began, in the kernel's ticks since boot, which tells it from a later one with its id; None if there is none."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def free_ports(count):
    """Below those that the system gives to connections and to who asks for any port: a broker binds its own only when its JVM is up."""
    found = []
    with contextlib.ExitStack() as stack:
        for port in random.sample(PORTS, len(PORTS)):
            probe = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise ClusterError(f"there are no {count} free ports from {PORTS.start} to {PORTS.stop - 1}")


def answers(port, certificates=None):
    """Whether the broker answers a request (ApiVersions, for which no password is asked): it does so once it has joined its cluster."""
    request = struct.pack(">hhih", 18, 0, 1, -1)
    try:
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS_MAX))
            connection.settimeout(ANSWER_SECONDS_MAX)
            if certificates:
                connection = stack.enter_context(certificates.client_context().wrap_socket(connection, server_hostname="127.0.0.1"))
            connection.sendall(struct.pack(">i", len(request)) + request)
            return len(connection.recv(4)) == 4
    except OSError:
        return False


class Broker:
    """One broker of a cluster, which is a controller as well."""

    def __init__(self, folder, node, port, controller_port):
        self.folder, self.node, self.port, self.controller_port = folder, node, port, controller_port
        self.settings = folder / "server.properties"
        self.log = folder / "broker.log"
        self.pid_file = folder / "pid"

    def pid(self):
        """Of its process while that runs: one of that id, with that start, and with our settings on its command line."""
        try:
            pid, started = map(int, self.pid_file.read_text().split())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if process_started(pid) == started and os.fsencode(self.settings) in command else None

    def start(self, java):
        with open(self.log, "ab") as log:
            process = subprocess.Popen([*java, "kafka.Kafka", self.settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=self.folder, start_new_session=True)
        self.pid_file.write_text(f"{process.pid} {process_started(process.pid)}\n")
        return process

    def signal(self, number):
        """Sends it to the broker's process, where that runs; a process that only has its id is left alone."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid is not None

    def log_tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])


class Cluster:
    """The brokers of a folder. Its shape (ports, id, TLS) is written down when it is first started and kept until a reset."""

    def __init__(self, folder, settings=()):
        self.folder = pathlib.Path(folder).resolve()
        self.settings = settings
        self.shape_file = self.folder / "cluster.json"

    def shape(self):
        try:
            return json.loads(self.shape_file.read_text())
        except FileNotFoundError:
            return None

    def brokers(self):
        return [Broker(self.folder / f"broker-{node}", node, *ports) for node, ports in enumerate((self.shape() or {"ports": []})["ports"], 1)]

    def bootstrap(self):
        return ",".join(f"127.0.0.1:{broker.port}" for broker in self.brokers())

    def certificates(self):
        """Of a cluster with TLS; else None."""
        return Certificates(self.folder / "tls") if (self.shape() or {}).get("tls") else None

    def answers(self, broker):
        return answers(broker.port, self.certificates())

    def make_shape(self, count, port, tls):
        """Writes down what a new cluster is; one that is there already keeps its own."""
        shape = self.shape()
        if shape is not None:
            if tls and not shape.get("tls"):
                raise ClusterError(f"{self.folder} holds a cluster without TLS; call reset to have another one")
            if count is not None and len(shape["ports"]) != count:
                raise ClusterError(f"{self.folder} holds a cluster of {len(shape['ports'])}; call reset to have another one")
            return
        count = count or 1
        ports = free_ports(2 * count) if port == 0 else list(range(port, port + 2 * count))
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.shape_file.write_text(json.dumps({"id": identity, "ports": [ports[2 * i:2 * i + 2] for i in range(count)], "tls": tls}))

    def write_settings(self, broker):
        brokers = self.brokers()
        replicas = min(3, len(brokers))
        voters = ",".join(f"{one.node}@127.0.0.1:{one.controller_port}" for one in brokers)
        certificates = self.certificates()
        listener = f"{'SASL_SSL' if certificates else 'PLAINTEXT'}://127.0.0.1:{broker.port}"
        broker.folder.mkdir(exist_ok=True)
        broker.settings.touch(0o600)  # the password is in it
        broker.settings.write_text(SETTINGS.lstrip() + "\n".join([
            f"node.id={broker.node}", f"controller.quorum.voters={voters}",
            f"listeners={listener},CONTROLLER://127.0.0.1:{broker.controller_port}", f"advertised.listeners={listener}",
            f"inter.broker.listener.name={listener.partition(':')[0]}", f"log.dirs={broker.folder / 'data'}",
            f"default.replication.factor={replicas}", f"offsets.topic.replication.factor={replicas}",
            f"transaction.state.log.replication.factor={replicas}", f"transaction.state.log.min.isr={max(1, replicas - 1)}",
            *(certificates.broker_settings() if certificates else []), *self.settings, ""]))

    def format_new(self, java):
        """Gives each broker that has no data yet its empty folder; all at once, since each starts a JVM of its own."""
        new = [broker for broker in self.brokers() if not (broker.folder / "data" / "meta.properties").exists()]
        for broker in new:
            self.write_settings(broker)
        command = [*java, "-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", "format", "-t", self.shape()["id"], "-c"]
        running = [subprocess.Popen([*command, broker.settings], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True) for broker in new]
        for process in running:
            output, _ = process.communicate(timeout=FORMAT_SECONDS_MAX)
            if process.returncode != 0:
                raise ClusterError(f"a broker's folder could not be formatted:\n{output.strip()}")

    def start(self, java):
        """Starts what does not run yet and returns when every broker answers."""
        if certificates := self.certificates():
            certificates.make()
        self.format_new(java)
        started = {broker: broker.start(java) for broker in self.brokers() if broker.pid() is None}
        end = time.monotonic() + READY_SECONDS_MAX
        waiting = self.brokers()
        while waiting:
            waiting = [broker for broker in waiting if not self.answers(broker)]
            for broker, process in started.items():
                if process.poll() is not None:
                    raise ClusterError(f"broker {broker.node} ended with {process.returncode}; {broker.log} ends with:\n{broker.log_tail()}")
            if waiting and time.monotonic() > end:
                raise ClusterError(f"broker {waiting[0].node} gave no answer within {READY_SECONDS_MAX} s; see {waiting[0].log}")
            time.sleep(0.05)

    def stop(self, number=signal.SIGTERM):
        """Ends the cluster's own processes and waits for that; kills what is still there after STOP_SECONDS_MAX."""
        stopped = [broker for broker in self.brokers() if broker.signal(number)]
        end = time.monotonic() + STOP_SECONDS_MAX
        while any(broker.pid() is not None for broker in stopped):
            if time.monotonic() > end:
                number, end = signal.SIGKILL, end + STOP_SECONDS_MAX
                for broker in stopped:
                    broker.signal(number)
            time.sleep(0.05)
        return len(stopped)

    def remove(self):
        """What start() made, and nothing else that somebody may have put into the folder."""
        for broker in self.brokers():
            shutil.rmtree(broker.folder, ignore_errors=True)
        if certificates := self.certificates():
            shutil.rmtree(certificates.folder, ignore_errors=True)
        self.shape_file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def class_path():
    """The broker's jars. Maven is asked once for each text of the pom, and again where a jar is gone."""
    kept = JARS / (hashlib.sha256(POM.read_bytes()).hexdigest()[:16] + ".classpath")
    if kept.exists():
        path = kept.read_text()
        if all(os.path.exists(jar) for jar in path.split(":")):
            return path
    if shutil.which("mvn") is None:
        raise ClusterError("Maven is missing, which fetches the broker; call deploy/install_packages kafka")
    JARS.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    done = subprocess.run(["mvn", "-q", "-B", "-f", POM, "dependency:build-classpath", f"-Dmdep.outputFile={new}",
                           "-Dmdep.includeScope=runtime"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=FETCH_SECONDS_MAX, check=False)
    if done.returncode != 0:
        raise ClusterError(f"Maven could not fetch the broker:\n{(done.stdout + done.stderr).strip()}")
    new.replace(kept)  # whole or not at all, for those who start at the same time
    return kept.read_text()


def java_command(heap, quick):
    if shutil.which("java") is None:
        raise ClusterError("no Java; call deploy/install_packages kafka")
    tuning = ["-XX:TieredStopAtLevel=1"] if quick else []
    return ["java", f"-Xmx{heap}", f"-Xms{heap}", "-XX:+UseSerialGC", "-Xshare:auto", *tuning, "-cp", class_path()]


def addresses(cluster):
    """What clients need: the brokers alone, or with TLS the lines that Florin takes from its environment."""
    certificates = cluster.certificates()
    if certificates is None:
        return [cluster.bootstrap()]
    return [f"{name}={value}" for name, value in ({"FLORIN_KAFKA_BROKERS": cluster.bootstrap()} | certificates.variables()).items()]


def start(cluster, given):
    cluster.make_shape(given.brokers, given.port, given.tls)
    java = java_command(given.heap, given.attached)
    try:
        cluster.start(java)
        print("\n".join(addresses(cluster)), flush=True)
        if given.attached:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
            sys.stdin.buffer.read()
    finally:
        # Whoever it was started for has ended, however that was, and its data are of no more use.
        if given.attached:
            cluster.stop(signal.SIGKILL)


def stop(cluster, _given):
    print(f"{cluster.stop()} stopped")


def status(cluster, _given):
    """One line for each broker; exit code 0 when there are some and all of them answer."""
    ready = [(broker, broker.pid(), cluster.answers(broker)) for broker in cluster.brokers()]
    for broker, pid, answer in ready:
        state = "ready" if pid and answer else "starting" if pid else "stopped"
        print(f"broker {broker.node}  127.0.0.1:{broker.port}  {state}" + (f"  pid {pid}" if pid else ""))
    if not ready:
        print(f"no cluster in {cluster.folder}")
    return 0 if ready and all(pid and answer for _, pid, answer in ready) else 1


def reset(cluster, _given):
    cluster.stop()
    cluster.remove()
    print("removed")


def default_folder():
    return pathlib.Path(os.environ["FLORIN_DATA"]) / "kafka" if os.environ.get("FLORIN_DATA") else ROOT / "build" / "kafka"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    commands = arguments.add_subparsers(dest="command", required=True)
    helps = {start: "start it, and print the addresses for clients", stop: "stop it; its data stay", status: "say which brokers are ready",
             reset: "stop it and remove its data"}
    for command, text in helps.items():
        parser = commands.add_parser(command.__name__, help=text, description=text)
        parser.set_defaults(run=command)
        parser.add_argument("--data", type=pathlib.Path, default=default_folder(),
                            help="the cluster's folder; else $FLORIN_DATA/kafka, else build/kafka")
        if command is start:
            parser.add_argument("--brokers", type=int, choices=(1, 3), help="of a new cluster; 1 when not given")
            parser.add_argument("--tls", action="store_true",
                                help="of a new cluster: TLS with client certificates and a password, whose FLORIN_KAFKA_... lines are printed")
            parser.add_argument("--port", type=int, default=PORT_DEFAULT, help="of a new cluster's first broker, 0 for free ones")
            parser.add_argument("--heap", default=HEAP_DEFAULT, help="memory of each broker, such as 512m")
            parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE", help="one more of a new cluster's brokers")
            parser.add_argument("--attached", action="store_true", help="for tests: end it when standard input ends")
    given = arguments.parse_args()
    try:
        return given.run(Cluster(given.data, getattr(given, "setting", ())), given) or 0
    except (ClusterError, CertificateError) as error:
        print(f"kafka {given.command}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
