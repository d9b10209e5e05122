"""Nothing is in plain text on Kafka: a busy server keeps its journal and its events there, over TLS, and every record of them is read
by a plain consumer."""
import canaries
import florin
import kafka
import plain_consumer
import pytest

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]

TOPICS = ("bank.journal", "bank.events", "bank.keyring", "bank.processes")
RANK_BYTES = 4


def test_given_a_busy_book_on_kafka_when_every_record_is_read_then_nothing_that_was_said_is_there(tmp_path):
    with kafka.secured(tmp_path / "kafka") as secured:
        variables = secured | {"FLORIN_TOPIC_PREFIX": "bank", "FLORIN_JOURNAL": "kafka", "FLORIN_KEK": florin.KEK}
        created = florin.run("topics", "create", "--replication", 1, "--partitions", 1, **variables)
        assert created.returncode == 0, created.stderr
        service = florin.Service(tmp_path, environment=variables)
        try:
            client = canaries.say_all(service)
            assert service.server.stop() == 0
        finally:
            service.close()
        assert canaries.found_in_topics(variables, TOPICS) == []
        log = service.server.log.read_text()
        assert [secret for secret in (client["client_secret"], secured["FLORIN_KAFKA_PASSWORD"]) if secret in log] == []
        journal, events, keys = (plain_consumer.read_topic(variables, topic) for topic in TOPICS[:3])
        assert len(keys) >= 5, "a key of each purpose"
        assert len(journal) > canaries.CALLS and len(events) > canaries.CALLS, "there was next to nothing to search"
        assert {(record.key, tuple(record.headers)) for record in journal} == {(None, ())}
        assert {(record.key, *(name for name, _ in record.headers)) for record in events} == {(None, b"rank")}
        assert {len(value) for record in events for _, value in record.headers} == {RANK_BYTES}


def test_given_what_was_said_in_any_part_of_a_record_then_the_search_finds_it():
    said = canaries.VALUE.encode()
    for record in (plain_consumer.Record(0, said, b"x", []), plain_consumer.Record(0, None, b"x" + said, []),
                   plain_consumer.Record(0, None, b"x", [(b"h", said)]), plain_consumer.Record(0, None, None, [(said, None)])):
        assert canaries.found_in_record(record) == [canaries.VALUE]
