"""Florin as processes of their own on a real broker: gateways, engines and projectors, each with a folder of its own."""
import json
import random
import signal
import time

import florin
import local

WAIT_SECONDS_MAX = 60
# Commands and queries end in good time even where a test takes everything away.
GATEWAY_OPTIONS = ("--deadline-ms", "8000")


def wait_for(reached, what, seconds=WAIT_SECONDS_MAX):
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(0.02)


def positions(digest):
    return [partition["sequence"] for partition in digest.get("partitions", [digest])]


class Process(local.Server):
    """One role's process."""

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.running():
            self.go_on()
        super().close()

    def metrics(self):
        return florin.metrics(self.api())

    def publishes(self):
        return self.running() and self.metrics().get("florin_engine_publishes") == 1


class Cluster:
    """A book, a client that may do everything and an open ledger, as florin.Service has them, on processes of every role."""

    def __init__(self, folder, brokers, prefix="bank", engines=2, projectors=2, gateways=2, partitions=1, gateway_brokers=None):
        self.folder = folder
        self.environment = {"FLORIN_KAFKA_BROKERS": brokers, "FLORIN_TOPIC_PREFIX": prefix, "FLORIN_KEK": florin.KEK,
                            "FLORIN_JOURNAL": "kafka"}
        self.cli("topics", "create", "--replication", 1, "--partitions", partitions)
        self.engines = [self.process("engine", number) for number in range(1, engines + 1)]
        self.projectors = [self.process("projector", number) for number in range(1, projectors + 1)]
        addresses = ",".join(f"{one.host}:{one.port}" for one in self.projectors)
        options = ("--projectors", addresses, *GATEWAY_OPTIONS)
        self.gateways = [self.process("gateway", number, options) for number in range(1, gateways + 1)]
        if gateway_brokers:  # the first gateway reaches the broker by an address of its own
            self.gateways[0].environment = self.environment | {"FLORIN_KAFKA_BROKERS": gateway_brokers}
        self.server = self.gateways[-1]

    def process(self, role, number, options=()):
        process = Process(florin.program(), self.folder / f"{role}-{number}", role=role, options=options)
        process.environment = self.environment
        if role != "projector":
            process.options += ["--node", str(number)]
        return process

    def all(self):
        return [*self.engines, *self.projectors, *self.gateways]

    def start(self):
        for process in self.all():
            process.start()
        self.book = self.server.create_book("tests")
        self.client = self.server.create_client(self.book, "test client", florin.ALL_SCOPES)
        florin.created(self.api().post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
        return self

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def close(self):
        for process in self.all():
            process.close()

    def api(self, gateway=None):
        return (gateway or random.choice(self.gateways)).api(self.client)

    def cli(self, *arguments):
        done = florin.run(*arguments, **self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def publisher(self):
        """The engine that publishes."""
        wait_for(lambda: any(one.publishes() for one in self.engines), "engine that publishes")
        return next(one for one in self.engines if one.publishes())

    def digests(self):
        """Of all engines, when they have decided the same events."""
        found = []

        def equal():
            found[:] = [engine.digest() for engine in self.engines]
            return len({json.dumps(positions(digest)) for digest in found}) == 1

        wait_for(equal, "position that all engines have reached")
        return [digest.get("digest") or json.dumps(digest) for digest in found]

    def replay(self):
        return json.loads(self.cli("replay"))
