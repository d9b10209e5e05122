"""A network between one client and a broker that a test may cut and mend: a proxy of Shopify's toxiproxy, told over its HTTP interface."""
import json
import pathlib
import shutil
import subprocess
import time
import urllib.request

from local import free_port

ROOT = pathlib.Path(__file__).parents[2]
BUILT = ROOT / "build/tools/toxiproxy-server"  # by tests/support/install_toxiproxy
START_SECONDS_MAX = 10
PROGRAM = str(BUILT) if BUILT.exists() else shutil.which("toxiproxy-server")
MISSING = None if PROGRAM else "no toxiproxy-server"


class Network:
    def __init__(self):
        self.api = f"127.0.0.1:{free_port()}"
        self.address = f"127.0.0.1:{free_port()}"  # for the client
        self.upstream = f"127.0.0.1:{free_port()}"  # where the broker listens for it
        self.process = None

    def __enter__(self):
        host, port = self.api.split(":")
        self.process = subprocess.Popen([PROGRAM, "-host", host, "-port", port], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.call("POST", "/proxies", {"name": "broker", "listen": self.address, "upstream": self.upstream, "enabled": True})
                return self
            except OSError:
                assert time.monotonic() < end, "toxiproxy does not answer"
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def call(self, method, path, body):
        request = urllib.request.Request(f"http://{self.api}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"},
                                         method=method)
        with urllib.request.urlopen(request, timeout=START_SECONDS_MAX) as answer:
            return answer.status

    def cut(self):
        """Ends all connections, and takes no new one."""
        self.call("POST", "/proxies/broker", {"enabled": False})

    def mend(self):
        self.call("POST", "/proxies/broker", {"enabled": True})
