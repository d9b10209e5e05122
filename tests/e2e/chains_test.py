"""Chains, closing and history through the whole flow."""
import florin


def accounts(api, *ids, **fields):
    florin.created(florin.post_accounts(api, *(florin.account(id, **fields) for id in ids)))


def balances(api, id, position):
    account = api.get(f"/ledger/accounts/{id}", min_position=position).json()
    return tuple(int(account[name]) for name in ("debits_pending", "debits_posted", "credits_pending", "credits_posted"))


def hold(id, debit, credit, amount, **fields):
    return florin.transfer(id, debit, credit, amount) | {"flags": ["pending"]} | fields


def settle(id, pending, flag, amount):
    return {"id": str(id), "pending_id": str(pending), "amount": str(amount), "flags": [flag]}


def test_given_a_chain_when_one_member_fails_then_none_of_it_is_there(api):
    accounts(api, 70031, 70032)
    first = florin.transfer(70031, 70031, 70032, 10) | {"flags": ["linked"]}
    answer = florin.post_transfers(api, first, florin.transfer(70032, 70031, 79999, 10))
    assert florin.statuses(answer) == ["linked_event_failed", "credit_account_not_found"]
    assert balances(api, 70031, florin.position(answer)) == (0, 0, 0, 0)
    assert api.get("/ledger/transfers/70031", min_position=florin.position(answer)).status == 404
    florin.created(florin.post_transfers(api, florin.transfer(70031, 70031, 70032, 10)))


def test_given_a_closing_hold_when_it_is_voided_then_the_account_is_open_again(api):
    accounts(api, 70041, 70042)
    closed = florin.post_transfers(api, hold(70041, 70041, 70042, 0, flags=["pending", "closing_debit"]))
    florin.created(closed)
    assert "closed" in api.get("/ledger/accounts/70041", min_position=florin.position(closed)).json()["flags"]
    assert florin.statuses(florin.post_transfers(api, florin.transfer(70042, 70041, 70042, 1))) == ["debit_account_already_closed"]
    opened = florin.post_transfers(api, settle(70043, 70041, "void_pending_transfer", 0))
    florin.created(opened)
    assert "closed" not in api.get("/ledger/accounts/70041", min_position=florin.position(opened)).json()["flags"]


def test_given_an_account_with_history_when_money_moves_then_every_balance_is_kept(api):
    accounts(api, 70051, flags=["history"])
    accounts(api, 70052)
    answer = florin.post_transfers(api, *(florin.transfer(70051 + n, 70051, 70052, n) for n in range(1, 5)))
    florin.created(answer)
    rows = florin.pages(api, "/ledger/accounts/70051/balances", limit=3, min_position=florin.position(answer))
    assert [int(row["debits_posted"]) for row in rows] == [1, 3, 6, 10]
    assert florin.pages(api, "/ledger/accounts/70052/balances", min_position=florin.position(answer)) == []
