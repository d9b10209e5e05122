"""Brokers for the end-to-end tests, from deploy/kafka: they end when the program does that started them."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess

CLUSTER = pathlib.Path(__file__).parents[2] / "deploy/kafka"
END_SECONDS_MAX = 60
MISSING = None if shutil.which("java") and shutil.which("mvn") else "no Java, or no Maven"


@contextlib.contextmanager
def started(folder, *options):
    """Gives the lines that the start prints."""
    command = [CLUSTER / "start", "--attached", "--port", "0", "--heap", "256m", "--data", folder, *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as brokers:
        lines = (line.strip() for line in brokers.stdout)
        try:
            yield lines
        finally:
            brokers.stdin.close()
            brokers.wait(END_SECONDS_MAX)


def next_line(lines):
    line = next(lines, None)
    if not line:
        raise RuntimeError("deploy/kafka/start started no broker")
    return line


@contextlib.contextmanager
def cluster(folder, *options):
    """A cluster on free ports; gives its brokers as HOST:PORT,HOST:PORT."""
    with started(folder, *options) as lines:
        yield next_line(lines)


@contextlib.contextmanager
def secured(folder, *options):
    """A cluster with TLS, client certificates and a password; gives what Florin needs for it, as variables."""
    with started(folder, "--tls", *options) as lines:
        variables = {}
        while "FLORIN_KAFKA_PASSWORD" not in variables:
            variables.update([next_line(lines).split("=", 1)])
        yield variables


def free_pair():
    """A free port whose next one is free as well."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


class Broker:
    """One broker that a test may kill, start again, and let stand still. Some clients may reach it by another address that it gives
    them, such as that of a proxy."""

    def __init__(self, folder, proxied=None):
        self.folder, self.proxied = folder, proxied
        self.port = free_pair()
        self.address = f"127.0.0.1:{self.port}"
        self.stack = contextlib.ExitStack()

    def options(self):
        own, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.port + 1}"
        options = ["--port", str(self.port)]
        if self.proxied:
            listen, advertised = self.proxied
            for setting in ("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                            f"listeners=PLAINTEXT://{own},PROXIED://{listen},CONTROLLER://{controller}",
                            f"advertised.listeners=PLAINTEXT://{own},PROXIED://{advertised}"):
                options += ["--setting", setting]
        return options

    def __enter__(self):
        self.stack.enter_context(cluster(self.folder, *self.options()))
        return self

    def __exit__(self, *_):
        self.go_on()
        self.stack.close()

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError, OSError):
            os.kill(int((self.folder / "broker-1/pid").read_text().split()[0]), number)

    def kill(self):
        self.signal(signal.SIGKILL)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def start(self):
        """As it was, after a kill."""
        subprocess.run([CLUSTER / "start", "--data", self.folder, "--heap", "256m"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       timeout=END_SECONDS_MAX, check=True)
