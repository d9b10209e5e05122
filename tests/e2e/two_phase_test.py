"""A hold takes money out of reach without moving it; it is posted, voided, or it expires, also while nobody calls."""
import itertools
import time

import florin
import pytest

EXPIRY_SECONDS_MAX = 3  # a timeout of one second, and at most a second until it shows while the server is idle
ids = itertools.count(1)


@pytest.fixture
def accounts(api):
    """Two new accounts; the first has 100 to spend and no more."""
    bank, spender, payee = (next(ids) for _ in range(3))
    florin.created(florin.post_accounts(api, florin.account(bank), florin.account(payee),
                                        florin.account(spender, flags=["debits_must_not_exceed_credits"])))
    florin.created(florin.post_transfers(api, florin.transfer(next(ids), bank, spender, 100)))
    return spender, payee


def hold(api, accounts, amount, **fields):
    number = next(ids)
    answer = florin.post_transfers(api, florin.transfer(number, *accounts, amount, flags=["pending"], **fields))
    florin.created(answer)
    return number, answer


def settle(api, pending, flag, amount):
    answer = florin.post_transfers(api, florin.transfer(next(ids), 0, 0, amount, ledger=0, code=0, pending_id=str(pending),
                                                        flags=[flag]))
    return florin.statuses(answer)[0], answer


def debits(api, account, after):
    row = api.get(f"/ledger/accounts/{account}", min_position=florin.position(after)).json()
    return int(row["debits_pending"]), int(row["debits_posted"])


def test_given_a_hold_when_posted_in_part_then_the_rest_is_free_again(api, accounts):
    pending, answer = hold(api, accounts, 80)
    assert debits(api, accounts[0], answer) == (80, 0)
    too_much = florin.post_transfers(api, florin.transfer(next(ids), *accounts, 21))
    assert florin.statuses(too_much) == ["exceeds_credits"]
    status, answer = settle(api, pending, "post_pending_transfer", 30)
    assert status == "created"
    assert debits(api, accounts[0], answer) == (0, 30)
    assert settle(api, pending, "void_pending_transfer", 0)[0] == "pending_transfer_already_posted"


def test_given_a_hold_when_voided_then_nothing_has_moved(api, accounts):
    pending, _ = hold(api, accounts, 80)
    status, answer = settle(api, pending, "void_pending_transfer", 0)
    assert status == "created" and debits(api, accounts[0], answer) == (0, 0)
    assert api.get(f"/ledger/transfers/{pending}", min_position=florin.position(answer)).json()["state"] == "voided"


def test_given_a_hold_with_a_timeout_when_nobody_calls_then_it_expires_by_itself(api, accounts):
    pending, answer = hold(api, accounts, 80, timeout=1)
    assert debits(api, accounts[0], answer) == (80, 0)
    time.sleep(EXPIRY_SECONDS_MAX)
    assert api.get(f"/ledger/transfers/{pending}").json()["state"] == "expired"
    assert debits(api, accounts[0], answer) == (0, 0)
    assert settle(api, pending, "post_pending_transfer", 1)[0] == "pending_transfer_expired"
