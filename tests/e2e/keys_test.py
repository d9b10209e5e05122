"""Keys: rotation under load and under kill -9, backup and restore, the key-encryption key, and what is refused."""
import base64
import json
import os
import random
import shutil
import subprocess
import threading
import time

import driver
import florin
import pytest
from florin import post_some, run

PURPOSES = ("data", "storage", "token_signing", "fingerprint", "operator_signing")
ROTATIONS = 3
KILLS = int(os.environ.get("ROTATION_KILLS", "8"))
STEPS_MAX = 20  # syncs of one rotation of the key-encryption key


def rotate(server, *what):
    return json.loads(server.cli("keys", "rotate", *what))


def rotate_all(server):
    for purpose in PURPOSES:
        assert rotate(server, "--purpose", purpose)["purpose"] == purpose
    return rotate(server, "--kek")["kek"]


def keyed(api, key, number):
    return florin.post_transfers(api, florin.transfer(number, 1, 2, 1), **{"Idempotency-Key": f'"{key}"'})


class Load:
    """Callers that write with Idempotency-Keys, each with the token that it began with, and one that always asks for a new one."""

    def __init__(self, service, callers=3):
        self.service, self.stop, self.failed, self.answers = service, threading.Event(), [], {}
        self.threads = [threading.Thread(target=self.write, args=(caller,)) for caller in range(callers)]
        self.threads.append(threading.Thread(target=self.authenticate))

    def write(self, caller):
        api, number = self.service.api(), 0
        while not self.stop.is_set():
            number += 1
            id = 10**6 * (caller + 1) + number
            answer = keyed(api, f"call-{id}", id)
            if answer.status != 200 or florin.statuses(answer) != ["created"]:
                self.failed.append(answer)
            self.answers[id] = answer.body

    def authenticate(self):
        while not self.stop.is_set():
            answer = self.service.api().get("/ledger/accounts/1")
            if answer.status != 200:
                self.failed.append(answer)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def check_answers(api, answers):
    """Each call, asked again with its key, gets its first answer byte for byte; with another body it is refused."""
    for id, body in random.sample(sorted(answers.items()), min(50, len(answers))):
        again = keyed(api, f"call-{id}", id)
        assert again.body == body and again.headers["Idempotency-Replayed"] == "true", again
        assert keyed(api, f"call-{id}", id + 1).json()["code"] == "idempotency_key_reused"


@pytest.mark.embedded
def test_given_load_when_every_key_is_rotated_then_no_call_fails_and_all_that_was_before_is_taken(own):
    florin.created(post_some(own))
    token = own.api().token  # of the first key
    with Load(own) as load:
        for number in range(ROTATIONS):
            time.sleep(0.2)
            assert rotate_all(own.server) == number + 2
        time.sleep(0.2)
    assert load.failed == []
    assert len(load.answers) > 50, "the load was too small to prove anything"
    check_answers(florin.Api(own.server.host, own.server.port, token), load.answers)
    fresh = own.api()
    assert len(fresh.call("GET", "/.well-known/jwks.json").json()["keys"]) == ROTATIONS + 1
    before = fresh.get("/ledger/accounts/1").json()
    for end in (own.server.kill, own.server.stop):
        end()
        own.server.start()
        check_answers(florin.Api(own.server.host, own.server.port, token), load.answers)
        assert own.api().get("/ledger/accounts/1").json() == before
    assert own.server.stop() == 0
    assert own.server.replay()["equal"] is True
    keys = json.loads(own.server.cli("keys", "list"))["keys"]
    for purpose in PURPOSES:
        assert [key["id"] for key in keys if key["purpose"] == purpose] == list(range(1, ROTATIONS + 2))


@pytest.mark.embedded
def test_given_rotations_when_killed_in_their_middle_then_nothing_acknowledged_is_lost_and_all_keys_open(tmp_path):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    service = florin.Service(tmp_path)
    record = driver.Record()
    driver.open_accounts(service)
    interrupted = []

    def rotate_again_and_again():
        try:
            # The number of fingerprint keys in force is bounded: it is rotated a few times only, by the test above.
            while True:
                for what in (["--kek"], ["--purpose", "data"], ["--purpose", "storage"]):
                    rotate(service.server, *what)
        except florin.FlorinError as error:
            interrupted.append(error)

    try:
        for kill in range(KILLS):
            rotating = threading.Thread(target=rotate_again_and_again)
            rotating.start()
            driver.load(service, record, f"{seed}-{kill}", chance.uniform(0.1, 0.6))
            rotating.join()
            service.server.start()
            assert florin.metrics(service.api())["florin_kek_version"] > 1
        assert len(interrupted) == KILLS
        driver.check_all(service, record)
    finally:
        service.close()


@pytest.mark.embedded
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_given_a_rotation_of_the_kek_when_killed_at_each_step_then_the_keyring_opens_and_the_next_one_ends_it(own):
    florin.created(post_some(own))
    steps = 0
    for step in range(1, STEPS_MAX):
        killer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(own.server.process.pid), "-e",
                                   f"inject=fsync:signal=KILL:when={step}"], stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)
        time.sleep(0.3)  # until it is attached
        try:
            rotate(own.server, "--kek")
        except florin.FlorinError:
            own.server.process.wait(10)
            killer.wait(10)
            steps += 1
            own.server.start()
            api = own.api()
            metrics = florin.metrics(api)
            assert metrics["florin_keys_behind"] in (0, metrics["florin_keys"])
            rotate(own.server, "--kek")
            assert florin.metrics(api)["florin_keys_behind"] == 0
            assert not (own.server.data / "keys/kek.before").exists()
            continue
        finally:
            killer.terminate()
            killer.wait(10)
        break
    assert steps == 7, "three files and the folder after each of them are synced, and the folder after the removal of the fourth"
    assert own.api().get("/ledger/accounts/1").json()["debits_posted"] == str(sum(range(1, 51)))


def test_given_a_new_kek_that_the_operator_brings_when_started_with_both_then_keys_are_behind_until_rotated(tmp_path):
    first, second = (base64.b64encode(random.randbytes(32)).decode() for _ in range(2))
    server = florin.Server(florin.program(), tmp_path / "data")
    try:
        server.environment = {"FLORIN_KEK": first}
        server.start()
        assert not (server.data / "keys/kek").exists()
        with pytest.raises(florin.FlorinError, match="FLORIN_KEK_BEFORE"):
            rotate(server, "--kek")
        assert server.stop() == 0
        server.environment = {"FLORIN_KEK": second}
        with pytest.raises(florin.FlorinError, match="does not open data key 1"):
            server.start()
        server.environment["FLORIN_KEK_BEFORE"] = first
        server.start()
        told = florin.metrics(server.api())
        assert told["florin_kek_version"] == 2 and told["florin_keys_behind"] == told["florin_keys"] == len(PURPOSES)
        assert rotate(server, "--kek") == {"kek": 2, "keys": len(PURPOSES)}
        assert florin.metrics(server.api())["florin_keys_behind"] == 0
        assert server.stop() == 0
        server.environment = {"FLORIN_KEK": second}
        server.start()
        assert florin.metrics(server.api())["florin_keys_behind"] == 0
        for secret in (first, second):
            assert secret not in server.log.read_text()
    finally:
        server.close()


@pytest.mark.embedded
def test_given_a_new_storage_key_then_metrics_count_the_files_behind_it_until_they_are_written_anew(own):
    florin.created(post_some(own))
    assert florin.metrics(own.api())["florin_storage_files_behind"] == 0
    rotate(own.server, "--purpose", "storage")
    assert florin.metrics(own.api())["florin_storage_files_behind"] > 0
    assert own.server.stop() == 0
    shutil.rmtree(own.server.data / "engine")
    shutil.rmtree(own.server.data / "views")
    own.server.start()
    assert florin.metrics(own.api())["florin_storage_files_behind"] == 0
    assert own.api().get("/ledger/accounts/1").json()["debits_posted"] == str(sum(range(1, 51)))


@pytest.mark.embedded
@pytest.mark.parametrize("part, mode, wanted", [
    ("keys", 0o750, "chmod 700"), ("keys/keyring.json", 0o640, "chmod 600"), ("keys/kek", 0o604, "chmod 600")])
def test_given_keys_that_others_can_read_when_started_then_they_are_refused(own, part, mode, wanted):
    assert own.server.stop() == 0
    (own.server.data / part).chmod(mode)
    with pytest.raises(florin.FlorinError, match=f"{wanted} {own.server.data / part}"):
        own.server.start()
    listed = run("keys", "list", "--data", own.server.data)
    assert listed.returncode != 0 and wanted in listed.stderr
    (own.server.data / part).chmod(0o700 if part == "keys" else 0o600)
    own.server.start()


@pytest.mark.embedded
def test_given_a_backup_from_before_a_rotation_when_restored_then_it_names_the_keys_that_are_missing(own, tmp_path):
    florin.created(post_some(own))
    file, recovery = tmp_path / "keys.backup", tmp_path / "recovery"
    own.server.cli("keys", "backup", file, "--recovery-key", recovery)
    rotate_all(own.server)
    florin.created(florin.post_transfers(own.api(), florin.transfer(99, 1, 2, 1)))
    own.server.cli("keys", "backup", tmp_path / "newer", "--recovery-key", recovery)
    assert own.server.stop() == 0
    shutil.rmtree(own.server.data / "keys")
    with pytest.raises(florin.FlorinError, match="5 keys were restored .* data 2, storage 2"):
        own.server.cli("keys", "restore", file, "--recovery-key", recovery)
    listed = json.loads(own.server.cli("keys", "list"))["keys"]
    assert {key["purpose"] for key in listed} == set(PURPOSES) and {key["id"] for key in listed} == {1}
    with pytest.raises(florin.FlorinError, match="key 2"):
        own.server.start()
    shutil.rmtree(own.server.data / "keys")
    own.server.cli("keys", "restore", tmp_path / "newer", "--recovery-key", recovery)
    own.server.start()
    assert own.api().get("/ledger/accounts/1").json()["debits_posted"] == str(sum(range(1, 51)) + 1)


@pytest.mark.embedded
def test_given_a_lost_keyring_when_restored_from_its_backup_then_all_can_be_read_again(own, tmp_path):
    florin.created(post_some(own))
    before = own.api(own.client).get("/ledger/accounts/1").json()
    file, recovery = tmp_path / "keys.backup", tmp_path / "recovery"
    assert "new recovery key" in own.server.cli("keys", "backup", file, "--recovery-key", recovery)
    with pytest.raises(florin.FlorinError, match="never replaces another"):
        own.server.cli("keys", "backup", file, "--recovery-key", recovery)
    assert file.stat().st_mode & 0o777 == recovery.stat().st_mode & 0o777 == 0o600
    with pytest.raises(florin.FlorinError, match="already"):
        own.server.cli("keys", "restore", file, "--recovery-key", recovery)
    assert own.server.stop() == 0
    shutil.rmtree(own.server.data / "keys")
    with pytest.raises(florin.FlorinError, match="restore the keyring that belongs to it"):
        own.server.start()
    own.server.cli("keys", "restore", file, "--recovery-key", recovery)
    own.server.start()
    assert own.api(own.client).get("/ledger/accounts/1").json() == before
