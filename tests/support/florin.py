"""What the end-to-end tests share: a server with a book, a ledger and a client on a temporary folder; batches; metrics."""
import base64
import hashlib
import os
import pathlib
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "deploy"))

import local  # noqa: E402
from local import Api, FlorinError, Unreachable, clean_environment, free_port  # noqa: E402, F401  (for the tests)

LEDGER = 700
KEK = base64.b64encode(bytes(range(32))).decode()  # of the keyrings that processes share
ALL_SCOPES = "ledger:read ledger:write audit:read book:admin"


def program():
    """The florin program of the build folder that tests/run built."""
    return pathlib.Path(os.environ.get("FLORIN_BUILD", ROOT / "build/release")) / "deploy/florin/florin"


class Server(local.Server):
    """As local.Server; where the tests run on Kafka, with topics of its own there."""

    brokers = None  # HOST:PORT of the broker, when the tests run on Kafka

    def start(self):
        if self.brokers and not self.data.exists():
            self.cli_alone("topics", "create", "--replication", 1, "--partitions", 1)
        return super().start()

    @property
    def own(self):
        """Where it keeps what is its own of the partition."""
        return self.data / "partition-0" if self.brokers else self.data

    @property
    def environment(self):
        return self.variables

    @environment.setter
    def environment(self, variables):
        prefix = "t" + hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        on_kafka = {"FLORIN_JOURNAL": "kafka", "FLORIN_KAFKA_BROKERS": self.brokers, "FLORIN_TOPIC_PREFIX": prefix,
                    "FLORIN_KEK": KEK}
        self.variables = (on_kafka if self.brokers else {}) | variables

    def cli_alone(self, *arguments):
        """A command that knows no data folder."""
        done = run(*arguments, **self.environment)
        if done.returncode != 0:
            raise FlorinError(f"florin {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr.strip()}")


class Service:
    """A running server with one book, one client that may do everything, and one open ledger."""

    def __init__(self, folder, options=(), environment=None):
        self.server = Server(program(), folder / "data", options=options)
        self.server.environment = environment or {}
        self.server.start()
        self.book = self.server.create_book("tests")
        self.client = self.client_with(ALL_SCOPES)
        api = self.api()
        created(api.post("/ledger/ledgers", {"ledgers": [ledger(LEDGER)]}))
        api.close()

    def client_with(self, scope, ledgers="*"):
        return self.server.create_client(self.book, "test client", scope, ledgers)

    def api(self, client=None, scope=None):
        return self.server.api(client or self.client, scope)

    def close(self):
        self.server.close()


def run(*arguments, **environment):
    """Runs the program to its end, whatever comes of it; the variables are its own."""
    command = [program(), *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
                          env=clean_environment() | environment)


def post_some(service, count=50):
    """Two accounts and some transfers between them."""
    api = service.api()
    created(post_accounts(api, *(account(id, flags=["history"]) for id in (1, 2))))
    return post_transfers(api, *(transfer(number, 1, 2, number) for number in range(1, count + 1)))


def ledger(id, **fields):
    return {"id": id, "currency": "EUR", "exponent": 2, "name": "Tests", **fields}


def account(id, **fields):
    return {"id": str(id), "ledger": LEDGER, "code": 1, **fields}


def transfer(id, debit, credit, amount, **fields):
    return {"id": str(id), "debit_account_id": str(debit), "credit_account_id": str(credit), "amount": str(amount),
            "ledger": LEDGER, "code": 1, **fields}


def post_accounts(api, *accounts, **headers):
    return api.post("/ledger/accounts", {"accounts": list(accounts)}, headers)


def post_transfers(api, *transfers, **headers):
    return api.post("/ledger/transfers", {"transfers": list(transfers)}, headers)


def statuses(answer):
    assert answer.status == 200, answer
    return [result["status"] for result in answer.json()["results"]]


def created(answer):
    """Asserts that every item was created; returns the results."""
    assert set(statuses(answer)) == {"created"}, answer
    return answer.json()["results"]


def position(answer):
    return answer.headers["Florin-Position"]


def pages(api, path, **query):
    """All rows of a list, page by page."""
    rows, cursor = [], {}
    while cursor is not None:
        answer = api.get(path, **query, **cursor)
        assert answer.status == 200, answer
        page = answer.json()
        rows += page["data"]
        cursor = {"cursor": page["next"]} if page["next"] else None
    return rows


def metrics(api):
    """/metrics as {name: sum over its label sets}."""
    answer = api.call("GET", "/metrics")
    assert answer.status == 200, answer
    sums = {}
    for line in answer.body.decode().splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("{")[0].split(" ")[0], float(line.rsplit(" ", 1)[1])
            sums[name] = sums.get(name, 0) + value
    return sums


def exchange(service, text):
    """Sends bytes as they are and returns all that comes until the server closes."""
    with socket.create_connection((service.server.host, service.server.port), timeout=10) as connection:
        connection.sendall(text)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass  # it closed while some of our bytes were unread; what it said before counts
        return received
