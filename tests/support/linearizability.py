"""Is a history of concurrent calls linearizable: is there an order of them, each at one moment between its call and its answer,
in which a ledger that does one thing at a time gives the same answers?

The search is that of Wing and Gong (1993) with Lowe's memory of what was tried (2017), as in porcupine. A history is the order in
which calls and answers were seen by one observer; no timestamp of the server is looked at. A call without an answer may have taken
effect at any moment after it, or never."""
import dataclasses

NONE, CREATED, BURNT, OPEN, POSTED, VOIDED = range(6)  # what became of a transfer's id

UNKNOWN = None  # the result of a call that was not answered


@dataclasses.dataclass(frozen=True)
class Transfer:
    """One that is sent with these fields whenever it is sent. Accounts are numbers within their group."""
    id: int
    debit: int = 0
    credit: int = 0
    amount: int = 0
    kind: str = "plain"  # or pending, post, void
    pending: int = 0     # the id of the hold that a post or void ends


@dataclasses.dataclass
class Write:
    """A batch of transfers within one group of accounts; all are decided at once."""
    transfers: tuple
    result: object = UNKNOWN  # a tuple of statuses


@dataclasses.dataclass
class Read:
    """Balances of some accounts at one moment: {account: (debits pending, posted, credits pending, posted)}."""
    result: dict


class Group:
    """The model of one group of accounts that only deal with each other. A state is (balances of every account, what became of
    every id), both immutable, so that states are compared and remembered."""

    def __init__(self, limited, operations):
        """`limited` says of each account whether its debits must not exceed its credits."""
        self.limited = limited
        self.transfers = {t.id: t for o in operations if isinstance(o, Write) for t in o.transfers}
        self.index = {id: number for number, id in enumerate(self.transfers)}

    def initial(self):
        return ((0, 0, 0, 0),) * len(self.limited), bytes(len(self.index))

    def step(self, state, operation):
        """The state after the operation, or None where the operation cannot have had its result in this state."""
        if isinstance(operation, Read):
            balances, _ = state
            return state if all(balances[account] == row for account, row in operation.result.items()) else None
        statuses = []
        for transfer in operation.transfers:
            status, state = self.create(state, transfer)
            statuses.append(status)
        return state if operation.result is UNKNOWN or operation.result == tuple(statuses) else None

    def create(self, state, transfer):
        balances, ids = state
        before = self.became(ids, transfer.id)
        if before == BURNT:
            return "id_already_failed", state
        if before != NONE:
            return "exists", state
        if transfer.kind in ("post", "void"):
            return self.end_hold(state, transfer)
        pending, posted, _, credited = balances[transfer.debit]
        if self.limited[transfer.debit] and pending + posted + transfer.amount > credited:
            return "exceeds_credits", (balances, self.set(ids, transfer.id, BURNT))
        hold = transfer.kind == "pending"
        moved = (transfer.amount, 0) if hold else (0, transfer.amount)
        return "created", (move(balances, transfer, moved), self.set(ids, transfer.id, OPEN if hold else CREATED))

    def end_hold(self, state, transfer):
        balances, ids = state
        hold = self.transfers.get(transfer.pending)
        became = self.became(ids, transfer.pending)
        if became in (NONE, BURNT):
            return "pending_transfer_not_found", (balances, self.set(ids, transfer.id, BURNT))
        if became == CREATED:
            return "pending_transfer_not_pending", state
        if transfer.kind == "post" and transfer.amount > hold.amount:
            return "exceeds_pending_transfer_amount", state
        if became == POSTED:
            return "pending_transfer_already_posted", state
        if became == VOIDED:
            return "pending_transfer_already_voided", state
        posts = transfer.kind == "post"
        moved = (-hold.amount, transfer.amount if posts else 0)
        ids = self.set(self.set(ids, transfer.id, CREATED), transfer.pending, POSTED if posts else VOIDED)
        return "created", (move(balances, hold, moved), ids)

    def became(self, ids, id):
        return ids[self.index[id]] if id in self.index else NONE

    def set(self, ids, id, status):
        at = self.index[id]
        return ids[:at] + bytes([status]) + ids[at + 1:]


def move(balances, transfer, moved):
    pending, posted = moved
    rows = list(balances)
    debit, credit = rows[transfer.debit], rows[transfer.credit]
    rows[transfer.debit] = (debit[0] + pending, debit[1] + posted, *debit[2:])
    rows[transfer.credit] = (*credit[:2], credit[2] + pending, credit[3] + posted)
    return tuple(rows)


class Node:
    """A call or an answer in the list of what is not in the order yet."""

    def __init__(self, operation, number):
        self.operation, self.number = operation, number
        self.answer = None  # of a call: the node of its answer; of an answer: nothing
        self.before = self.after = None

    def take_out(self):
        self.before.after = self.after
        if self.after:
            self.after.before = self.before

    def put_back(self):
        self.before.after = self
        if self.after:
            self.after.before = self


def chain(events):
    """The list of nodes behind a head. What has no answer gets one at the end."""
    calls, nodes = {}, []
    for kind, operation in events:
        if kind == "call":
            calls[id(operation)] = node = Node(operation, len(calls))
            nodes.append(node)
        else:
            node = Node(operation, calls[id(operation)].number)
            calls[id(operation)].answer = node
            nodes.append(node)
    for node in [node for node in calls.values() if node.answer is None]:
        node.answer = Node(node.operation, node.number)
        nodes.append(node.answer)
    head = last = Node(None, -1)
    for node in nodes:
        last.after, node.before, last = node, last, node
    return head


def linearizable(events, model):
    """True when the history of one group, a list of ("call" or "return", operation), has an order. A read without an answer is left
    out by the observer: it says nothing."""
    head = chain(events)
    state, done, tried, order = model.initial(), 0, set(), []
    node = head.after
    while head.after is not None:
        if node is not None and node.answer is not None:  # a call: does it come next?
            after = model.step(state, node.operation)
            entry = (done | 1 << node.number, after)
            if after is not None and entry not in tried:
                tried.add(entry)
                order.append((node, state, done))
                done, state = entry
                node.take_out()
                node.answer.take_out()
                node = head.after
            else:
                node = node.after
        else:  # an answer whose call is not in the order: what was put there before it was wrong
            if not order:
                return False
            node, state, done = order.pop()
            node.answer.put_back()
            node.put_back()
            node = node.after
    return True


def broken_groups(groups):
    """The keys of those groups whose history has no order. `groups` is {key: (limited, events)}."""
    broken = []
    for key, (limited, events) in groups.items():
        model = Group(limited, [operation for kind, operation in events if kind == "call"])
        if not linearizable(events, model):
            broken.append(key)
    return broken
