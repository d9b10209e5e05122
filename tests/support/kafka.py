"""Brokers for the end-to-end tests, from deploy/kafka: they end when the program does that started them."""
import contextlib
import pathlib
import shutil
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
