"""`florin journal copy` on a real broker: an embedded journal goes to Kafka and back with the same records, stamps, events and state,
also when it is killed on the way; and what it refuses."""
import json
import re
import shutil
import signal
import struct
import subprocess

import florin
import kafka
import pytest

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]

CALLS = 1_500  # a record each
SEGMENT_HEADER_BYTES, FRAME_HEADER_BYTES = 72, 64  # docs/formats/journal_segments.md
KILL_AFTER_LINES = (1, 4, 2)  # of progress; each stands for a tenth of what is left


@pytest.fixture(scope="module", name="broker")
def plain_broker(tmp_path_factory):
    with kafka.cluster(tmp_path_factory.mktemp("kafka") / "cluster") as address:
        yield {"FLORIN_KAFKA_BROKERS": address}


@pytest.fixture(scope="module", name="data")
def stopped_data(tmp_path_factory):
    """The data folder of a server that was busy and is stopped."""
    folder = tmp_path_factory.mktemp("embedded")
    service = florin.Service(folder, options=["--segment-mib", "1"])
    florin.post_some(service, 50)
    api = service.api()
    for number in range(CALLS):
        flags = {"flags": ["pending"], "timeout": 1} if number % 100 == 0 else {}
        florin.created(florin.post_transfers(api, florin.transfer(1_000 + number, 1, 2, 5, **flags)))
    api.close()
    assert service.server.stop() == 0
    return service.server.data


@pytest.fixture(name="topics")
def new_topics(broker, request):
    """The variables of topics of the test's own."""
    prefix = re.sub("[^a-z]", "-", request.node.name)[:150]
    variables = broker | {"FLORIN_TOPIC_PREFIX": prefix}
    made = florin.run("topics", "create", "--replication", 1, "--partitions", 1, **variables)
    assert made.returncode == 0, made.stderr
    return variables


def copy(direction, data, variables):
    return florin.run("journal", "copy", direction, "kafka", "--data", data, "--segment-mib", 1, **variables)


def copied(direction, data, variables):
    done = copy(direction, data, variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def copy_and_kill(direction, data, variables, lines):
    """Kills it when it has printed so many lines of its progress."""
    command = [florin.program(), "journal", "copy", direction, "kafka", "--data", data, "--segment-mib", "1"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env=florin.clean_environment() | variables) as process:
        seen = 0
        for text in process.stderr:
            seen += text.startswith("copying")
            if seen == lines:
                process.kill()
        assert process.wait() == -signal.SIGKILL, "it was done before it was killed"


def records(data):
    """(ordinal, stamp, sealed bytes) of every record, read from the segments as docs/formats says."""
    found = []
    for path in sorted((data / "journal").glob("*.segment")):
        content, at = path.read_bytes(), SEGMENT_HEADER_BYTES
        while at + FRAME_HEADER_BYTES <= len(content):
            length, _, ordinal, stamp = struct.unpack_from("<IIQQ", content, at)
            if length == 0:
                break
            at += FRAME_HEADER_BYTES + length
            found.append((ordinal, stamp, content[at - length:at]))
    return found


def with_other_journal(data, folder):
    """A copy of a data folder without its journal: the engine's events stay, and a replay compares with them."""
    shutil.copytree(data, folder, ignore=shutil.ignore_patterns("journal", "admin.sock"))
    return folder


def cli(command, data):
    done = florin.run(*command.split(), "--data", data)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_same(data, back):
    assert records(back) == records(data)
    assert cli("journal check", back)["records"] == cli("journal check", data)["records"]
    replayed = cli("replay", data)
    assert replayed["event_records_compared"] > CALLS
    assert cli("replay", back) == replayed


def test_given_an_embedded_journal_when_copied_to_kafka_and_back_then_records_events_and_state_are_the_same(data, topics, tmp_path):
    count = len(records(data))
    assert count > CALLS
    there = copied("--to", data, topics)
    assert (there["records"], there["already_there"]) == (count, 0)
    assert there["needed_as_well"] == [str(data / "keys")]
    back = with_other_journal(data, tmp_path / "back")
    assert copied("--from", back, topics)["records"] == count
    check_same(data, back)
    # Nothing is left to do either way, which a second run finds by comparing every record.
    assert copied("--to", data, topics)["already_there"] == count
    assert copied("--from", back, topics)["already_there"] == count
    # With its keys alone, the copy is the same book.
    fresh = tmp_path / "fresh"
    fresh.mkdir(mode=0o700)
    shutil.copytree(data / "keys", fresh / "keys")
    copied("--from", fresh, topics)
    replayed, original = cli("replay", fresh), cli("replay", data)
    assert {**replayed, "event_records_compared": None} == {**original, "event_records_compared": None}


def test_given_a_copy_that_is_killed_again_and_again_when_run_again_then_the_result_is_the_same(data, topics, tmp_path):
    back = with_other_journal(data, tmp_path / "back")
    for direction, folder in (("--to", data), ("--from", back)):
        for lines in KILL_AFTER_LINES:
            copy_and_kill(direction, folder, topics, lines)
        rest = copied(direction, folder, topics)
        assert 0 < rest["already_there"] < rest["records"] == len(records(data))
    check_same(data, back)


def test_given_a_journal_that_is_another_one_when_copied_into_then_it_is_refused_and_stays(data, topics, tmp_path):
    copied("--to", data, topics)
    other = florin.Service(tmp_path)
    florin.post_some(other, 3)
    running = copy("--to", other.server.data, topics)
    assert running.returncode == 1 and "is open in another process" in running.stderr
    assert other.server.stop() == 0
    for direction in ("--to", "--from"):
        refused = copy(direction, other.server.data, topics)
        assert refused.returncode == 1
        assert "goes only into an empty journal" in refused.stderr
    assert copied("--to", data, topics)["already_there"] == len(records(data))
    assert cli("replay", other.server.data)["equal"]


def test_given_wrong_options_or_no_journal_or_no_topic_when_copied_then_the_error_says_so(topics, broker, data, tmp_path):
    for options in ([], ["--to", "disk"], ["--to", "kafka", "--from", "kafka"]):
        wrong = florin.run("journal", "copy", *options, "--data", data, **topics)
        assert wrong.returncode == 1 and "--from kafka" in wrong.stderr
    nothing = copy("--to", tmp_path / "nothing", topics)
    assert nothing.returncode == 1 and "there is no journal in" in nothing.stderr
    assert not (tmp_path / "nothing").exists()
    no_topic = copy("--to", data, broker | {"FLORIN_TOPIC_PREFIX": "never-made"})
    assert no_topic.returncode == 1 and "florin topics create" in no_topic.stderr
