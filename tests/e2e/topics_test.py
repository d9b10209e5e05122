"""`florin topics create` on a real broker: what it makes, what it keeps, and what it refuses."""
import json

import florin
import kafka
import pytest

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]


@pytest.fixture(scope="module", name="brokers")
def own_broker(tmp_path_factory):
    with kafka.cluster(tmp_path_factory.mktemp("kafka") / "cluster") as address:
        yield address


def create(brokers, *options):
    return florin.run("topics", "create", "--kafka-brokers", brokers, *options)


def test_given_no_topics_when_created_twice_then_the_second_time_all_are_there_already(brokers):
    names = [f"bank.{kind}" for kind in ("journal", "events", "keyring")]
    options = ("--topic-prefix", "bank", "--replication", 1, "--partitions", 3)
    first = create(brokers, *options)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == {"created": names, "already_there": []}
    second = create(brokers, *options)
    assert json.loads(second.stdout) == {"created": [], "already_there": names}


def test_given_a_topic_with_other_settings_when_created_then_the_setting_is_named_and_nothing_is_made(brokers):
    assert create(brokers, "--topic-prefix", "small", "--replication", 1).returncode == 0
    other = create(brokers, "--topic-prefix", "small", "--replication", 1, "--partitions", 2)
    assert other.returncode == 1
    assert "small.journal has partitions 1, and must have 2" in other.stderr
    weak = create(brokers, "--topic-prefix", "small", "--replication", 3)
    assert weak.returncode == 1
    assert "small.journal has replicas 1, and must have 3 or more" in weak.stderr


def test_given_more_replicas_than_brokers_when_created_then_the_brokers_reason_is_told(brokers):
    refused = create(brokers, "--topic-prefix", "large", "--replication", 3)
    assert refused.returncode == 1
    assert "large.journal" in refused.stderr and "eplication" in refused.stderr


def test_given_no_brokers_or_none_that_answer_when_created_then_the_error_says_so(brokers):
    assert brokers
    unnamed = florin.run("topics", "create")
    assert unnamed.returncode == 1 and "--kafka-brokers" in unnamed.stderr
    wrong = florin.run("topics", "create", "--kafka-brokers", "nobody")
    assert wrong.returncode == 2 and "HOST:PORT" in wrong.stderr
    silent = create("127.0.0.1:1")
    assert silent.returncode == 1 and "127.0.0.1:1" in silent.stderr
