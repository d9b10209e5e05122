"""What was: balances of an account at a moment of the past, expired holds and imports among what counts."""
import time

import florin
import pytest

A, B, PLAIN = 1, 2, 3
C = 4
EXPIRY_SECONDS_MAX = 3  # a timeout of one second, and at most a second until it shows while the server is idle


@pytest.fixture(scope="module")
def book(service):
    """Two accounts with history and one without; returns their timestamps."""
    rows = florin.created(florin.post_accounts(service.api(), florin.account(A, flags=["history"]), florin.account(B, flags=["history"]),
                                               florin.account(PLAIN)))
    return [int(row["timestamp"]) for row in rows]


def stood(api, account, at, after):
    """(debits pending, debits posted, closed) of an account at a moment, once the read models hold `after`."""
    answer = api.get(f"/ledger/accounts/{account}", at=at, min_position=florin.position(after))
    assert answer.status == 200, answer
    row = answer.json()
    return int(row["debits_pending"]), int(row["debits_posted"]), "closed" in row["flags"]


def paid(answer):
    return int(florin.created(answer)[0]["timestamp"])


def test_given_transfers_when_asked_at_their_moments_then_each_counts_from_its_own_timestamp_on(api, book):
    moments = [paid(last := florin.post_transfers(api, florin.transfer(number, A, B, 10))) for number in range(1, 4)]
    for count, moment in enumerate(moments):
        assert stood(api, A, moment - 1, last) == (0, 10 * count, False)
        assert stood(api, A, moment, last) == (0, 10 * count + 10, False)
    assert stood(api, A, book[0], last) == (0, 0, False)
    assert stood(api, A, 2**64 - 1, last) == (0, 30, False)


def test_given_a_moment_before_the_account_then_404_and_not_zeros(api, book):
    answer = api.get(f"/ledger/accounts/{A}", at=book[0] - 1)
    assert answer.status == 404 and answer.json()["code"] == "account_not_yet_created", answer
    assert str(book[0]) in answer.json()["detail"]
    assert api.get("/ledger/accounts/99", at=book[0]).json()["code"] == "account_not_found"


def test_given_an_account_without_history_then_422_says_so(api, book):
    answer = api.get(f"/ledger/accounts/{PLAIN}", at=book[2])
    assert answer.status == 422 and answer.json()["code"] == "history_not_kept", answer


@pytest.mark.parametrize("at", ["-1", "now", "1.5", "2026-01-01T00:00:00Z", str(2**64)])
def test_given_no_timestamp_then_400_names_the_parameter(api, book, at):
    answer = api.get(f"/ledger/accounts/{A}", at=at)
    assert answer.status == 400 and answer.json()["errors"][0]["parameter"] == "at", answer


def test_given_a_closing_hold_that_expires_then_balances_and_closing_end_with_it(api):
    florin.created(florin.post_accounts(api, florin.account(10, flags=["history"]), florin.account(11)))
    answer = florin.post_transfers(api, florin.transfer(100, 10, 11, 80, flags=["pending", "closing_debit"], timeout=1))
    held = paid(answer)
    time.sleep(EXPIRY_SECONDS_MAX)
    assert stood(api, 10, held, answer) == (80, 0, True)
    assert stood(api, 10, held + 999_999_999, answer) == (80, 0, True)  # holds end on time, not before
    assert stood(api, 10, held + EXPIRY_SECONDS_MAX * 10**9, answer) == (0, 0, False)
    assert len(api.get("/ledger/accounts/10/balances", min_position=florin.position(answer)).json()["data"]) == 1


def test_given_an_import_between_a_hold_and_its_expiry_then_the_past_holds_all_three_in_order(service):
    """In a book of its own, since an imported transfer is later than all others of its book."""
    number = service.server.create_book("imports")
    api = service.api(service.server.create_client(number, "importer", florin.ALL_SCOPES))
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    florin.created(florin.post_accounts(api, florin.account(A, flags=["history"]), florin.account(B)))
    held = paid(florin.post_transfers(api, florin.transfer(1, A, B, 80, flags=["pending"], timeout=1)))
    time.sleep(EXPIRY_SECONDS_MAX)
    past = held + 1_000
    last = florin.post_transfers(api, florin.transfer(2, A, B, 7, flags=["imported"], timestamp=str(past)))
    assert paid(last) == past
    assert stood(api, A, past - 1, last) == (80, 0, False)
    assert stood(api, A, past, last) == (80, 7, False)
    assert stood(api, A, held + EXPIRY_SECONDS_MAX * 10**9, last) == (0, 7, False)
    rows = api.get(f"/ledger/accounts/{A}/balances").json()["data"]
    assert [(row["debits_pending"], row["debits_posted"]) for row in rows] == [("80", "0"), ("80", "7")]


def test_given_an_import_that_makes_a_balance_of_the_past_too_large_then_only_that_moment_is_refused(service):
    number = service.server.create_book("large")
    api = service.api(service.server.create_client(number, "importer", florin.ALL_SCOPES))
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    florin.created(florin.post_accounts(api, florin.account(A, flags=["history"]), florin.account(B)))
    held = paid(florin.post_transfers(api, florin.transfer(1, A, B, 2**128 - 1, flags=["pending"], timeout=1)))
    time.sleep(EXPIRY_SECONDS_MAX)
    past = held + 1_000
    last = florin.post_transfers(api, florin.transfer(2, A, B, 7, flags=["imported", "pending"], timestamp=str(past)))
    assert paid(last) == past
    assert stood(api, A, past - 1, last) == (2**128 - 1, 0, False)
    assert stood(api, A, held + EXPIRY_SECONDS_MAX * 10**9, last) == (7, 0, False)
    balances = f"/ledger/accounts/{A}/balances"
    for refused in (api.get(f"/ledger/accounts/{A}", at=past), api.get(balances)):
        assert refused.status == 422 and refused.json()["code"] == "balance_too_large", refused
        assert f"At the timestamp {past} " in refused.json()["detail"]
    assert len(api.get(balances, timestamp_max=past - 1).json()["data"]) == 1


def test_given_the_trial_balance_of_moments_then_each_sums_what_had_happened(service):
    number = service.server.create_book("sums")
    api = service.api(service.server.create_client(number, "sums", florin.ALL_SCOPES))
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    born = [int(row["timestamp"]) for row in florin.created(florin.post_accounts(api, florin.account(A, code=1, flags=["history"]), florin.account(B, code=2)))]
    first = paid(florin.post_transfers(api, florin.transfer(1, A, B, 10)))
    second = paid(last := florin.post_transfers(api, florin.transfer(2, A, B, 5, flags=["pending"])))

    def sums(at):
        answer = api.get("/ledger/trial-balance", at=at, min_position=florin.position(last))
        assert answer.status == 200, answer
        return [(row["code"], int(row["debits_pending"]), int(row["debits_posted"]), int(row["credits_pending"]),
                 int(row["credits_posted"])) for row in answer.json()["data"]]

    def debits(at):
        row = api.get(f"/ledger/accounts/{A}", at=at, min_position=florin.position(last)).json()
        return int(row["debits_pending"]), int(row["debits_posted"])

    assert sums(born[0] - 1) == []
    assert sums(born[0]) == [(1, 0, 0, 0, 0)]
    assert sums(first - 1) == [(1, 0, 0, 0, 0), (2, 0, 0, 0, 0)]
    assert sums(first) == [(1, 0, 10, 0, 0), (2, 0, 0, 0, 10)]
    assert sums(second) == sums(2**64 - 1) == [(1, 5, 10, 0, 0), (2, 0, 0, 5, 10)]

    postings = [{"account_id": str(id), "side": side, "amount": amount} for id, side, amount in (
        (A, "debit", "7"), (B, "credit", "4"), (C, "credit", "3"))]
    florin.created(florin.post_accounts(api, florin.account(C, code=2)))
    whole = paid(last := api.post("/ledger/transactions", {"transactions": [{"id": "1", "code": 1, "postings": postings}]}))
    before, after = [(1, 5, 10, 0, 0), (2, 0, 0, 5, 10)], [(1, 5, 17, 0, 0), (2, 0, 0, 5, 17)]
    assert [sums(at) for at in (whole - 1, whole, whole + 1, whole + 2)] == [before, after, after, after]
    assert [debits(at) for at in (whole - 1, whole, whole + 1)] == [(5, 10), (5, 17), (5, 17)]
