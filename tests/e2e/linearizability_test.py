"""Concurrent histories against a server that is killed meanwhile are linearizable; and the checker that says so finds races that were
planted."""
import base64
import copy
import os
import random
import struct
import threading
import time

import florin
import pytest
from florin import Api, Unreachable
from histories import GROUP_ACCOUNTS, LIMITED, Client, History, Plan, Refused, Unanswered
from linearizability import Group, Read, Transfer, Write, broken_groups, linearizable

HISTORIES = int(os.environ.get("HISTORIES", "3"))
OPERATIONS = int(os.environ.get("OPERATIONS", "2000"))
KILLS_EACH = 3
CLIENTS = 10
GROUPS = 12
FLAWS = ("stale read", "lost write", "double apply", "check then act")


def sequence(token):
    """A position is opaque to clients; the driver orders tokens to know which of them asks for more."""
    return struct.unpack_from("<Q", base64.urlsafe_b64decode(token + "=="), 5)[0]


class Known:
    """The newest position that any client was told. It is told before the answer is recorded, so that who asks after an answer asks
    for at least what it showed."""

    def __init__(self):
        self.token, self.lock = None, threading.Lock()

    def tell(self, token):
        with self.lock:
            if self.token is None or sequence(token) > sequence(self.token):
                self.token = token


class HttpTarget:
    """One client's connection to a server that comes and goes."""

    def __init__(self, service, up, known, token, first_account):
        self.service, self.up, self.known, self.first_account = service, up, known, first_account
        self.api = Api(service.server.host, service.server.port, token)

    def account(self, group, number):
        return self.first_account + group * GROUP_ACCOUNTS + number

    def __call__(self, group, operation):
        self.up.wait()
        try:
            answer = self.read(group, operation) if isinstance(operation, Read) else self.write(group, operation)
        except Unreachable:
            raise Unanswered from None
        if answer.status == 504:
            raise Unanswered
        if answer.status == 503:
            raise Refused
        assert answer.status == 200, answer
        self.known.tell(florin.position(answer))
        operation.result = self.result(group, operation, answer.json())

    def write(self, group, operation):
        return florin.post_transfers(self.api, *(self.item(group, transfer) for transfer in operation.transfers))

    def item(self, group, transfer):
        if transfer.kind in ("post", "void"):
            return {"id": str(transfer.id), "pending_id": str(transfer.pending), "amount": str(transfer.amount),
                    "flags": [f"{transfer.kind}_pending_transfer"]}
        flags = {"flags": ["pending"]} if transfer.kind == "pending" else {}
        return florin.transfer(transfer.id, self.account(group, transfer.debit), self.account(group, transfer.credit),
                               transfer.amount, **flags)

    def read(self, group, operation):
        least = {"min_position": self.known.token}
        if len(operation.result) == 1:
            return self.api.get(f"/ledger/accounts/{self.account(group, next(iter(operation.result)))}", **least)
        return self.api.get("/ledger/accounts", user_data_64=self.account(group, 0), **least)

    def result(self, group, operation, answer):
        if isinstance(operation, Write):
            return tuple(result["status"] for result in answer["results"])
        rows = answer["data"] if "data" in answer else [answer]
        assert len(rows) == len(operation.result), answer
        fields = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
        return {int(row["id"]) - self.account(group, 0): tuple(int(row[field]) for field in fields) for row in rows}


def open_accounts(api, first_account):
    rows = []
    for group in range(GROUPS):
        for number in range(GROUP_ACCOUNTS):
            flags = ["debits_must_not_exceed_credits"] if LIMITED[number] else []
            first = first_account + group * GROUP_ACCOUNTS
            rows.append(florin.account(first + number, flags=flags, user_data_64=str(first)))
    return florin.position(florin.post_accounts(api, *rows))


def record(service, number, seed):
    """One history, with kills in it."""
    chance = random.Random(seed)
    api = service.api()
    first_account = 1 + number * GROUPS * GROUP_ACCOUNTS
    known, up = Known(), threading.Event()
    known.tell(open_accounts(api, first_account))
    up.set()
    history, plan = History(GROUPS), Plan(GROUPS, number * 10**6)
    clients = [Client(history, plan, HttpTarget(service, up, known, api.token, first_account), OPERATIONS, f"{seed}-{client}")
               for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for kill in sorted(chance.sample(range(OPERATIONS // 10, OPERATIONS * 9 // 10), KILLS_EACH)):
        while history.count < kill and any(client.is_alive() for client in clients):
            time.sleep(0.001)
        up.clear()
        service.server.kill()
        service.server.start()
        up.set()
    return finished(history, clients)


def finished(history, clients):
    for client in clients:
        client.join()
        if client.failure:
            raise client.failure
    return history


def reads_and_writes(history):
    operations = [o for events in history.events for kind, o in events if kind == "call" and not getattr(o, "dropped", False)]
    writes = [o for o in operations if isinstance(o, Write)]
    return operations, writes


def test_given_concurrent_clients_when_the_server_is_killed_then_each_history_is_linearizable(tmp_path):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    service = florin.Service(tmp_path)
    totals = {"operations": 0, "writes": 0, "unknown": 0, "refused by a limit": 0, "check_s": 0.0}
    try:
        for number in range(HISTORIES):
            history = record(service, number, f"{seed}-{number}")
            operations, writes = reads_and_writes(history)
            began = time.monotonic()
            assert broken_groups(history.for_checker()) == [], f"history {number} of seed {seed}"
            totals["check_s"] += time.monotonic() - began
            totals["operations"] += len(operations)
            totals["writes"] += len(writes)
            totals["unknown"] += sum(write.result is None for write in writes)
            totals["refused by a limit"] += sum("exceeds_credits" in write.result for write in writes if write.result)
            plant_races(history)
        print(f"{HISTORIES} histories: {totals}")
        assert totals["unknown"] > 0 and totals["refused by a limit"] > 0, "nothing was in flight at a kill, or no limit was met"
    finally:
        service.close()


def plant_races(history):
    """What was recorded, bent: a read that comes too late, a write that is lost, one that is done twice. Each is found."""
    found = {"reordered read": False, "lost write": False, "double apply": False}
    for limited, events in history.for_checker().values():
        for name, bent in bend(events).items():
            model = Group(limited, [o for kind, o in bent if kind == "call"])
            found[name] = found[name] or not linearizable(bent, model)
    assert all(found.values()), found


def bend(events):
    bent = {}
    whole = [o for kind, o in events if kind == "return" and isinstance(o, Read) and len(o.result) == GROUP_ACCOUNTS]
    if len(whole) < 2 or whole[0].result == whole[-1].result:
        return bent
    swapped = copy.deepcopy(events)
    reads = [o for kind, o in swapped if kind == "return" and isinstance(o, Read) and len(o.result) == GROUP_ACCOUNTS]
    reads[0].result, reads[-1].result = reads[-1].result, reads[0].result
    bent["reordered read"] = swapped
    extra = Write((Transfer(1, 0, 1, 7),), ("created",))
    bent["lost write"] = [("call", extra), ("return", extra), *events]
    doubled = copy.deepcopy(events)
    last = [o for kind, o in doubled if kind == "return" and isinstance(o, Read) and len(o.result) == GROUP_ACCOUNTS][-1]
    row = last.result[0]
    last.result[0] = (row[0], row[1] + 7, *row[2:])
    bent["double apply"] = doubled
    return bent


class Toy:
    """A ledger of one group that takes its time, and has at most one flaw."""

    def __init__(self, flaw, seed):
        self.flaw, self.chance = flaw, random.Random(seed)
        self.model, self.state = None, None
        self.stale = None
        self.lock = threading.Lock()

    def __call__(self, _, operation):
        time.sleep(self.chance.uniform(0, 0.002))
        if isinstance(operation, Read):
            self.read(operation)
        else:
            self.write(operation)
        time.sleep(self.chance.uniform(0, 0.002))

    def read(self, operation):
        with self.lock:
            if self.stale is None or self.flaw != "stale read" or self.chance.random() > 0.1:
                self.stale = self.state
            operation.result = {account: self.stale[0][account] for account in operation.result}

    def write(self, operation):
        if self.flaw == "check then act":
            seen = self.state
            time.sleep(0.001)
            operation.result, decided = self.decide(seen, operation)
            with self.lock:
                self.state = decided
            return
        with self.lock:
            operation.result, decided = self.decide(self.state, operation)
            unlucky = operation.result[0] == "created" and self.chance.random() < 0.1
            if self.flaw == "double apply" and unlucky and operation.transfers[0].kind == "plain":
                first = operation.transfers[0]
                decided = self.model.create((decided[0], self.model.set(decided[1], first.id, 0)), first)[1]
            if not (self.flaw == "lost write" and unlucky):
                self.state = decided

    def decide(self, state, operation):
        statuses = []
        for transfer in operation.transfers:
            status, state = self.model.create(state, transfer)
            statuses.append(status)
        return tuple(statuses), state


class AnyId(Group):
    """A model that learns ids as they come."""

    def __init__(self, ids_max):
        super().__init__(LIMITED, [])
        self.index = {id: id for id in range(ids_max)}


def toy_history(flaw, seed, calls=400):
    toy = Toy(flaw, seed)
    toy.model = AnyId(calls * 3)
    toy.state = toy.model.initial()
    history, plan = History(1), Plan(1, 0)

    def ask(group, operation):
        if isinstance(operation, Write):
            with toy.lock:
                toy.model.transfers.update({transfer.id: transfer for transfer in operation.transfers})
        toy(group, operation)

    clients = [Client(history, plan, ask, calls, f"{seed}-{client}") for client in range(6)]
    for client in clients:
        client.start()
    return finished(history, clients)


@pytest.mark.parametrize("flaw", FLAWS)
def test_given_a_ledger_with_a_race_then_the_checker_finds_it(flaw):
    assert any(broken_groups(toy_history(flaw, seed).for_checker()) for seed in range(5))


def test_given_a_ledger_without_a_race_then_the_checker_finds_none():
    for seed in range(3):
        assert not broken_groups(toy_history(None, seed).for_checker())


def write(id, result, **fields):
    return Write((Transfer(id, **({"debit": 0, "credit": 1, "amount": 5} | fields)),), result and (result,))


def paid(amount):
    return Read({1: (0, 0, 0, amount)})


def has_order(*events):
    return linearizable(events, Group(LIMITED, [o for kind, o in events if kind == "call"]))


def test_given_small_histories_then_they_are_judged_as_by_hand():
    one, lost, two = write(1, "created"), write(2, None), write(2, "exists")
    before, after, both = paid(0), paid(5), paid(10)
    # A read that overlaps a write sees it or not; one behind it sees it.
    for read, good in ((before, True), (after, True), (both, False)):
        assert has_order(("call", one), ("call", read), ("return", read), ("return", one)) == good
    assert not has_order(("call", one), ("return", one), ("call", before), ("return", before))
    # What was seen once does not go away.
    assert not has_order(("call", one), ("call", after), ("return", after), ("call", before), ("return", before), ("return", one))
    # A write without an answer took effect at once, later, or never.
    done = (("call", one), ("return", one), ("call", lost))
    for reads, good in (((after,), True), ((both,), True), ((paid(5), both), True), ((both, paid(5)), False)):
        assert has_order(*done, *(event for read in reads for event in (("call", read), ("return", read)))) == good
    assert has_order(*done, ("call", two), ("return", two), ("call", both), ("return", both))
    assert not has_order(*done, ("call", two), ("return", two), ("call", after), ("return", after))
    # Of two that send the same id, one creates it.
    twin = write(1, "created")
    assert not has_order(("call", one), ("call", twin), ("return", one), ("return", twin))
    # An id that was refused by a limit is refused for ever.
    refused, again = write(3, "exceeds_credits", debit=1, credit=2), write(3, "created", debit=1, credit=2)
    assert not has_order(("call", refused), ("return", refused), ("call", one), ("return", one), ("call", again), ("return", again))
    again.result = ("id_already_failed",)
    assert has_order(("call", refused), ("return", refused), ("call", one), ("return", one), ("call", again), ("return", again))
