"""Brokers for the end-to-end tests, from deploy/kafka: they end when the program does that started them."""
import contextlib
import pathlib
import shutil
import subprocess

CLUSTER = pathlib.Path(__file__).parents[2] / "deploy/kafka"
END_SECONDS_MAX = 60
MISSING = None if shutil.which("java") and shutil.which("mvn") else "no Java, or no Maven"


@contextlib.contextmanager
def cluster(folder, *options):
    """A cluster on free ports; gives its brokers as HOST:PORT,HOST:PORT."""
    command = [CLUSTER / "start", "--attached", "--port", "0", "--heap", "256m", "--data", folder, *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as brokers:
        address = brokers.stdout.readline().strip()
        if not address:
            raise RuntimeError("deploy/kafka/start started no broker")
        try:
            yield address
        finally:
            brokers.stdin.close()
            brokers.wait(END_SECONDS_MAX)
