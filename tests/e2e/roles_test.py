"""Gateways, engines and projectors as processes of their own on a real broker: who answers what, who takes over, and what a caller
sees meanwhile."""
import json
import random
import threading
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


def published(engine):
    """For each partition whether this engine publishes it."""
    return [partition["engine_publishes"] for partition in json.loads(engine.cli("projections", "status"))["partitions"]]


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
        assert bank.publisher().metrics()["florin_engine_publisher_changes"] > 0
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
    bank.engines[0].cli("engine", "snapshot", bank.folder / "engine-4")
    for number in (3, 4):
        engine = bank.process("engine", number)
        bank.engines.append(engine)
        engine.start()
    assert len(set(bank.digests())) == 1


def test_given_four_partitions_then_each_book_lives_in_one_and_engines_and_projectors_share_them(tmp_path, brokers):
    cluster = Cluster(tmp_path, brokers, prefix="four", partitions=4)
    for projector, share in zip(cluster.projectors, ("0,1", "2,3")):
        projector.options += ["--partitions", share]
    with cluster as bank:
        books = [bank.book] + [bank.server.create_book(f"book {number}") for number in range(2, 6)]
        assert books == [1, 2, 3, 4, 5]
        for book in books:
            client = bank.server.create_client(book, "client", florin.ALL_SCOPES)
            apis = [gateway.api(client) for gateway in bank.gateways]
            if book != bank.book:
                florin.created(apis[0].post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
            florin.created(florin.post_accounts(apis[1], florin.account(1), florin.account(2)))
            position = florin.position(florin.post_transfers(apis[0], florin.transfer(1, 1, 2, 10 + book)))
            for api in apis:
                assert api.get("/ledger/accounts/2", min_position=position).json()["credits_posted"] == str(10 + book)
        status = json.loads(bank.gateways[0].cli("projections", "status"))
        heads = {partition["partition"]: partition["journal_head"] for partition in status["partitions"]}
        assert len(heads) == 4 and min(heads.values()) > 5, "every partition has work of its own"

        def shared():
            for book in books:  # who publishes shows when there is something to publish
                bank.server.create_client(book, "another", florin.ALL_SCOPES)
            return [published(engine) for engine in bank.engines] == [[True, False, True, False], [False, True, False, True]]

        wait_for(shared, "fair share for both engines")
        assert len(set(bank.digests())) == 1


def test_given_all_roles_in_one_process_on_four_partitions_then_a_check_is_of_every_one(tmp_path, brokers):
    variables = {"FLORIN_JOURNAL": "kafka", "FLORIN_KAFKA_BROKERS": brokers, "FLORIN_KEK": florin.KEK, "FLORIN_TOPIC_PREFIX": "whole"}
    assert florin.run("topics", "create", "--replication", 1, **variables).returncode == 0
    server = florin.Server(florin.program(), tmp_path / "data")
    server.environment = variables
    try:
        server.start()
        for book in range(1, 6):
            server.create_book(f"book {book}")
        text = server.cli("check")
        assert text.count("state digest") == 4 and "broken" not in text
        assert json.loads(server.cli("check", "--json"))["ok"] is True
        wait_for(lambda: florin.run("status", **variables).stdout.count(", publishes") == 4, "report of every partition")
    finally:
        server.close()


def test_given_a_book_that_was_placed_when_created_again_there_then_the_rest_is_done_and_elsewhere_it_is_refused(tmp_path, brokers):
    with Cluster(tmp_path, brokers, prefix="placed", partitions=2) as bank:
        assert bank.server.cli("book", "create", "--name", "there", "--id", 9, "--partition", 1) == "book 9"
        for partition in (0, 1):
            with pytest.raises(florin.FlorinError, match="exists"):
                bank.server.cli("book", "create", "--name", "again", "--id", 9, "--partition", partition)
        with pytest.raises(florin.FlorinError, match="0 to 1"):
            bank.server.cli("book", "create", "--name", "nowhere", "--partition", 2)


def test_given_processes_of_every_role_then_status_shows_each_and_who_publishes(bank):
    florin.created(pay(bank.api(), 1))
    publisher = bank.publisher()

    def shown():
        processes = json.loads(bank.cli("status", "--json"))
        roles = sorted(((process["role"], process["partitions"][0].get("engine_publishes")) for process in processes), key=str)
        return roles == [("engine", False), ("engine", True), ("gateway", None), ("gateway", None), ("projector", None), ("projector", None)]

    wait_for(shown, "report of every process")
    text = bank.cli("status")
    assert text.startswith("partition 0: ") and text.count("publishes") == 1 and text.count("stands by") == 1
    assert f"at {publisher.host}:{publisher.port}, publishes" in text
    bank.projectors[0].kill()
    wait_for(lambda: bank.cli("status").count("projector") == 1, "end of what a process that is gone has said")


def test_given_load_when_keys_are_rotated_then_every_process_uses_them_and_no_call_fails(bank):
    wrong, end = [], threading.Event()

    def load(gateway):
        api, number = bank.api(gateway), 0
        while not end.is_set():
            number += 1
            answer = florin.post_transfers(api, florin.transfer(random.getrandbits(100) + 1, 1, 2, 1), **{"Idempotency-Key": f'"{gateway.port}-{number}"'})
            read = api.get("/ledger/accounts/2", min_position=florin.position(answer)) if answer.status == 200 else answer
            if (answer.status, read.status) != (200, 200):
                wrong.append((answer, read))
                return

    callers = [threading.Thread(target=load, args=(gateway,)) for gateway in bank.gateways]
    for caller in callers:
        caller.start()
    for purpose in ("data", "storage", "token_signing", "fingerprint", "operator_signing"):
        bank.server.cli("keys", "rotate", "--purpose", purpose)
        for gateway in bank.gateways:  # a token of one gateway is good at the other, under the new key as well
            token = bank.api(gateway).token
            for other in bank.gateways:
                api = other.api()
                api.token = token
                assert api.get("/ledger/accounts/2").status == 200
    end.set()
    for caller in callers:
        caller.join()
    assert not wrong, wrong[:2]
    for process in bank.all():
        assert process.metrics()["florin_keys"] == 10, "two of each purpose"
    assert bank.replay()["equal"] is True and len(set(bank.digests())) == 1


def test_given_gateways_that_are_killed_then_the_others_go_on_and_a_call_sent_again_gets_the_first_answer(bank):
    first, second = bank.gateways
    api = bank.api(first)
    answer = pay(api, 1)
    first.kill()
    assert florin.statuses(pay(bank.api(second), 1)) == ["exists"]
    first.start()
    again = pay(bank.api(first), 1)
    assert again.json()["results"][0]["timestamp"] == answer.json()["results"][0]["timestamp"]
