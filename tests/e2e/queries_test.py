"""What read models answer: one thing, lists page by page, sums, at a position that the caller may ask for."""
import threading

import florin
import pytest

A, B, C = 1, 2, 3
TRANSFERS = 25


@pytest.fixture(scope="module", autouse=True)
def history(service):
    """Transfers 101..125 of 1..25 cents between three accounts; returns the position behind them."""
    api = service.api()
    florin.created(florin.post_accounts(api, florin.account(A, flags=["history"], code=1), florin.account(B, code=2),
                                        florin.account(C, code=2, user_data_64="7")))
    for number in range(1, TRANSFERS + 1):
        debit, credit = (A, B) if number % 2 else (C, A)
        last = florin.post_transfers(api, florin.transfer(100 + number, debit, credit, number, code=number % 3 + 1,
                                                          user_data_32=number % 5))
        florin.created(last)
    return florin.position(last)


def listed(api, position, **query):
    return [int(row["amount"]) for row in florin.pages(api, f"/ledger/accounts/{A}/transfers", min_position=position, **query)]


def test_given_a_transfer_when_read_then_it_is_as_posted(api, history):
    row = api.get("/ledger/transfers/101", min_position=history).json()
    posted = florin.transfer(101, A, B, 1, code=2, user_data_32=1)
    assert {field: row[field] for field in posted} == posted
    assert row["state"] == "posted" and int(row["timestamp"]) > 0


def test_given_an_account_when_read_then_it_has_its_balances_as_strings(api, history):
    row = api.get(f"/ledger/accounts/{A}", min_position=history).json()
    assert row["id"] == str(A) and row["flags"] == ["history"] and row["ledger"] == florin.LEDGER
    assert row["debits_posted"] == str(sum(range(1, TRANSFERS + 1, 2)))
    assert row["credits_posted"] == str(sum(range(2, TRANSFERS + 1, 2)))
    assert row["debits_pending"] == row["credits_pending"] == "0"


@pytest.mark.parametrize("limit", [1, 7, 25, 1000])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_given_a_list_when_read_page_by_page_then_nothing_is_missing_or_doubled(api, history, limit, order):
    expected = list(range(1, TRANSFERS + 1))
    assert listed(api, history, limit=limit, order=order) == (expected if order == "asc" else expected[::-1])


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_given_the_last_page_when_its_previous_is_followed_then_the_same_pages_come_back(api, history, order):
    path, pages, cursor = f"/ledger/accounts/{A}/transfers", [], {}
    while cursor is not None:
        pages.append(api.get(path, min_position=history, limit=7, order=order, **cursor).json())
        cursor = {"cursor": pages[-1]["next"]} if pages[-1]["next"] else None
    assert len(pages) == 4 and pages[0]["previous"] is None
    for before, page in zip(pages[-2::-1], pages[:0:-1]):
        assert api.get(path, min_position=history, limit=7, order=order, cursor=page["previous"]).json() == before


@pytest.mark.parametrize("query, kept", [
    ({"side": "debit"}, lambda number: number % 2 == 1),
    ({"side": "credit"}, lambda number: number % 2 == 0),
    ({"code": 2}, lambda number: number % 3 + 1 == 2),
    ({"user_data_32": 3}, lambda number: number % 5 == 3),
    ({"code": "2,3", "amount_min": 4, "amount_max": 11}, lambda number: number % 3 != 0 and 4 <= number <= 11),
    ({"state": "posted", "amount_min": 20}, lambda number: number >= 20),
    ({"state": "pending,voided"}, lambda number: False),
    ({"flags": "pending,imported"}, lambda number: False),
    ({"pending_id": 101}, lambda number: False),
    ({"ledger": florin.LEDGER, "user_data_128": 0, "user_data_64": 0, "amount_max": 9}, lambda number: number <= 9),
    ({"ledger": florin.LEDGER + 1}, lambda number: False),
    ({"metadata[shop]": "1"}, lambda number: False),
    ({"side": "debit", "code": 1, "user_data_32": 0}, lambda number: number % 2 == 1 and number % 3 == 0 and number % 5 == 0),
])
def test_given_a_filter_when_listed_then_only_what_fits_comes(api, history, query, kept):
    assert listed(api, history, limit=4, **query) == [number for number in range(1, TRANSFERS + 1) if kept(number)]
    rows = florin.pages(api, f"/ledger/accounts/{A}/balances", min_position=history, limit=4, **query)
    moved = [int(row["debits_posted"]) + int(row["credits_posted"]) for row in rows]
    assert moved == [number * (number + 1) // 2 for number in range(1, TRANSFERS + 1) if kept(number)]


def test_given_bounds_in_time_when_listed_then_both_are_inclusive(api, history):
    rows = florin.pages(api, f"/ledger/accounts/{A}/transfers", min_position=history)
    bounds = {"timestamp_min": rows[4]["timestamp"], "timestamp_max": rows[9]["timestamp"]}
    assert listed(api, history, **bounds) == list(range(5, 11))


@pytest.mark.parametrize("query, kept", [
    ({}, lambda number: True),
    ({"code": "1,2"}, lambda number: number % 3 in (0, 1)),
    ({"user_data_32": "3,4", "order": "desc"}, lambda number: number % 5 > 2),
    ({"user_data_32": 0}, lambda number: number % 5 == 0),
    ({"amount_min": 5, "amount_max": 7}, lambda number: 5 <= number <= 7),
    ({"debit_account_id": A, "code": 2}, lambda number: number % 2 == 1 and number % 3 == 1),
    ({"account_id": B, "side": "credit"}, lambda number: number % 2 == 1),
    ({"account_id": f"{B},{C}", "amount_max": 4}, lambda number: number <= 4),
    ({"state": "pending,voided,expired"}, lambda number: False),
    ({"flags": "pending"}, lambda number: False),
])
def test_given_fields_when_the_books_transfers_are_asked_for_then_what_fits_comes(api, history, query, kept):
    rows = florin.pages(api, "/ledger/transfers", min_position=history, limit=4, ledger=florin.LEDGER, **query)
    found = sorted(int(row["id"]) - 100 for row in rows if 100 < int(row["id"]) <= 100 + TRANSFERS)
    assert found == [number for number in range(1, TRANSFERS + 1) if kept(number)]


def test_given_a_filter_when_summed_up_then_it_is_the_sum_of_the_list(api, history):
    query = {"min_position": history, "account_id": A, "code": "1,2", "amount_min": 3}
    rows = florin.pages(api, "/ledger/transfers", limit=5, **query)
    sums = api.get("/ledger/transfers/summary", **query).json()["data"]
    assert sums == [{"ledger": florin.LEDGER, "count": len(rows), "amount": str(sum(int(row["amount"]) for row in rows)),
                     "timestamp_first": rows[0]["timestamp"], "timestamp_last": rows[-1]["timestamp"]}]
    assert api.get("/ledger/transfers/summary", account_id=999_999).json() == {"data": [], "next": None}


def test_given_ledgers_when_not_granted_then_they_are_not_shown_and_cannot_be_named(service, history):
    other = service.api(service.client_with(florin.ALL_SCOPES, ledgers="701"))
    assert other.get("/ledger/transfers").json()["data"] == []
    answer = other.get("/ledger/transfers", ledger=florin.LEDGER)
    assert answer.status == 403 and answer.json()["code"] == "ledger_not_granted", answer


def test_given_metadata_when_set_then_transfers_are_found_by_it(api, history):
    answer = api.patch("/ledger/transfers/105/metadata", {"metadata": {"city": "Paris", "a/b": "1"}})
    assert florin.statuses(answer) == ["set"], answer
    at = florin.position(answer)
    query = {"metadata[city]": "Paris", "metadata[a/b]": "1"}
    assert [row["id"] for row in api.get("/ledger/transfers", min_position=at, **query).json()["data"]] == ["105"]
    assert api.get("/ledger/transfers", min_position=at, **{"metadata[city]": "Rome"}).json()["data"] == []


def test_given_many_ids_when_transfers_are_asked_for_then_they_come_in_one_call(service, api, history):
    query = {"min_position": history, "id": "120,999999,103,101"}
    rows = api.get("/ledger/transfers", **query).json()
    assert [row["id"] for row in rows["data"]] == ["101", "103", "120"] and rows["next"] is None
    assert rows["data"] == [api.get(f"/ledger/transfers/{row['id']}").json() for row in rows["data"]]
    assert [row["id"] for row in florin.pages(api, "/ledger/transfers", limit=1, order="desc", **query)] == ["120", "103", "101"]
    assert [row["id"] for row in florin.pages(api, "/ledger/transfers", debit_account_id=C, **query)] == ["120"]
    assert api.get("/ledger/transfers/summary", **query).json()["data"][0]["count"] == 3
    many = [str(id) for id in range(101, 201)]
    assert len(api.get("/ledger/transfers", id=",".join(many)).json()["data"]) == TRANSFERS
    answer = api.get("/ledger/transfers", id=",".join([*many, "201"]))
    assert answer.status == 400 and answer.json()["errors"][0]["parameter"] == "id", answer
    other = service.api(service.client_with(florin.ALL_SCOPES, ledgers="701"))
    assert other.get("/ledger/transfers", id="101").json()["data"] == []


def test_given_many_ids_when_transactions_are_asked_for_then_they_come_in_one_call(service, api):
    def sale(id):
        return {"id": str(id), "code": 1, "postings": [{"account_id": "80", "side": "debit", "amount": "1"},
                                                       {"account_id": "81", "side": "credit", "amount": "1"}]}

    florin.created(florin.post_accounts(api, florin.account(80), florin.account(81)))
    answer = api.post("/ledger/transactions", {"transactions": [sale(id) for id in (7_003, 7_001, 7_002)]})
    florin.created(answer)
    query = {"min_position": florin.position(answer), "id": "7001,7003,7009"}
    rows = api.get("/ledger/transactions", **query).json()["data"]
    assert [row["id"] for row in rows] == ["7003", "7001"]
    assert rows == [api.get(f"/ledger/transactions/{row['id']}").json() for row in rows]
    legs = ",".join(leg for row in rows for leg in row["transfers"])
    assert [row["transaction_id"] for row in api.get("/ledger/transfers", id=legs).json()["data"]] == ["7003", "7001"]
    other = service.api(service.client_with(florin.ALL_SCOPES, ledgers="701"))
    assert other.get("/ledger/transactions", id="7001").json()["data"] == []


def test_given_metadata_when_a_key_has_several_values_then_any_fits_and_all_keys_must(service, history):
    api, at = service.api(), None
    values = {111: {"town": "Paris", "note": ""}, 112: {"town": "Rome"}, 113: {"town": "Rome, Italy", "note": ""},
              114: {"note": ""}}
    for number, metadata in values.items():
        at = florin.position(api.patch(f"/ledger/transfers/{number}/metadata", {"metadata": metadata}))

    def found(path, query):
        answer = api.get(f"{path}?{query}&min_position={at}")
        assert answer.status == 200, answer
        return [int(row["id"]) for row in answer.json()["data"]]

    for path in ["/ledger/transfers", f"/ledger/accounts/{A}/transfers"]:
        assert found(path, "metadata[town]=Paris&metadata[town]=Rome") == [111, 112]
        assert found(path, "metadata[town]=Rome,%20Italy") == [113]  # a comma is a part of the value
        assert found(path, "metadata[note]=") == [111, 113, 114]
        assert found(path, "metadata[note]=&metadata[town]=Rome&metadata[town]=Paris&metadata[town]=Oslo") == [111]
        assert found(path, "metadata[town]=") == []


def test_given_more_transfers_than_one_page_may_look_at_when_no_index_helps_then_the_answer_names_those_that_would(service):
    book = service.server.create_book("broad")
    api = service.api(service.server.create_client(book, "broad", florin.ALL_SCOPES))
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
    for first in range(1, 30_000, 6_000):
        last = florin.post_transfers(api, *(florin.transfer(id, 1, 2, 1) for id in range(first, first + 6_000)))
    query = {"min_position": florin.position(last), "amount_min": 2, "user_data_64": 0, "user_data_32": 0, "state": "posted"}
    answer = api.get("/ledger/transfers", **query)
    assert answer.status == 422 and answer.json()["code"] == "query_too_broad", answer
    helpful = answer.json()["indexes"]
    assert "account_id" in helpful and not set(helpful) & set(query), answer
    assert all(name in answer.json()["detail"] for name in helpful)
    assert not any(name in answer.json()["detail"] for name in query)
    assert api.get("/ledger/transfers", **query, user_data_128=7).json()["data"] == []


BALANCES = {A: -sum(range(1, TRANSFERS + 1, 2)) + sum(range(2, TRANSFERS + 1, 2)),
            B: sum(range(1, TRANSFERS + 1, 2)), C: -sum(range(2, TRANSFERS + 1, 2))}  # credits less debits


@pytest.mark.parametrize("query, kept", [
    ({}, {A, B, C}),
    ({"id": f"{C},{A}"}, {A, C}),
    ({"code": 2}, {B, C}),
    ({"code": "1,2", "user_data_64": 7}, {C}),
    ({"user_data_64": 0}, {A, B}),
    ({"flags": "history,closed"}, {A}),
    ({"flags": "closed"}, set()),
    ({"side": "credit"}, {id for id, balance in BALANCES.items() if balance >= 0}),
    ({"side": "debit", "amount_min": 20}, {id for id, balance in BALANCES.items() if balance <= -20}),
    ({"amount_max": 155}, {id for id, balance in BALANCES.items() if abs(balance) <= 155}),
])
def test_given_fields_when_the_books_accounts_are_asked_for_then_what_fits_comes(api, history, query, kept):
    own = {"min_position": history, "ledger": florin.LEDGER, "id": f"{A},{B},{C}"} | query
    rows = florin.pages(api, "/ledger/accounts", limit=2, **own)
    assert [int(row["id"]) for row in rows] == sorted(kept)  # they were created in the order of their ids
    assert all(row == api.get(f"/ledger/accounts/{row['id']}").json() for row in rows)
    sums = api.get("/ledger/accounts/summary", **own).json()["data"]
    debits = sum(int(row["debits_posted"]) for row in rows)
    assert [(row["count"], int(row["debits_posted"]), row["timestamp_last"]) for row in sums] == [
        (len(rows), debits, row["timestamp"]) for row in rows[-1:]]


def test_given_metadata_and_limits_of_an_account_when_read_then_they_are_as_set(api, history):
    florin.created(florin.post_accounts(api, florin.account(70), florin.account(71)))
    assert florin.statuses(api.call("PUT", "/api/v1/ledger/accounts/70/limits", {"credit_balance_max": "5"})) == ["set"]
    answer = api.patch("/ledger/accounts/70/metadata", {"metadata": {"name": "till", "a b": "1"}})
    assert florin.statuses(answer) == ["set"], answer
    at = florin.position(answer)
    rows = api.get("/ledger/accounts", min_position=at, **{"metadata[name]": "till"}).json()["data"]
    assert [row["id"] for row in rows] == ["70"]
    shown = api.get("/ledger/accounts/70").json()
    assert shown == rows[0] and shown["metadata"] == {"a b": "1", "name": "till"}
    assert (shown["debit_balance_max"], shown["credit_balance_max"]) == (None, "5")
    assert api.get("/ledger/accounts/71").json()["metadata"] == {}
    answer = api.patch("/ledger/accounts/70/metadata", {"metadata": {"name": None}})
    assert api.get("/ledger/accounts", min_position=florin.position(answer), **{"metadata[name]": "till"}).json()["data"] == []


def test_given_accounts_of_a_ledger_when_not_granted_then_they_are_not_shown_and_cannot_be_named(service, history):
    other = service.api(service.client_with(florin.ALL_SCOPES, ledgers="701"))
    assert other.get("/ledger/accounts").json()["data"] == other.get("/ledger/accounts/summary").json()["data"] == []
    answer = other.get("/ledger/accounts", ledger=florin.LEDGER)
    assert answer.status == 403 and answer.json()["code"] == "ledger_not_granted", answer


def test_given_writes_while_a_list_is_read_then_its_pages_stay_whole(service, api, history):
    florin.created(florin.post_accounts(api, florin.account(50, flags=["history"])))
    stop = threading.Event()

    def write():
        own, number = service.api(), 50_000
        while not stop.is_set():
            number += 1
            florin.created(florin.post_transfers(own, florin.transfer(number, 50, C, 1)))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            ids = [int(row["id"]) for row in florin.pages(api, "/ledger/accounts/50/transfers", limit=3)]
            assert ids == list(range(50_001, 50_001 + len(ids)))
    finally:
        stop.set()
        writer.join()


def test_given_a_command_when_its_position_is_asked_for_then_the_answer_holds_it(api):
    florin.created(florin.post_accounts(api, florin.account(60), florin.account(61)))
    for number in range(1, 101):
        answer = florin.post_transfers(api, florin.transfer(60_000 + number, 60, 61, 1))
        row = api.get("/ledger/accounts/60", min_position=florin.position(answer)).json()
        assert row["debits_posted"] == str(number)


def test_given_a_batch_that_failed_as_a_whole_then_it_has_a_position_too(api):
    answer = florin.post_transfers(api, florin.transfer(0, 1, 2, 1))
    assert florin.statuses(answer) == ["id_must_not_be_zero"] and florin.position(answer)


def test_given_a_position_of_another_book_when_asked_for_then_400(service, api):
    book = service.server.create_book("of another")
    other = service.api(service.server.create_client(book, "other", florin.ALL_SCOPES))
    florin.created(other.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    foreign = florin.position(florin.post_accounts(other, florin.account(1)))
    answer = api.get(f"/ledger/accounts/{A}", min_position=foreign)
    assert answer.status == 400 and answer.json()["code"] == "position_invalid", answer


def test_given_the_trial_balance_when_summed_then_debits_equal_credits(api, history):
    rows = [row for row in api.get("/ledger/trial-balance", min_position=history).json()["data"]
            if row["ledger"] == florin.LEDGER]
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert sum(int(row["debits_posted"]) for row in rows) == sum(int(row["credits_posted"]) for row in rows) > 0


def test_given_ledgers_when_listed_then_they_are_as_opened(api):
    rows = api.get("/ledger/ledgers").json()["data"]
    wanted = florin.ledger(florin.LEDGER)
    assert [{field: row[field] for field in wanted} for row in rows] == [wanted]


def test_given_a_ledger_when_opened_again_then_it_exists_or_differs(api):
    again = [florin.ledger(florin.LEDGER), florin.ledger(florin.LEDGER, currency="USD"), florin.ledger(florin.LEDGER, exponent=3)]
    answers = [florin.statuses(api.post("/ledger/ledgers", {"ledgers": [item]})) for item in again]
    assert answers == [["exists"], ["exists_with_different_currency"], ["exists_with_different_exponent"]]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version", "/metrics", "/api/openapi.json", "/.well-known/jwks.json"])
def test_given_no_token_when_a_public_page_is_read_then_it_answers(service, path):
    answer = florin.Api(service.server.host, service.server.port).call("GET", path, headers={"X-Request-Id": "mine-1"})
    assert answer.status == 200 and answer.headers["X-Request-Id"] == "mine-1", answer


def test_given_an_account_with_history_when_its_balances_are_listed_then_each_transfer_left_one(api, history):
    rows = florin.pages(api, f"/ledger/accounts/{A}/balances", limit=10, min_position=history)
    assert [int(row["debits_posted"]) + int(row["credits_posted"]) for row in rows] == [
        number * (number + 1) // 2 for number in range(1, TRANSFERS + 1)]


def test_given_an_account_without_history_when_its_balances_are_listed_then_the_list_is_empty(api, history):
    answer = api.get(f"/ledger/accounts/{B}/balances", min_position=history)
    assert answer.status == 200 and answer.json() == {"data": [], "next": None, "previous": None}
