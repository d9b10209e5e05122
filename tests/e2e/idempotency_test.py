"""Items are idempotent by their id, and a call by its Idempotency-Key: the first answer, byte for byte, one effect."""
import itertools
import threading

import florin
import pytest

ids = itertools.count(10_000)
RECORDS = "application/vnd.florin.ledger"


@pytest.fixture(scope="module", autouse=True)
def accounts(service):
    florin.created(florin.post_accounts(service.api(), florin.account(1), florin.account(2)))


def debits(api, account, after):
    return int(api.get(f"/ledger/accounts/{account}", min_position=florin.position(after)).json()["debits_posted"])


def test_given_a_created_transfer_when_posted_again_then_it_exists_with_the_first_timestamp(api):
    item = florin.transfer(next(ids), 1, 2, 5)
    first = florin.post_transfers(api, item)
    again = florin.post_transfers(api, item)
    assert florin.statuses(first) == ["created"] and florin.statuses(again) == ["exists"]
    assert first.json()["results"][0]["timestamp"] == again.json()["results"][0]["timestamp"]


def test_given_a_created_transfer_when_posted_with_another_amount_then_the_difference_is_named(api):
    number = next(ids)
    florin.created(florin.post_transfers(api, florin.transfer(number, 1, 2, 5)))
    assert florin.statuses(florin.post_transfers(api, florin.transfer(number, 1, 2, 6))) == ["exists_with_different_amount"]


def test_given_a_transfer_that_failed_for_now_when_posted_again_then_its_id_is_burnt(api):
    item = florin.transfer(next(ids), 1, 999_999, 5)
    assert florin.statuses(florin.post_transfers(api, item)) == ["credit_account_not_found"]
    assert florin.statuses(florin.post_transfers(api, item)) == ["id_already_failed"]


@pytest.mark.parametrize("key", ['"quoted-{}"', "bare-{}"])
def test_given_a_key_when_the_call_is_repeated_then_the_answer_is_the_first_one(api, key):
    number = next(ids)
    headers = {"Idempotency-Key": key.format(number)}
    first = florin.post_transfers(api, florin.transfer(number, 1, 2, 7), **headers)
    again = florin.post_transfers(api, florin.transfer(number, 1, 2, 7), **headers)
    assert florin.statuses(first) == ["created"]
    assert again.body == first.body and again.status == first.status
    assert florin.position(again) == florin.position(first)


def replayed(answer):
    return answer.headers["Idempotency-Replayed"]


@pytest.mark.parametrize("records", [False, True], ids=["json", "records"])
def test_given_a_key_when_the_call_is_repeated_then_only_the_repetition_is_marked(api, records):
    number = next(ids)

    def call(amount):
        headers = {"Idempotency-Key": f'"marked-{number}"'}
        if records:  # one that is refused, but for its own sake: an answer like any other
            return api.post("/ledger/transfers", bytes([amount]) + bytes(127), {"Content-Type": RECORDS, **headers})
        return florin.post_transfers(api, florin.transfer(number, 1, 2, amount), **headers)

    first, again, other = call(7), call(7), call(8)
    assert (first.status, again.status, other.status) == (200, 200, 422)
    assert again.body == first.body
    assert (replayed(first), replayed(again), replayed(other)) == (None, "true", None)


def test_given_a_key_when_it_comes_with_another_body_then_422_and_no_effect(api):
    number = next(ids)
    headers = {"Idempotency-Key": f'"other-{number}"'}
    first = florin.post_transfers(api, florin.transfer(number, 1, 2, 7), **headers)
    before = debits(api, 1, first)
    answer = florin.post_transfers(api, florin.transfer(next(ids), 1, 2, 7), **headers)
    assert answer.status == 422 and answer.json()["code"] == "idempotency_key_reused", answer
    assert debits(api, 1, florin.post_accounts(api, florin.account(1))) == before


def test_given_a_key_of_another_client_when_used_then_it_is_a_key_of_its_own(service, api):
    number = next(ids)
    headers = {"Idempotency-Key": f'"shared-{number}"'}
    other = service.api(service.client_with("ledger:read ledger:write"))
    florin.created(florin.post_transfers(api, florin.transfer(number, 1, 2, 7), **headers))
    florin.created(florin.post_transfers(other, florin.transfer(next(ids), 1, 2, 7), **headers))


@pytest.mark.parametrize("key", ["", '"', '"a" "b"', '"' + "x" * 256 + '"', "a b"])
def test_given_a_key_that_is_not_well_formed_when_called_then_400(api, key):
    answer = florin.post_transfers(api, florin.transfer(next(ids), 1, 2, 7), **{"Idempotency-Key": key})
    assert answer.status == 400 and answer.json()["code"] == "idempotency_key_invalid", answer


def test_given_one_key_when_called_by_many_at_once_then_all_get_one_answer_and_there_is_one_effect(service, api):
    number = next(ids)
    before = debits(api, 1, florin.post_accounts(api, florin.account(1)))
    answers, start = [], threading.Barrier(8)

    def call():
        own = service.api()
        start.wait()
        answers.append(florin.post_transfers(own, florin.transfer(number, 1, 2, 11), **{"Idempotency-Key": f'"many-{number}"'}))

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(answers) == 8
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert florin.statuses(answers[0]) == ["created"]
    assert debits(api, 1, answers[0]) == before + 11
