"""Histories for the checker of linearizability: what concurrent clients ask for, and what they saw. The clients here do not know whom
they ask: a real server over HTTP, or a toy that is wrong on purpose."""
import random
import threading

from linearizability import Read, Transfer, Write

GROUP_ACCOUNTS = 3
LIMITED = (False, True, True)  # of the accounts of a group: the first one gives without end
RECENT = 12                    # transfers of a group that are sent again, posted or voided


class Unanswered(Exception):
    """Whether the call took effect is not known."""


class Refused(Exception):
    """The call took no effect, or says nothing."""


class History:
    """Calls and answers in the order in which this process saw them: appending to a list is atomic."""

    def __init__(self, groups):
        self.groups = groups
        self.events = [[] for _ in range(groups)]
        self.count = 0  # of calls; about, since threads count it
        self.lock = threading.Lock()

    def call(self, group, operation):
        self.events[group].append(("call", operation))
        self.count += 1

    def answered(self, group, operation):
        self.events[group].append(("return", operation))

    def for_checker(self):
        """Without reads that were not answered, and writes of which it is certain that they took no effect."""
        groups = {}
        for group, events in enumerate(self.events):
            dropped = {id(o) for kind, o in events if getattr(o, "dropped", False)}
            groups[group] = (LIMITED, [event for event in events if id(event[1]) not in dropped])
        return groups


class Plan:
    """What clients ask for: transfers that run into limits, holds that several clients end, ids that several clients send, reads."""

    def __init__(self, groups, first_id):
        self.next_id = first_id
        self.recent = [[] for _ in range(groups)]
        self.lock = threading.Lock()

    def operation(self, chance, group):
        if chance.random() < 0.4:
            accounts = range(GROUP_ACCOUNTS) if chance.random() < 0.5 else [chance.randrange(GROUP_ACCOUNTS)]
            return Read(dict.fromkeys(accounts))
        return Write(tuple(self.transfer(chance, group) for _ in range(chance.choice([1, 1, 1, 2, 3]))))

    def transfer(self, chance, group):
        with self.lock:
            recent = self.recent[group]
            if recent and chance.random() < 0.2:
                return chance.choice(recent)
            self.next_id += 1
            made = self.make(chance, self.next_id, recent)
            recent.append(made)
            del recent[:-RECENT]
            return made

    @staticmethod
    def make(chance, id, recent):
        holds = [transfer for transfer in recent if transfer.kind == "pending"]
        if holds and chance.random() < 0.35:
            hold = chance.choice(holds)
            if chance.random() < 0.3:
                return Transfer(id, kind="void", pending=hold.id)
            return Transfer(id, amount=max(1, hold.amount + chance.randrange(-5, 3)), kind="post", pending=hold.id)
        debit, credit = chance.sample(range(GROUP_ACCOUNTS), 2)
        kind = chance.choice(["plain", "plain", "pending"])
        return Transfer(id, debit, credit, chance.randrange(1, 30), kind)


class Client(threading.Thread):
    """Asks until the history has enough calls. `target` does a call: it fills in the result, or raises one of the above."""

    def __init__(self, history, plan, target, calls, seed):
        super().__init__(daemon=True)
        self.history, self.plan, self.target, self.calls = history, plan, target, calls
        self.chance = random.Random(seed)
        self.failure = None

    def run(self):
        try:
            again = None
            while self.history.count < self.calls:
                group = again[0] if again else self.chance.randrange(self.history.groups)
                again = self.ask(group, again[1] if again else self.plan.operation(self.chance, group))
        except Exception as error:  # pylint: disable=broad-exception-caught  (shown by whoever joins)
            self.failure = error

    def ask(self, group, operation):
        """One call. A write that was not answered is mostly asked again, as clients do; that is a call of its own."""
        self.history.call(group, operation)
        try:
            self.target(group, operation)
        except Unanswered:
            if isinstance(operation, Read):
                operation.dropped = True
                return None
            return (group, Write(operation.transfers)) if self.chance.random() < 0.7 else None
        except Refused:
            operation.dropped = True
            return None
        self.history.answered(group, operation)
        return None
