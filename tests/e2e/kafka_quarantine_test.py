"""A record on Kafka that nobody can open: `florin journal check` and every engine name it, an operator passes over it, and what stands
around it is there. It comes there as such records do: with the copy of an embedded journal in which a byte has flipped."""
import contextlib
import json

import florin
import kafka
import pytest
from cluster import wait_for
from quarantine_test import TRANSFERS, flip, pay_one_by_one, record_at

END_SECONDS_MAX = 30

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]


@pytest.fixture(name="variables")
def topics(tmp_path):
    with kafka.cluster(tmp_path / "kafka") as address:
        made = {"FLORIN_JOURNAL": "kafka", "FLORIN_KAFKA_BROKERS": address, "FLORIN_KEK": florin.KEK}
        assert florin.run("topics", "create", "--replication", 1, "--partitions", 2, **made).returncode == 0
        yield made


@pytest.fixture(name="embedded")
def stopped(tmp_path):
    """A stopped service with a damaged record that it passes over, and the record's ordinal."""
    service = florin.Service(tmp_path)
    florin.created(florin.post_accounts(service.api(), florin.account(1), florin.account(2)))
    heads = pay_one_by_one(service)
    service.server.kill()
    flip(record_at(heads[-3], service))
    service.server.cli("journal", "quarantine", heads[-3], "--reason", "a flipped bit on the disk")
    yield service, heads[-3]
    service.close()


def ran(*arguments, **variables):
    done = florin.run(*arguments, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(*arguments, **variables):
    done = florin.run(*arguments, **variables)
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_given_a_record_on_kafka_that_does_not_open_when_it_is_quarantined_then_engines_start_without_it(embedded, variables, tmp_path):
    service, broken = embedded
    backup, recovery = tmp_path / "keys.backup", tmp_path / "recovery"
    service.server.cli("keys", "backup", backup, "--recovery-key", recovery)
    brokers = {name: value for name, value in variables.items() if name != "FLORIN_KEK"}  # that of the data folder is in it
    copied = florin.run("journal", "copy", "--to", "kafka", "--data", service.server.data, **brokers)
    assert copied.returncode == 0, copied.stderr
    data = tmp_path / "on-kafka"
    restored = florin.run("keys", "restore", backup, "--recovery-key", recovery, "--data", data, **variables)
    assert restored.returncode == 0, restored.stderr

    quarantine = ("journal", "quarantine", "--data", data, "--reason")
    found = refused("journal", "check", "--data", data, **variables)
    assert f"partition 0, record {broken}: " in found and f"florin journal quarantine {broken} --reason" in found
    server = florin.Server(florin.program(), data)
    server.environment = variables
    with contextlib.suppress(florin.FlorinError):  # it may be ready before it comes to the record
        server.start()
    assert server.process.wait(END_SECONDS_MAX) != 0
    assert f"journal record {broken}" in server.log_tail()
    assert "opens; only one" in refused(*quarantine, "x", broken - 1, **variables)
    assert f"no record {10_000}" in refused(*quarantine, "x", 10_000, **variables)
    assert f"no record {broken}" in refused(*quarantine, "x", broken, "--partition", 1, **variables)

    done = ran(*quarantine, "it was flipped before it came here", broken, **variables)
    assert (done["partition"], done["record"], done["quarantined"]) == (0, broken, 1)
    assert "already" in refused(*quarantine, "again", broken, **variables)
    try:
        server.start()
        api = server.api(service.client)
        at = florin.position(florin.post_transfers(api, florin.transfer(100, 1, 2, 5)))
        rows = [api.get(f"/ledger/transfers/{id + 1}", min_position=at).status for id in range(TRANSFERS)]
        assert rows == [404 if id == TRANSFERS - 3 else 200 for id in range(TRANSFERS)]
        florin.created(florin.post_transfers(api, florin.transfer(TRANSFERS - 2, 1, 2, 5)))  # its id is free
        wait_for(lambda: all(partition["rows"] for partition in server.digest()["partitions"]), "engine of every partition")
        live = {partition["partition"]: partition["digest"] for partition in server.digest()["partitions"]}
    finally:
        server.close()
    checked = ran("journal", "check", "--data", data, **variables)["partitions"]
    assert [(partition["quarantined"], partition["whole"]) for partition in checked] == [(1, True), (0, True)]
    replayed = ran("replay", "--data", data, **variables)["partitions"]
    assert {partition["partition"]: partition["digest"] for partition in replayed} == live
    assert ran("replay", "--data", data, "--partitions", 1, **variables)["digest"] == live[1]
    assert "there is no partition 2" in refused("replay", "--data", data, "--partitions", 2, **variables)
    other = ("journal", "quarantine", "--data", tmp_path / "other", "--reason", "too late", broken)
    assert "the topic of events has its events" in refused(*other, **variables)
