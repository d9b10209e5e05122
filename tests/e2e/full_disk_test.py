"""A disk that is full under load, with space kept in reserve and without: nothing acknowledged is lost, queries go on, it ends
cleanly, and all goes on when there is room again."""
import os
import random
import time

import driver
import florin
import pytest
from small_disk import SmallDisk

pytestmark = pytest.mark.embedded

FULLS = int(os.environ.get("FULLS", "1"))  # rounds of each kind
DISK_MIB = 96
RESERVE_MIB = 16
# Small files, so that a few megabytes are many of them; the journal needs a new one soon.
SIZES = {"FLORIN_SEGMENT_MIB": "1", "FLORIN_MEMTABLE_MIB": "8"}
LEFT_BYTES = (1 << 20, 4 << 20)  # for the load before nothing is left
LOAD_SECONDS = 0.4
WAIT_SECONDS_MAX = 60
STILL_SECONDS = 0.5


@pytest.fixture
def disk(tmp_path):
    small = SmallDisk(tmp_path, DISK_MIB)
    if small.kind is None:
        pytest.skip(small.reason)
    print(f"the small disk is a {small.kind}")
    yield small
    small.close()


def start(disk, reserve_mib):
    service = florin.Service(disk.mounted, ["--disk-reserve-mib", str(reserve_mib)], SIZES)
    driver.open_accounts(service)
    return service


def callers(service, record, seed):
    made = [driver.Caller(service, record, f"{seed}-{number}") for number in range(driver.CALLERS)]
    for caller in made:
        caller.start()
    return made


def wait_for(condition, what):
    end = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)


def test_given_a_reserve_when_the_disk_is_full_then_commands_are_refused_until_there_is_room(disk):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    service, record = start(disk, RESERVE_MIB), driver.Record()
    api = service.api()
    said = lambda event: service.server.log.read_text().count(f'"event":"{event}"')  # noqa: E731
    try:
        for round in range(FULLS):
            running = callers(service, record, f"{seed}-{round}")
            disk.fill_but((RESERVE_MIB << 20) + chance.randrange(*LEFT_BYTES))
            wait_for(lambda: said("disk_full") == round + 1, "the refusal of commands")
            assert api.get("/ledger/accounts/1").status == 200
            known = len(record.acknowledged)
            disk.release()
            wait_for(lambda: said("disk_has_room") == round + 1, "the end of the refusal")
            wait_for(lambda: len(record.acknowledged) > known + driver.CALLERS, "a command that is taken again")
            service.server.kill()
            for caller in running:
                caller.join()
            assert said("journal_failed") == said("failed") == 0, "the reserve is to keep the disk from being full"
            service.server.start()
            api = service.api()
        driver.check_all(service, record)
        print(f"{FULLS} times full with a reserve, {len(record.transfers())} transfers acknowledged")
    finally:
        service.close()


def answers_queries(service):
    try:
        if service.api().get("/ledger/accounts/1").status == 200:
            return True
    except (florin.FlorinError, florin.Unreachable):
        pass
    time.sleep(STILL_SECONDS)  # where a store has failed, the server is about to end
    return False


def stands_still(record):
    """No command is taken any more."""
    known = len(record.acknowledged)
    time.sleep(STILL_SECONDS)
    return len(record.acknowledged) == known


def test_given_no_reserve_when_the_disk_is_full_then_nothing_acknowledged_is_lost_and_with_room_it_goes_on(disk):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    service, record = start(disk, 0), driver.Record()
    server = service.server
    ends = {"went on with room": 0, "stopped while full": 0, "ended by a store": 0}
    try:
        for round in range(FULLS):
            begin = server.log.stat().st_size
            told = lambda event: f'"event":"{event}"' in server.log.read_text()[begin:]  # noqa: E731, B023
            running = callers(service, record, f"{seed}-{round}")
            time.sleep(LOAD_SECONDS)
            disk.fill_but(chance.randrange(*LEFT_BYTES))
            # The journal meets it, refuses, and queries are answered; or a store does, and ends the server.
            wait_for(lambda: not server.running() or stands_still(record), "the end of commands")
            if not server.running():
                ends["ended by a store"] += 1
                assert told("failed"), server.log_tail()
            else:
                assert answers_queries(service) or not server.running(), server.log_tail()
                if not server.running():
                    ends["ended by a store"] += 1
                elif chance.random() < 0.5 and not told("journal_failed"):
                    ends["went on with room"] += 1
                    disk.release()
                    wait_for(lambda: not stands_still(record), "a command that is taken again")
                    server.kill()
                else:
                    ends["stopped while full"] += 1
                    assert server.stop() == 0 or told("failed"), server.log_tail()
            for caller in running:
                caller.join()
            disk.release()
            server.start()
        driver.check_all(service, record)
        print(f"{FULLS} times full without a reserve: {ends}, {len(record.transfers())} transfers acknowledged")
    finally:
        service.close()
