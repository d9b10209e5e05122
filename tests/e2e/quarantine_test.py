"""A record of the journal that nobody can open: the server refuses to start and says what to do; an operator passes over it, and what
stands around it is there."""
import json

import florin
import pytest

pytestmark = pytest.mark.embedded

TRANSFERS = 20


def record_at(number, service):
    """The place of a record's last byte in the only segment, and the record's ordinal: frames are walked from the first."""
    segment = next((service.server.data / "journal").glob("*.segment"))
    content = segment.read_bytes()
    offset = 72
    for _ in range(number):
        offset += 64 + int.from_bytes(content[offset:offset + 4], "little")
    return segment, offset + 64 + int.from_bytes(content[offset:offset + 4], "little") - 1


def flip(place):
    segment, offset = place
    with segment.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


@pytest.fixture
def service(tmp_path):
    service = florin.Service(tmp_path)
    api = service.api()
    florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
    yield service
    service.close()


def pay_one_by_one(service):
    """A record for each transfer; returns their ordinals."""
    api, ordinals = service.api(), []
    for id in range(TRANSFERS):
        florin.created(florin.post_transfers(api, florin.transfer(id + 1, 1, 2, 5)))
        ordinals.append(json.loads(service.server.cli("digest"))["ordinal"])
    return ordinals


def refused(service, *arguments):
    with pytest.raises(florin.FlorinError) as error:
        service.server.cli(*arguments)
    return str(error.value)


def test_given_a_record_that_does_not_open_when_it_is_quarantined_then_the_server_starts_without_it(service):
    heads = pay_one_by_one(service)
    service.server.kill()  # the events of the last records are in the journal alone
    broken = heads[-3]
    place = record_at(broken, service)
    flip(place)

    with pytest.raises(florin.FlorinError):
        service.server.start()
    said = service.server.log_tail()
    assert f"record {broken} is damaged" in said and f"florin journal quarantine {broken} --reason" in said
    assert f"record {broken} is damaged" in refused(service, "journal", "check")
    assert "opens; only one" in refused(service, "journal", "quarantine", broken - 1, "--reason", "x")
    assert "has no record" in refused(service, "journal", "quarantine", 10_000, "--reason", "x")
    assert "printable" in refused(service, "journal", "quarantine", broken, "--reason", "")

    done = json.loads(service.server.cli("journal", "quarantine", broken, "--reason", "a flipped bit on the disk"))
    assert done["record"] == broken and done["quarantined"] == 1
    assert "already" in refused(service, "journal", "quarantine", broken, "--reason", "again")
    assert json.loads(service.server.cli("journal", "check")) == {"segments": 1, "records": heads[-1] + 1, "quarantined": 1, "whole": True}
    service.server.start()
    api = service.api()
    found = [api.get(f"/ledger/transfers/{id + 1}").status for id in range(TRANSFERS)]
    assert found == [404 if id == TRANSFERS - 3 else 200 for id in range(TRANSFERS)]
    assert api.get("/ledger/accounts/2").json()["credits_posted"] == str(5 * (TRANSFERS - 1))
    florin.created(florin.post_transfers(api, florin.transfer(TRANSFERS - 2, 1, 2, 5)))  # its id is free
    assert json.loads(service.server.cli("check", "--json"))["ok"] is True
    live = service.server.digest()
    assert service.server.stop() == 0
    assert service.server.replay()["digest"] == live["digest"]

    flip(place)  # mended by somebody: other bytes than those that were passed over
    assert "is in quarantine, but other bytes" in refused(service, "replay")


def test_given_a_record_whose_events_are_published_then_it_cannot_be_quarantined(service):
    florin.created(florin.post_transfers(service.api(), florin.transfer(1, 1, 2, 5)))
    head = json.loads(service.server.cli("digest"))["ordinal"]
    assert service.server.stop() == 0
    flip(record_at(head, service))
    assert "was decided" in refused(service, "journal", "quarantine", head, "--reason", "x")
    assert not (service.server.data / "journal.quarantine").exists()
