"""Real input: a part of the books of a Czech bank (PKDD'99, described in ../shared/data/README.md). Its accounts open on
their own days, its dated transactions are imported and must give the balances that the bank recorded, and its payment
orders pay to accounts of outside banks."""
import collections
import csv
import datetime
import itertools
import os
import pathlib

import florin
import pytest

DATA = pathlib.Path(os.environ.get("FLORIN_SHARED_DATA", florin.ROOT.parent / "shared/data")) / "pkdd99"
CZK = {"id": 203, "currency": "CZK", "exponent": 2, "name": "Koruna"}
CASH, CUSTOMER, OUTSIDE = 1, 2, 3  # codes of accounts
PURPOSES = {" ": 1, "SIPO": 2, "UVER": 3, "POJISTNE": 4, "LEASING": 5}  # codes of payment orders
BATCH = 1000
NOON_NS = 12 * 3600 * 10**9

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there: set FLORIN_SHARED_DATA to the folder of shared data")


def rows(name):
    with open(DATA / name, newline="", encoding="ascii") as file:
        return list(csv.DictReader(file, delimiter=";"))


def hellers(text):
    crowns, cents = text.split(".")
    assert len(cents) == 2
    return int(crowns) * 100 + int(cents)


def midnight_ns(date):
    day = datetime.datetime.strptime("19" + date, "%Y%m%d").replace(tzinfo=datetime.timezone.utc)
    return int(day.timestamp()) * 10**9


def batches(items):
    return (items[start:start + BATCH] for start in range(0, len(items), BATCH))


class Bank:
    """The bank's accounts in a book of their own, imported with the days on which they opened."""

    def __init__(self, service):
        book = service.server.create_book("pkdd99")
        self.api = service.api(service.server.create_client(book, "bank", florin.ALL_SCOPES))
        florin.created(self.api.post("/ledger/ledgers", {"ledgers": [CZK]}))
        self.ids = {}
        self.transactions, self.orders = rows("trans.asc"), rows("order.asc")
        outside = {("outside", row["bank"], row["account"]) for row in self.transactions if row["account"]}
        outside |= {("outside", row["bank_to"], row["account_to"]) for row in self.orders}
        customers = sorted(rows("account.asc"), key=lambda row: (row["date"], int(row["account_id"])))
        self.open([("cash",), *sorted(outside)], itertools.repeat("921231"))
        self.open([("customer", row["account_id"]) for row in customers], (row["date"] for row in customers))

    def create(self, answer):
        results = florin.created(answer)
        self.position = florin.position(answer)
        return results

    def open(self, keys, dates):
        accounts = []
        for key, date in zip(keys, dates):
            self.ids[key] = str(len(self.ids) + 1)
            accounts.append({"id": self.ids[key], "ledger": CZK["id"], "flags": ["history", "imported"],
                             "code": {"cash": CASH, "customer": CUSTOMER, "outside": OUTSIDE}[key[0]],
                             "timestamp": str(midnight_ns(date) + len(self.ids))})
        for batch in batches(accounts):
            self.create(florin.post_accounts(self.api, *batch))

    def imported(self, row, number):
        """A transaction as a transfer of its own day; the bank sees a customer's money as its debt to the customer."""
        customer = self.ids["customer", row["account_id"]]
        other = self.ids["outside", row["bank"], row["account"]] if row["account"] else self.ids[("cash",)]
        debit, credit = (other, customer) if row["type"] == "PRIJEM" else (customer, other)
        return {"id": row["trans_id"], "debit_account_id": debit, "credit_account_id": credit, "amount": str(hellers(row["amount"])),
                "ledger": CZK["id"], "code": 1, "flags": ["imported"], "timestamp": str(midnight_ns(row["date"]) + NOON_NS + number)}

    def order(self, row):
        # Orders and transactions are numbered apart, so the orders' ids begin above those of the transactions.
        return {"id": str(2**32 + int(row["order_id"])), "debit_account_id": self.ids["customer", row["account_id"]],
                "credit_account_id": self.ids["outside", row["bank_to"], row["account_to"]], "amount": str(hellers(row["amount"])),
                "ledger": CZK["id"], "code": PURPOSES[row["k_symbol"]]}

    def trial(self):
        """By code of account: (accounts, debits, credits)."""
        answer = self.api.get("/ledger/trial-balance", min_position=self.position)
        assert answer.status == 200, answer
        return {row["code"]: (row["accounts"], int(row["debits_posted"]), int(row["credits_posted"])) for row in answer.json()["data"]}


@pytest.fixture(scope="module")
def bank(service):
    return Bank(service)


def test_given_dated_transactions_when_imported_then_each_leaves_the_balance_that_the_bank_recorded(bank):
    assert len(bank.transactions) == 100
    recorded = {}
    for number, row in enumerate(bank.transactions):
        transfer = bank.imported(row, number)
        results = bank.create(florin.post_transfers(bank.api, transfer))
        assert results[0]["timestamp"] == transfer["timestamp"]
        account = bank.api.get("/ledger/accounts/" + bank.ids["customer", row["account_id"]], min_position=bank.position).json()
        assert int(account["credits_posted"]) - int(account["debits_posted"]) == hellers(row["balance"]), row
        recorded.setdefault(account["id"], []).append((transfer["timestamp"], hellers(row["balance"])))
    for id, expected in recorded.items():
        history = florin.pages(bank.api, f"/ledger/accounts/{id}/balances", min_position=bank.position)
        assert [(row["timestamp"], int(row["credits_posted"]) - int(row["debits_posted"])) for row in history] == expected


def test_given_payment_orders_when_they_pay_to_outside_banks_then_the_trial_balance_holds(bank):
    assert len(bank.orders) == 6471
    before = bank.trial()
    for batch in batches([bank.order(row) for row in bank.orders]):
        bank.create(florin.post_transfers(bank.api, *batch))
    after = bank.trial()
    assert sum(debits for _, debits, _ in after.values()) == sum(credits for _, _, credits in after.values())
    paid = sum(hellers(row["amount"]) for row in bank.orders)
    moved = {code: (after[code][1] - before[code][1], after[code][2] - before[code][2]) for code in after}
    assert moved == {CASH: (0, 0), CUSTOMER: (paid, 0), OUTSIDE: (0, paid)}
    assert after[CUSTOMER][0] == 4500

    # One account for each pair; of the payees with more than one order, what they hold is the sum.
    received = collections.defaultdict(list)
    for row in bank.orders:
        received["outside", row["bank_to"], row["account_to"]].append(hellers(row["amount"]))
    several = {key: sum(amounts) for key, amounts in received.items() if len(amounts) > 1}
    assert several
    for key, amount in several.items():
        account = bank.api.get("/ledger/accounts/" + bank.ids[key], min_position=bank.position).json()
        assert int(account["credits_posted"]) == amount
