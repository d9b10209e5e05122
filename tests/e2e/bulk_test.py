"""Transactions, reversals, limits, metadata, bulks and dry runs through the whole flow."""
import zlib

import florin
import pytest


@pytest.fixture
def bank(api, request):
    """Four accounts of their own for each test: a customer with 100 who cannot overdraw, a shop, fees and cash."""
    first = 800_000 + 10 * (zlib.crc32(request.node.name.encode()) % 10_000)
    customer, shop, fees, cash = (str(first + i) for i in range(4))
    florin.created(florin.post_accounts(
        api, florin.account(customer, flags=["debits_must_not_exceed_credits", "history"]),
        *(florin.account(id, flags=["history"]) for id in (shop, fees, cash))))
    florin.created(florin.post_transfers(api, florin.transfer(first, cash, customer, 100)))
    return customer, shop, fees, cash


def posting(account, side, amount):
    return {"account_id": account, "side": side, "amount": str(amount)}


def sale(id, bank, amount, fee):
    customer, shop, fees, _ = bank
    return {"id": str(id), "code": 5, "metadata": {"order": f"A-{id}"},
            "postings": [posting(customer, "debit", amount), posting(shop, "credit", amount - fee), posting(fees, "credit", fee)]}


def results(answer):
    assert answer.status == 200, answer
    return answer.json()["results"]


def balance(api, account, answer):
    row = api.get(f"/ledger/accounts/{account}", min_position=florin.position(answer)).json()
    return int(row["credits_posted"]) - int(row["debits_posted"])


def test_given_a_sale_with_a_fee_when_reversed_in_parts_then_never_more_than_the_original(api, bank):
    customer, shop, fees, _ = bank
    id = int(customer)
    answer = api.post("/ledger/transactions", {"transactions": [sale(id, bank, 60, 5)]})
    assert [r["status"] for r in results(answer)] == ["created"]
    assert [balance(api, a, answer) for a in (customer, shop, fees)] == [40, 55, 5]
    part = {"id": str(id + 1), "postings": [posting(shop, "debit", 20), posting(customer, "credit", 20)]}
    assert results(api.post(f"/ledger/transactions/{id}/reversals", part))[0]["status"] == "created"
    too_much = {"id": str(id + 2), "postings": [posting(shop, "debit", 36), posting(customer, "credit", 36)]}
    assert results(api.post(f"/ledger/transactions/{id}/reversals", too_much))[0]["status"] == "exceeds_reversed_transaction"
    for status in ("created", "exists"):
        answer = api.post(f"/ledger/transactions/{id}/reversals", {"id": str(id + 3)})
        assert results(answer)[0]["status"] == status
    assert [balance(api, a, answer) for a in (customer, shop, fees)] == [100, 0, 0]


def test_given_a_wallet_with_100_when_more_is_asked_for_then_the_answer_says_how_much_is_there(api, bank):
    customer, shop, _, _ = bank
    id = int(customer)
    refused = results(florin.post_transfers(api, florin.transfer(id + 5, customer, shop, 101)))[0]
    assert (refused["status"], refused["account_id"], refused["available"]) == ("exceeds_credits", customer, "100")
    refused = results(api.post("/ledger/transactions", {"transactions": [sale(id, bank, 101, 1)]}))[0]
    assert (refused["status"], refused["posting"], refused["available"]) == ("exceeds_credits", 0, "100")
    answer = api.put(f"/ledger/accounts/{customer}/limits", {"debit_balance_max": "50"})
    assert results(answer)[0]["status"] == "set"
    florin.created(florin.post_transfers(api, florin.transfer(id + 6, customer, shop, 150)))
    row = api.get(f"/ledger/accounts/{customer}", min_position=florin.position(answer)).json()
    assert (row["debit_balance_max"], row["credit_balance_max"]) == ("50", None)
    answer = api.put(f"/ledger/accounts/{customer}/limits", {})
    assert results(answer)[0]["status"] == "debit_balance_exceeds_limit"


def test_given_an_atomic_bulk_when_one_item_fails_then_none_is_done_and_a_dry_run_says_so_before(api, bank):
    customer, shop, _, cash = bank
    id = int(customer)
    new = str(id + 7)
    items = [{"account": florin.account(new)}, {"transaction": sale(id, bank, 10, 1)},
             {"metadata": {"account_id": new, "set": {"owner": "Ann"}}},
             {"limits": {"account_id": new, "credit_balance_max": "5"}},
             {"transfer": florin.transfer(id + 8, cash, new, 6)}]
    statuses = ["linked_event_failed"] * 4 + ["exceeds_debits"]
    for dry_run in (True, False):
        answer = api.post("/ledger/bulk", {"atomic": True, "dry_run": dry_run, "items": items})
        assert [r["status"] for r in results(answer)] == statuses
        assert [r["kind"] for r in results(answer)] == ["account", "transaction", "metadata", "limits", "transfer"]
        assert answer.json().get("dry_run", False) == dry_run
    assert api.get(f"/ledger/accounts/{new}", min_position=florin.position(answer)).status == 404
    items[4]["transfer"] = florin.transfer(id + 9, cash, new, 5)
    answer = api.post("/ledger/bulk", {"atomic": True, "items": items})
    assert [r["status"] for r in results(answer)] == ["created", "created", "set", "set", "created"]
    assert balance(api, new, answer) == 5


def test_given_ids_that_meet_in_the_transfers_of_a_transaction_when_it_is_sent_then_they_are_taken(api, bank):
    customer, shop, _, cash = bank
    id = int(customer)
    assert results(api.post("/ledger/transactions", {"transactions": [sale(id, bank, 10, 1)]}))[0]["status"] == "created"
    same_bits, other = sale(2**117 + id, bank, 10, 1), sale(id + 1, bank, 10, 1)
    own = florin.transfer(2**127 + (id + 1) * 2**10, cash, shop, 1)
    florin.created(florin.post_transfers(api, own))
    told = results(api.post("/ledger/transactions", {"transactions": [same_bits, other]}))
    assert [r["status"] for r in told] == ["transfer_id_taken"] * 2


def test_given_a_bulk_with_reversals_when_it_answers_then_their_results_say_so(api, bank):
    id = int(bank[0])
    items = [{"transaction": sale(id, bank, 10, 1)}, {"reversal": {"id": str(id + 1), "transaction_id": str(id)}},
             {"reversal": {"id": str(id + 2), "transaction_id": str(id)}}]
    told = results(api.post("/ledger/bulk", {"items": items}))
    assert [(r["kind"], r["status"]) for r in told] == [
        ("transaction", "created"), ("reversal", "created"), ("reversal", "nothing_left_to_reverse")]


def test_given_a_dry_run_when_it_answers_then_balances_are_told_and_nothing_has_changed(api, bank):
    customer, shop, _, _ = bank
    id = int(customer)
    answer = api.post("/ledger/transfers", {"transfers": [florin.transfer(id + 5, customer, shop, 30)], "dry_run": True})
    told = {row["account_id"]: row for row in results(answer)[0]["accounts"]}
    assert told[customer]["debits_posted"] == "30" and told[shop]["credits_posted"] == "30"
    assert balance(api, customer, answer) == 100
    assert api.get(f"/ledger/transfers/{id + 5}").status == 404


def test_given_a_client_without_the_ledger_when_its_items_reach_into_it_then_403_and_nothing_is_done(service, api, bank):
    customer, shop, _, _ = bank
    id = int(customer)
    answer = api.post("/ledger/transactions", {"transactions": [sale(id, bank, 10, 1)]})
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(799)]}))
    other = service.api(service.client_with("ledger:read ledger:write", "799"))
    for method, path, body in (
            ("POST", "/ledger/transactions", {"transactions": [sale(id + 1, bank, 1, 0)]}),
            ("POST", f"/ledger/transactions/{id}/reversals", {"id": str(id + 1)}),
            ("PUT", f"/ledger/accounts/{customer}/limits", {"debit_balance_max": "1"}),
            ("PATCH", f"/ledger/accounts/{customer}/metadata", {"metadata": {"a": "b"}}),
            ("PATCH", f"/ledger/transfers/{id}/metadata", {"metadata": {"a": "b"}}),
            ("PATCH", f"/ledger/transactions/{id}/metadata", {"metadata": {"a": "b"}})):
        refused = other.call(method, "/api/v1" + path, body)
        assert (refused.status, refused.json()["code"]) == (403, "ledger_not_granted"), path
    assert balance(api, customer, answer) == 90
