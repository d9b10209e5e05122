"""Gateways, engines and projectors as processes of their own on a real broker: who answers what, who takes over, and what a caller
sees meanwhile."""
import time

import florin
import kafka
import pytest
from cluster import Cluster, wait_for

TAKE_OVER_SECONDS_MAX = 5
HAND_OVER_SECONDS_MAX = 1
PAUSE_SECONDS = 30

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]


@pytest.fixture(scope="module", name="brokers")
def own_broker(tmp_path_factory):
    with kafka.cluster(tmp_path_factory.mktemp("kafka") / "cluster") as address:
        yield address


@pytest.fixture(name="bank")
def own_cluster(tmp_path, brokers):
    with Cluster(tmp_path, brokers, prefix=f"bank{tmp_path.name[-12:]}") as running:
        florin.created(florin.post_accounts(running.api(), *(florin.account(id, flags=["history"]) for id in (1, 2))))
        yield running


def pay(api, number):
    return florin.post_transfers(api, florin.transfer(number, 1, 2, 1))


def test_given_two_gateways_then_each_answers_its_callers_and_reads_what_the_other_wrote(bank):
    first, second = (bank.api(gateway) for gateway in bank.gateways)
    for number in range(1, 21):
        writer, reader = (first, second) if number % 2 else (second, first)
        answer = pay(writer, number)
        florin.created(answer)
        balance = reader.get("/ledger/accounts/2", min_position=florin.position(answer))
        assert (balance.status, balance.json()["credits_posted"]) == (200, str(number))
    assert len(set(bank.digests())) == 1


def test_given_a_position_beyond_the_head_then_every_gateway_refuses_it(bank):
    api = bank.api()
    position = florin.position(pay(api, 1))
    other = bank.server.create_book("another")
    client = bank.server.create_client(other, "stranger", florin.ALL_SCOPES)
    stranger = bank.server.api(client)
    assert stranger.get("/ledger/ledgers", min_position=position).status == 400


def test_given_an_engine_that_is_killed_then_the_other_takes_over_and_no_caller_is_refused(bank):
    api = bank.api()
    florin.created(pay(api, 1))
    for number in (2, 3):
        publisher = bank.publisher()
        publisher.kill()
        began = time.monotonic()
        florin.created(pay(api, number))
        assert time.monotonic() - began < TAKE_OVER_SECONDS_MAX
        publisher.start()
    assert len(set(bank.digests())) == 1


def test_given_an_engine_that_is_told_to_end_then_the_other_takes_over_within_a_second(bank):
    api = bank.api()
    florin.created(pay(api, 1))
    publisher = bank.publisher()
    assert publisher.stop() == 0
    began = time.monotonic()
    florin.created(pay(api, 2))
    assert time.monotonic() - began < HAND_OVER_SECONDS_MAX


def test_given_an_engine_that_stands_still_for_half_a_minute_then_it_does_no_harm(bank):
    api = bank.api()
    florin.created(pay(api, 1))
    zombie = bank.publisher()
    zombie.pause()
    end, number = time.monotonic() + PAUSE_SECONDS, 1
    while time.monotonic() < end:
        number += 1
        florin.created(pay(api, number))
        time.sleep(0.2)
    zombie.go_on()
    for _ in range(20):
        number += 1
        florin.created(pay(api, number))
    assert len(set(bank.digests())) == 1
    assert bank.replay()["digest"] == bank.digests()[0]


def test_given_projectors_that_are_killed_then_queries_wait_for_another_and_are_refused_when_there_is_none(bank):
    api = bank.api()
    position = florin.position(pay(api, 1))
    bank.projectors[0].kill()
    assert api.get("/ledger/accounts/2", min_position=position).json()["credits_posted"] == "1"
    bank.projectors[1].kill()
    refused = api.get("/ledger/accounts/2", min_position=position)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    florin.created(pay(api, 2))  # commands need no projector
    bank.projectors[1].start()
    assert api.get("/ledger/accounts/2", min_position=position).status == 200


def test_given_a_new_engine_then_it_starts_from_nothing_or_from_a_snapshot_and_has_the_same_digest(bank):
    for number in range(1, 51):
        florin.created(pay(bank.api(), number))
    wait_for(lambda: len(set(bank.digests())) == 1, "equal digest")
    snapshot = bank.engines[0].data.parent / "engine-4" / "engine"
    snapshot.parent.mkdir()
    bank.engines[0].cli("engine", "snapshot", snapshot)
    for number in (3, 4):
        engine = bank.process("engine", number)
        bank.engines.append(engine)
        engine.start()
    assert len(set(bank.digests())) == 1


def test_given_gateways_that_are_killed_then_the_others_go_on_and_a_call_sent_again_gets_the_first_answer(bank):
    first, second = bank.gateways
    api = bank.api(first)
    answer = pay(api, 1)
    first.kill()
    assert florin.statuses(pay(bank.api(second), 1)) == ["exists"]
    first.start()
    again = pay(bank.api(first), 1)
    assert again.json()["results"][0]["timestamp"] == answer.json()["results"][0]["timestamp"]
