"""A driver that keeps its own record, outside the server, of what was acknowledged, while servers die under it. In the end nothing
of it is missing, nothing is there twice, and the books equal a replay of the journal."""
import json
import random
import threading
import time

import florin
from florin import Unreachable

CALLERS = 8
ACCOUNTS = 40
BATCH_MAX = 20


class Caller(threading.Thread):
    """Posts batches on its own connection until the server dies, with what the server said about each as its record. A
    batch whose answer did not come is in doubt; it is sent again, the same, when the server is back."""

    def __init__(self, service, record, seed):
        super().__init__()
        self.service, self.record = service, record
        self.chance = random.Random(seed)
        self.in_doubt = record.in_doubt.pop() if record.in_doubt else None

    def run(self):
        try:
            api = self.service.api()
            while True:
                batch = self.in_doubt or self.make_batch()
                self.in_doubt = batch
                key, transfers = batch
                answer = florin.post_transfers(api, *transfers, **{"Idempotency-Key": f'"{key}"'})
                if answer.status in (503, 504):
                    continue  # not accepted, or not known: asked again with the same ids
                if answer.status != 200:
                    self.record.wrong.append(f"{answer}")
                    return
                self.record.acknowledge(batch, answer)
                self.in_doubt = None
        except (Unreachable, florin.FlorinError):
            if self.in_doubt:
                self.record.in_doubt.append(self.in_doubt)

    def make_batch(self):
        transfers = []
        for _ in range(self.chance.choice([1, 1, 1, self.chance.randrange(1, BATCH_MAX + 1)])):
            debit, credit = self.chance.sample(range(1, ACCOUNTS + 1), 2)
            transfers.append(florin.transfer(self.chance.getrandbits(100) + 1, debit, credit, self.chance.randrange(1, 1000)))
        return f"batch-{self.chance.getrandbits(64)}", transfers


class Record:
    """What the driver knows, shared by the callers; lists are appended to, which is atomic."""

    def __init__(self):
        self.acknowledged = []  # (batch, body of the answer)
        self.in_doubt = []
        self.wrong = []

    def acknowledge(self, batch, answer):
        results = answer.json()["results"]
        if [result["status"] for result in results] != ["created"] * len(batch[1]):
            self.wrong.append(f"{batch}: {answer}")
        self.acknowledged.append((batch, answer.body))

    def transfers(self):
        """Every acknowledged transfer by id, with the timestamp that was given."""
        found = {}
        for (_, transfers), body in self.acknowledged:
            for transfer, result in zip(transfers, json.loads(body)["results"]):
                found[transfer["id"]] = transfer | {"timestamp": result["timestamp"]}
        return found


def load(service, record, seed, seconds):
    """Runs the callers and kills the server under them after `seconds`."""
    callers = [Caller(service, record, f"{seed}-{number}") for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    time.sleep(seconds)
    service.server.kill()
    for caller in callers:
        caller.join()


def settle(service, record):
    """Sends again what is in doubt: each batch ends as created or was there already, whole."""
    api = service.api()
    while record.in_doubt:
        batch = record.in_doubt.pop()
        record.acknowledge(batch, florin.post_transfers(api, *batch[1], **{"Idempotency-Key": f'"{batch[0]}"'}))


def check(service, record):
    api = service.api()
    expected = record.transfers()
    # One more command gives a position behind everything.
    position = florin.position(florin.post_accounts(api, florin.account(1)))

    found = []
    for number in range(1, ACCOUNTS + 1):
        found += florin.pages(api, f"/ledger/accounts/{number}/transfers", side="debit", limit=1000, min_position=position)
    assert len(found) == len({row["id"] for row in found}), "a transfer is there twice"
    assert {row["id"] for row in found} == set(expected), "lost or unknown transfers"
    for row in found:
        known = expected[row["id"]]
        assert {field: row[field] for field in known} == known

    for number in range(1, ACCOUNTS + 1):
        answer = api.get(f"/ledger/accounts/{number}", min_position=position)
        debits = sum(int(row["amount"]) for row in expected.values() if row["debit_account_id"] == str(number))
        credits = sum(int(row["amount"]) for row in expected.values() if row["credit_account_id"] == str(number))
        assert (int(answer.json()["debits_posted"]), int(answer.json()["credits_posted"])) == (debits, credits)


def open_accounts(service):
    accounts = (florin.account(id + 1, flags=["history"]) for id in range(ACCOUNTS))
    florin.created(florin.post_accounts(service.api(), *accounts))


def check_all(service, record):
    """Nothing is in doubt any more, all that was acknowledged is there once, and the books equal a replay. Stops the server."""
    settle(service, record)
    assert not record.wrong, record.wrong[:3]
    check(service, record)
    live = service.server.digest()
    assert service.server.stop() == 0
    replayed = service.server.replay()
    assert replayed["equal"] is True and replayed["digest"] == live["digest"]
