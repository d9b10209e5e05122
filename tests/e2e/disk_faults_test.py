"""Disks that fail under load: a sync or a write of the server is refused by the system from some moment on. Nothing is acknowledged
that is not there after a restart on a good disk, and nothing is there twice."""
import os
import random
import shutil

import driver
import florin
import pytest

pytestmark = pytest.mark.embedded

FAULTS = int(os.environ.get("FAULTS", "20"))
LOAD_SECONDS = (0.1, 0.5)
CALLS = ("fdatasync", "pwrite64", "fdatasync,pwrite64")
ERRORS = ("EIO", "ENOSPC")


def refusing(chance):
    """A command that runs the server and refuses its syncs or writes from one of the first hundred of a thread on."""
    calls, error = chance.choice(CALLS), chance.choice(ERRORS)
    return ["strace", "-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={calls}",
            "-e", f"inject={calls}:error={error}:when={chance.randrange(1, 100)}+"]


def met(log):
    """How many faults the server has told: of the journal, or those that ended it."""
    text = log.read_text()
    return text.count('"event":"journal_failed"') + text.count('"event":"failed"') + text.count("florin: ")


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_given_load_when_the_disk_fails_again_and_again_then_nothing_acknowledged_is_lost_or_doubled(tmp_path):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    service = florin.Service(tmp_path)
    record = driver.Record()
    driver.open_accounts(service)
    tries = 0
    try:
        while met(service.server.log) < FAULTS:
            tries += 1
            assert tries < 5 * FAULTS
            service.server.kill()
            service.server.wrapper = refusing(chance)
            try:
                service.server.start()
                driver.load(service, record, f"{seed}-{tries}", chance.uniform(*LOAD_SECONDS))
            except florin.FlorinError:
                assert not service.server.running()  # it met the fault while it started
            service.server.wrapper = []
            service.server.start()
        driver.check_all(service, record)
        print(f"{met(service.server.log)} faults met in {tries} tries, {len(record.transfers())} transfers acknowledged")
    finally:
        service.close()
