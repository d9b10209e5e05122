"""What read models answer about transactions: one with its reversals, lists by any field, and the transfers that post them."""
import florin
import pytest

BUYER, SHOP, FEES = 71, 72, 73
SALE = 7_001


def posting(account, side, amount):
    return {"account_id": str(account), "side": side, "amount": str(amount)}


@pytest.fixture(scope="module")
def sales(service):
    """Sales of 100 in two parts to SHOP and FEES, each with metadata; the last position."""
    api = service.api()
    florin.created(florin.post_accounts(api, *(florin.account(id) for id in (BUYER, SHOP, FEES))))
    items = [{"id": str(SALE + number), "code": number % 2 + 1, "user_data_64": str(number), "metadata": {"order": f"A-{number}"},
              "postings": [posting(BUYER, "debit", 100), posting(SHOP, "credit", 97), posting(FEES, "credit", 3)]}
             for number in range(5)]
    answer = api.post("/ledger/transactions", {"transactions": items})
    florin.created(answer)
    return florin.position(answer)


def listed(api, position, **query):
    return [int(row["id"]) - SALE for row in florin.pages(api, "/ledger/transactions", min_position=position, limit=2, **query)]


def test_given_a_transaction_when_read_then_it_is_whole_and_its_transfers_name_it(api, sales):
    row = api.get(f"/ledger/transactions/{SALE}", min_position=sales).json()
    assert [(p["account_id"], p["side"], p["amount"], p["ledger"], p["reversed"]) for p in row["postings"]] == [
        (str(BUYER), "debit", "100", florin.LEDGER, "0"), (str(SHOP), "credit", "97", florin.LEDGER, "0"),
        (str(FEES), "credit", "3", florin.LEDGER, "0")]
    assert row["reversal_of"] is None and row["reversals"] == [] and row["metadata"] == {"order": "A-0"}
    transfers = [api.get(f"/ledger/transfers/{id}", min_position=sales).json() for id in row["transfers"]]
    assert len(transfers) == 2 and sum(int(t["amount"]) for t in transfers) == 100
    assert {t["transaction_id"] for t in transfers} == {row["id"]}
    assert api.get("/ledger/transactions/1").json()["code"] == "transaction_not_found"


def test_given_reversals_in_part_when_read_then_both_sides_know_of_each_other(api, sales):
    answer = api.post(f"/ledger/transactions/{SALE + 1}/reversals", {
        "id": "7101", "postings": [posting(BUYER, "credit", 40), posting(SHOP, "debit", 40)]})
    florin.created(answer)
    answer = api.post(f"/ledger/transactions/{SALE + 1}/reversals", {"id": "7102"})
    florin.created(answer)
    at = florin.position(answer)
    original = api.get(f"/ledger/transactions/{SALE + 1}", min_position=at).json()
    assert original["reversals"] == ["7101", "7102"]
    assert [p["reversed"] for p in original["postings"]] == ["100", "97", "3"]
    rest = api.get("/ledger/transactions/7102", min_position=at).json()
    assert rest["reversal_of"] == str(SALE + 1)
    assert sorted((p["account_id"], p["side"], p["amount"]) for p in rest["postings"]) == [
        (str(BUYER), "credit", "60"), (str(SHOP), "debit", "57"), (str(FEES), "debit", "3")]
    assert [row["id"] for row in api.get("/ledger/transactions", reversal_of=SALE + 1, min_position=at).json()["data"]] == ["7101", "7102"]


@pytest.mark.parametrize("query, kept", [
    ({"code": 2}, [1, 3]),
    ({"user_data_64": "1,4"}, [1, 4]),
    ({"metadata[order]": "A-3"}, [3]),
    ({"account_id": FEES, "order": "desc"}, [4, 3, 2, 1, 0]),
    ({"account_id": 999_999}, []),
])
def test_given_fields_when_transactions_are_listed_then_what_fits_comes(api, sales, query, kept):
    assert [number for number in listed(api, sales, **query) if 0 <= number < 5] == kept


def test_given_metadata_when_changed_then_the_transaction_is_found_by_what_it_has_now(api, sales):
    answer = api.patch(f"/ledger/transactions/{SALE + 2}/metadata", {"metadata": {"order": None, "note": "late"}})
    at = florin.position(answer)
    assert api.get(f"/ledger/transactions/{SALE + 2}", min_position=at).json()["metadata"] == {"note": "late"}
    assert listed(api, at, **{"metadata[order]": "A-2"}) == [] and listed(api, at, **{"metadata[note]": "late"}) == [2]


def test_given_a_dry_run_then_no_read_model_knows_of_it(api, sales):
    answer = api.post("/ledger/transactions", {"dry_run": True, "transactions": [
        {"id": "7201", "code": 1, "postings": [posting(BUYER, "debit", 1), posting(SHOP, "credit", 1)]}]})
    assert florin.statuses(answer) == ["created"]
    assert api.get("/ledger/transactions/7201", min_position=florin.position(answer)).status == 404


def test_given_a_client_without_the_ledger_then_transactions_are_neither_shown_nor_listed(service, sales):
    other = service.api(service.client_with(florin.ALL_SCOPES, ledgers="702"))
    assert other.get(f"/ledger/transactions/{SALE}", min_position=sales).json()["code"] == "ledger_not_granted"
    assert other.get("/ledger/transactions", min_position=sales).json()["data"] == []
