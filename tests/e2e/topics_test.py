"""`florin topics create` on a real broker: what it makes, what it keeps, and what it refuses; and how it proves who it is."""
import json
import subprocess
import sys
import time

import florin
import kafka
import pytest

REFUSED_SECONDS_MAX = 10  # of the 15 that brokers have for an answer; about 1.5 on a machine that has nothing else to do

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]


@pytest.fixture(scope="module", name="brokers")
def own_broker(tmp_path_factory):
    with kafka.cluster(tmp_path_factory.mktemp("kafka") / "cluster") as address:
        yield address


@pytest.fixture(scope="module", name="secured")
def secured_broker(tmp_path_factory):
    with kafka.secured(tmp_path_factory.mktemp("kafka") / "secured") as variables:
        yield variables


def alter(brokers, topic, setting, value):
    """As an operator changes a topic, by Kafka's own tool."""
    jars = subprocess.run([sys.executable, "-c", "import cluster; print(cluster.class_path())"], cwd=kafka.CLUSTER, capture_output=True,
                          text=True, check=True).stdout.strip()
    subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", jars, "kafka.admin.ConfigCommand", "--bootstrap-server", brokers, "--alter",
                    "--entity-type", "topics", "--entity-name", topic, "--add-config", f"{setting}={value}"],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)


def create(brokers, *options):
    return florin.run("topics", "create", "--kafka-brokers", brokers, *options)


def test_given_no_topics_when_created_twice_then_the_second_time_all_are_there_already(brokers):
    names = [f"bank.{kind}" for kind in ("journal", "events", "processes", "keyring")]
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
    assert "small.journal has partitions 4, and must have 2" in other.stderr
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


def test_given_tls_and_a_password_when_created_then_the_topics_are_made(secured):
    made = florin.run("topics", "create", "--replication", 1, **secured)
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["created"]) == 4


@pytest.mark.parametrize("wrong, said", [
    ({"FLORIN_KAFKA_PASSWORD": "a guess"}, "FLORIN_KAFKA_PASSWORD"),
    ({"FLORIN_KAFKA_CERT": "", "FLORIN_KAFKA_KEY": ""}, "kafka-cert"),
    ({"FLORIN_KAFKA_CA": "/etc/ssl/certs/ca-certificates.crt"}, "kafka-ca"),
    ({"FLORIN_KAFKA_" + name: "" for name in ("CA", "CERT", "KEY", "USER", "PASSWORD")}, "kafka-ca"),
])
def test_given_wrong_credentials_when_created_then_the_setting_is_named_at_once_and_no_secret_is(secured, wrong, said):
    started = time.monotonic()
    refused = florin.run("topics", "create", "--replication", 1, **secured | wrong)
    assert refused.returncode == 1
    assert time.monotonic() - started < REFUSED_SECONDS_MAX
    error = refused.stderr.splitlines()[-1]
    assert "a Kafka broker refuses this client" in error and said in error and secured["FLORIN_KAFKA_BROKERS"] in error
    assert secured["FLORIN_KAFKA_PASSWORD"] not in refused.stderr and "a guess" not in refused.stderr


def test_given_a_password_without_an_authority_when_created_then_it_is_not_sent(secured):
    refused = florin.run("topics", "create", **secured | {"FLORIN_KAFKA_CA": ""})
    assert refused.returncode == 1
    assert "kafka-ca is missing" in refused.stderr


def test_given_a_topic_that_would_lose_records_when_a_process_starts_then_it_refuses_and_names_the_setting(brokers, tmp_path):
    variables = {"FLORIN_KAFKA_BROKERS": brokers, "FLORIN_TOPIC_PREFIX": "lossy", "FLORIN_KEK": florin.KEK}
    assert florin.run("topics", "create", "--replication", 1, "--topic-prefix", "lossy", **variables).returncode == 0
    alter(brokers, "lossy.events", "retention.ms", "60000")
    for role in ("engine", "gateway", "projector"):
        refused = florin.run(role, "--data", tmp_path / role, "--listen", f"127.0.0.1:{florin.free_port()}", **variables)
        assert refused.returncode != 0 and "lossy.events has retention.ms 60000" in refused.stderr
