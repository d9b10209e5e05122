"""What Florin adds to TigerBeetle's calls: transactions, reversals, metadata, limits, bulks of all kinds (atomic or not), and dry
runs. First each of them once with a known result, then many at random, among accounts so few that they meet each other."""
import collections
import time

import florin

FIRST_ACCOUNT = 10_001
ACCOUNTS = 8
FIRST_ID = 20_000
ITEMS_MAX = 12  # in a bulk
EXPIRY_SECONDS_MAX = 10
KEYS = ["note", "order", "tier"]


def posting(account, side, amount):
    return {"account_id": str(account), "side": side, "amount": str(amount)}


def one_of_each(first, accounts):
    """A bulk's items, one of each kind, that are done where accounts are free; the ids are first, first + 1, ..."""
    payer, payee = accounts
    amounts = [posting(payer, "debit", 10), posting(payee, "credit", 10)]
    back = [posting(payee, "debit", 4), posting(payer, "credit", 4)]
    return [("account", florin.account(first)), ("transfer", florin.transfer(first + 1, payer, payee, 5)),
            ("transaction", {"id": str(first + 2), "code": 5, "postings": amounts, "metadata": {"order": "A-1"}}),
            ("reversal", {"id": str(first + 3), "transaction_id": str(first + 2), "postings": back}),
            ("metadata", {"transaction_id": str(first + 2), "set": {"order": None, "note": "none"}}),
            ("limits", {"account_id": str(first), "debit_balance_max": "0", "credit_balance_max": "7"})]


DONE = ["created"] * 4 + ["set"] * 2


class Additions:
    """Makes one call after the other; `seen` counts (kind, status) of the items."""

    def __init__(self, api, chance):
        self.api, self.chance, self.seen = api, chance, collections.Counter()
        self.last_id = FIRST_ID
        self.sent = []  # transactions
        self.holds = []
        self.makers = {"account": self.account, "transfer": self.transfer, "transaction": self.transaction, "reversal": self.reversal,
                       "metadata": self.metadata, "limits": self.limits}
        self.kinds = ["account"] + 3 * ["transfer", "metadata", "limits"] + 5 * ["transaction", "reversal"]

    def every_kind(self):
        """Each kind in each way: alone and in a bulk, atomic or not, done and refused, and as a dry run of all that."""
        accounts = FIRST_ACCOUNT, FIRST_ACCOUNT + 1
        founders = florin.created(florin.post_accounts(self.api, *(florin.account(FIRST_ACCOUNT + i) for i in range(ACCOUNTS))))
        self.imports(int(founders[-1]["timestamp"]), accounts)
        hold = florin.transfer(FIRST_ID - 2, *accounts, 1, flags=["pending"], timeout=1)
        assert self.one("transfer", hold, False) == ["created"]
        for dry_run in (True, False):
            for first, atomic in ((100, False), (200, True)):
                assert self.bulk(one_of_each(FIRST_ID - first, accounts), atomic, dry_run) == DONE
        for dry_run in (True, False):
            items = one_of_each(FIRST_ID - 300, accounts)
            too_much = ("transfer", florin.transfer(FIRST_ID - 1, *accounts, 2**128 - 1))
            assert self.bulk([*items, too_much], True, dry_run) == ["linked_event_failed"] * 6 + ["overflows_debits_posted"]
            again = [self.whole_reversal(1, 98), self.whole_reversal(2, 98), self.whole_reversal(3, 97), self.whole_reversal(4, 1)]
            assert self.bulk(again, False, dry_run) == ["created", "nothing_left_to_reverse", "reversed_transaction_is_reversal",
                                                        "reversed_transaction_not_found"]
            assert self.bulk([items[4], items[5]], False, dry_run) == ["target_not_found", "account_not_found"]
        for kind, item in one_of_each(FIRST_ID - 400, accounts):
            self.one(kind, dict(item), True)
            assert self.one(kind, dict(item), False) in (["created"], ["set"])

    def imports(self, after, accounts):
        """One of each kind that can be imported, behind a time that is over."""
        past = {"flags": ["imported"]}
        _, _, (_, sale), *_ = one_of_each(FIRST_ID - 600, accounts)
        items = [("account", florin.account(FIRST_ID - 600, timestamp=str(after + 1), **past)),
                 ("transfer", florin.transfer(FIRST_ID - 599, *accounts, 5, timestamp=str(after + 2), **past)),
                 ("transaction", {**sale, "timestamp": str(after + 3), **past})]
        assert self.bulk(items) == ["created"] * 3

    def wait_for_expiry(self):
        """Until the journal holds the release of the first hold."""
        deadline = time.monotonic() + EXPIRY_SECONDS_MAX
        while self.api.get(f"/ledger/transfers/{FIRST_ID - 2}").json()["state"] != "expired":
            assert time.monotonic() < deadline, "a hold is not released"
            time.sleep(0.1)

    def whole_reversal(self, number, back):
        return "reversal", {"id": str(FIRST_ID - 500 + number), "transaction_id": str(FIRST_ID - back)}

    def call(self):
        """One call: of one item, or a bulk."""
        kind, dry_run = self.chance.choice(self.kinds), self.chance.random() < 0.25
        if self.chance.random() < 0.5:
            self.one(kind, self.makers[kind](), dry_run)
            return
        atomic = self.chance.random() < 0.5
        count = self.chance.randrange(1, ITEMS_MAX // 4 if atomic else ITEMS_MAX)
        kinds = self.chance.choices(self.kinds, k=count)
        self.bulk([(kind, self.makers[kind]()) for kind in kinds], atomic, dry_run)

    def bulk(self, items, atomic=False, dry_run=False):
        body = {"items": [{kind: item} for kind, item in items], "atomic": atomic, "dry_run": dry_run}
        return self.count([kind for kind, _ in items], self.api.post("/ledger/bulk", body))

    def one(self, kind, item, dry_run):
        """The call that each kind has of its own."""
        dry = {"dry_run": dry_run}
        if kind in ("account", "transfer", "transaction"):
            answer = self.api.post(f"/ledger/{kind}s", {f"{kind}s": [item], **dry})
        elif kind == "reversal":
            answer = self.api.post(f"/ledger/transactions/{item.pop('transaction_id')}/reversals", {**item, **dry})
        elif kind == "limits":
            answer = self.api.put(f"/ledger/accounts/{item.pop('account_id')}/limits", {**item, **dry})
        else:
            target = next(name for name in item if name != "set")
            answer = self.api.patch(f"/ledger/{target[:-3]}s/{item[target]}/metadata", {"metadata": item["set"], **dry})
        return self.count([kind], answer)

    def count(self, kinds, answer):
        statuses = florin.statuses(answer)
        self.seen.update(zip(kinds, statuses, strict=True))
        return statuses

    def new_id(self):
        self.last_id += 1
        return str(self.last_id)

    def two_accounts(self):
        return self.chance.sample(range(FIRST_ACCOUNT, FIRST_ACCOUNT + ACCOUNTS), 2)

    def account(self):
        return florin.account(self.new_id() if self.chance.random() < 0.8 else FIRST_ACCOUNT)

    def transfer(self):
        """A transfer, a hold of which some run out, or the end of a hold."""
        if self.holds and self.chance.random() < 0.3:
            flag = self.chance.choice(["post_pending_transfer", "void_pending_transfer"])
            amount = "max" if flag == "post_pending_transfer" else "0"
            return {"id": self.new_id(), "pending_id": self.chance.choice(self.holds[-5:]), "amount": amount, "flags": [flag]}
        hold = self.chance.random() < 0.4
        extra = {"flags": ["pending"], "timeout": self.chance.choice([0, 1, 60])} if hold else {}
        if self.chance.random() < 0.1:
            extra["flags"] = [*extra.get("flags", []), "linked"]
        transfer = florin.transfer(self.new_id(), *self.two_accounts(), self.chance.randrange(50), **extra)
        if hold:
            self.holds.append(transfer["id"])
        return transfer

    def transaction(self):
        if self.sent and self.chance.random() < 0.15:
            return self.chance.choice(self.sent)  # the same again
        payer, payee = self.two_accounts()
        amount, fee = self.chance.randrange(2, 100), 1
        others = [number for number in range(FIRST_ACCOUNT, FIRST_ACCOUNT + ACCOUNTS) if number not in (payer, payee)]
        item = {"id": self.new_id(), "code": 5, "user_data_64": str(self.chance.getrandbits(64)),
                "postings": [posting(payer, "debit", amount), posting(payee, "credit", amount - fee),
                             posting(self.chance.choice(others), "credit", fee)],
                "metadata": {"order": f"A-{amount}"} if amount % 2 else {}}
        self.sent.append(item)
        return item

    def reversal(self):
        """Of all that is left, or of a part, of one of the last transactions."""
        if not self.sent:
            return {"id": self.new_id(), "transaction_id": "1"}
        original = self.chance.choice(self.sent[-6:])
        item = {"id": self.new_id(), "transaction_id": original["id"]}
        if self.chance.random() < 0.6:
            payer, payee, _ = original["postings"]
            part = self.chance.randrange(1, int(payee["amount"]) + 1)
            item["postings"] = [posting(payee["account_id"], "debit", part), posting(payer["account_id"], "credit", part)]
        return item

    def metadata(self):
        target = self.chance.choice(["account_id", "transfer_id", "transaction_id"])
        id = (str(self.chance.randrange(FIRST_ACCOUNT, FIRST_ACCOUNT + ACCOUNTS)) if target == "account_id"
              else str(self.chance.randrange(FIRST_ID, self.last_id + 1)))
        if target == "transaction_id" and self.sent:
            id = self.chance.choice(self.sent)["id"]
        keys = self.chance.sample(KEYS, self.chance.randrange(1, len(KEYS) + 1))
        return {target: id, "set": {key: self.chance.choice([None, "", "x" * self.chance.randrange(200)]) for key in keys}}

    def limits(self):
        account = str(self.chance.randrange(FIRST_ACCOUNT, FIRST_ACCOUNT + ACCOUNTS))
        debit, credit = (self.chance.choice([None, None, str(self.chance.randrange(300))]) for _ in range(2))
        return {"account_id": account, "debit_balance_max": debit, "credit_balance_max": credit}
