"""What an operator does: start, stop, look, rebuild; and what a wrong setting says."""
import json
import os
import shutil
import signal
import threading
import time

import florin
import pytest
from florin import post_some, run


def test_given_a_journal_when_replayed_twice_then_events_and_digest_are_the_same(own):
    florin.created(post_some(own))
    live = own.server.digest()
    assert own.server.stop() == 0
    first, second = own.server.replay(), own.server.replay()
    assert first == second
    assert first["equal"] is True and first["digest"] == live["digest"] and first["events"] > 50


def test_given_a_clean_stop_when_started_again_then_all_is_there(own):
    answer = post_some(own)
    florin.created(answer)
    assert own.server.stop() == 0
    own.server.start()
    assert own.api().get("/ledger/accounts/1", min_position=florin.position(answer)).json()["debits_posted"] == str(sum(range(1, 51)))


def test_given_a_hold_that_is_due_when_started_on_a_slow_disk_then_it_starts_and_releases_it(own):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    api = own.api()
    florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
    answer = florin.post_transfers(api, florin.transfer(1, 1, 2, 5, flags=["pending"], timeout=1))
    florin.created(answer)
    own.server.kill()
    time.sleep(1.1)
    # Each sync takes 50 ms longer, so that the engine waits for its first tick while the rest is still being opened.
    own.server.wrapper = ["strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
                          "-e", "inject=fsync,fdatasync:delay_enter=50000"]
    own.server.start()
    deadline = time.monotonic() + 20
    while own.api(own.client).get("/ledger/transfers/1", min_position=florin.position(answer)).json()["state"] != "expired":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert own.server.stop() == 0


@pytest.mark.embedded
def test_given_a_snapshot_under_load_when_another_engine_starts_from_it_then_it_ends_with_the_same_digest(own, tmp_path):
    florin.created(post_some(own))
    stop = threading.Event()

    def write():
        api, number = own.api(own.client), 10**6
        while not stop.is_set():
            number += 1
            florin.created(florin.post_transfers(api, florin.transfer(number, 1, 2, 1)))

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.2)
    copy = tmp_path / "copy"
    told = json.loads(own.server.cli("engine", "snapshot", copy))
    time.sleep(0.2)
    stop.set()
    writer.join()
    assert told["folder"] == str(copy) and 0 < told["records"] < own.server.digest()["ordinal"]
    with pytest.raises(florin.FlorinError, match="is there already"):
        own.server.cli("engine", "snapshot", copy)
    last = own.server.digest()
    assert own.server.stop() == 0

    # The journal and the keys make the rest: another data folder, whose engine begins behind the snapshot.
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    for part in ("journal", "keys"):
        shutil.copytree(own.server.data / part, other / part)
    shutil.copytree(copy, other / "engine")
    log = tmp_path / "other.log"
    second = florin.Server(florin.program(), other, log=log).start()
    try:
        recovered = [json.loads(line) for line in log.read_text().splitlines() if '"recovered"' in line]
        assert recovered[0]["records"] == last["ordinal"] + 1 - told["records"]
        live = second.digest()
        assert live["ordinal"] == last["ordinal"] + 1  # its own record: the opening of an appender
        assert second.stop() == 0
        whole = second.replay()  # from the first record on
        assert whole["equal"] is True and whole["digest"] == live["digest"]
    finally:
        second.close()


def test_given_less_space_than_is_kept_in_reserve_then_commands_are_refused_and_queries_go_on(own):
    answer = post_some(own)
    florin.created(answer)
    before = own.api(own.client).get("/ledger/accounts/1", min_position=florin.position(answer)).json()
    assert own.server.stop() == 0
    own.server.options += ["--disk-reserve-mib", "1000000000"]
    own.server.start()
    api = own.api(own.client)
    refused = florin.post_transfers(api, florin.transfer(99, 1, 2, 1))
    assert refused.status == 503 and refused.json()["code"] == "unavailable" and refused.headers["Retry-After"], refused
    assert api.get("/ledger/accounts/1").json() == before
    assert florin.metrics(api)["florin_disk_free_bytes"] > 0
    assert own.server.stop() == 0
    own.server.options = []
    own.server.start()
    florin.created(florin.post_transfers(own.api(own.client), florin.transfer(99, 1, 2, 1)))


def test_given_calls_in_flight_when_stopped_then_they_are_answered_and_the_exit_is_clean(own):
    florin.created(post_some(own))
    answers, lost = [], []

    def call(caller):
        api = own.api()
        try:
            for number in range(100_000):
                answer = florin.post_transfers(api, florin.transfer(10**9 * caller + number + 1, 1, 2, 1))
                answers.append(answer.status)
                if answer.status != 200:
                    return
        except florin.Unreachable:
            lost.append(1)  # the connection was closed between two calls

    callers = [threading.Thread(target=call, args=(caller,)) for caller in range(1, 5)]
    for caller in callers:
        caller.start()
    time.sleep(0.3)
    own.server.process.send_signal(signal.SIGTERM)
    assert own.server.process.wait(30) == 0
    for caller in callers:
        caller.join()
    assert set(answers) <= {200, 503}
    acknowledged = answers.count(200)
    own.server.start()
    api = own.api()
    position = florin.position(florin.post_accounts(api, florin.account(1)))
    posted = int(api.get("/ledger/accounts/1", min_position=position).json()["debits_posted"]) - sum(range(1, 51))
    # Beyond what was acknowledged there is at most the call that each caller had no answer to.
    assert acknowledged <= posted <= acknowledged + len(lost)


def test_given_queries_when_a_read_model_is_rebuilt_then_they_are_answered_all_the_while(own):
    florin.created(post_some(own, 2000))
    api = own.api()
    position = florin.position(florin.post_accounts(api, florin.account(1)))
    before = api.get("/ledger/accounts/1", min_position=position).json()
    rows = florin.pages(api, "/ledger/accounts/1/transfers", limit=1000, min_position=position)
    wrong, stop = [], threading.Event()

    def read():
        reader = own.api()
        while not stop.is_set():
            if reader.get("/ledger/accounts/1", min_position=position).json() != before:
                wrong.append("another balance")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for name in ("balances", "history"):
            own.server.cli("projections", "rebuild", name)
        end = time.monotonic() + 30
        while "rebuilding" in own.server.cli("projections", "status") and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        stop.set()
        reader.join()
    assert not wrong
    assert api.get("/ledger/accounts/1", min_position=position).json() == before
    assert florin.pages(api, "/ledger/accounts/1/transfers", limit=1000, min_position=position) == rows


def test_given_one_server_when_a_second_one_starts_on_the_same_folder_then_it_is_refused(own):
    done = run("serve", "--data", own.server.data, "--listen", f"127.0.0.1:{florin.free_port()}")
    assert done.returncode != 0 and str(own.server.data) in done.stderr
    assert own.api().get("/ledger/ledgers").status == 200


def test_given_a_busy_port_when_started_then_the_error_names_it(own, tmp_path):
    done = run("serve", "--data", tmp_path / "second", "--listen", f"127.0.0.1:{own.server.port}")
    assert done.returncode != 0 and str(own.server.port) in done.stderr


@pytest.mark.embedded
def test_given_a_flipped_byte_in_the_journal_when_started_then_it_is_refused(own):
    florin.created(post_some(own))
    assert own.server.stop() == 0
    segment = max((own.server.data / "journal").iterdir(), key=lambda file: file.stat().st_size)
    used = len(segment.read_bytes().rstrip(b"\0"))  # zeros follow: the space of a segment is reserved
    with open(segment, "r+b") as file:
        file.seek(used // 3)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    done = run("replay", "--data", own.server.data)
    assert done.returncode != 0 and done.stderr
    with pytest.raises(florin.FlorinError):
        own.server.start()


def test_given_names_and_amounts_when_the_data_folder_is_searched_then_nothing_is_in_plain_text(own):
    canary, amount = "canary-f8b1a3", 0x7e57ab1e5eedcafe
    api = own.api()
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(702, name=canary)]}))
    florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
    florin.created(florin.post_transfers(api, florin.transfer(5, 1, 2, amount)))
    assert own.server.stop() == 0
    wanted = [canary.encode(), str(amount).encode(), amount.to_bytes(8, "little"), amount.to_bytes(8, "big")]
    files = [file for file in own.server.data.rglob("*") if file.is_file()]
    assert files
    for file in files:
        held = file.read_bytes()
        assert not [text for text in wanted if text in held], file
    log = own.server.log.read_bytes()
    assert canary.encode() not in log and str(amount).encode() not in log


@pytest.mark.parametrize("arguments, environment, named", [
    (["--log-level", "loud"], {}, "log-level"),
    (["--listen", "127.0.0.1"], {}, "listen"),
    (["--listen", "0.0.0.0:0"], {}, "listen"),
    ([], {"FLORIN_DEADLINE_MS": "soon"}, "FLORIN_DEADLINE_MS"),
    ([], {"FLORIN_COLOUR": "red"}, "FLORIN_COLOUR"),
    (["--colour", "red"], {}, "--colour"),
])
def test_given_a_wrong_setting_when_started_then_the_error_names_it(tmp_path, arguments, environment, named):
    done = run("serve", "--data", tmp_path / "data", *arguments, **environment)
    assert done.returncode != 0 and named in done.stderr, done
    assert not (tmp_path / "data" / "journal").exists()


def test_given_a_secret_setting_when_the_configuration_is_printed_then_it_is_masked(tmp_path):
    secret = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    done = run("config", "--data", tmp_path, FLORIN_KEK=secret)
    assert done.returncode == 0 and "listen" in done.stdout and secret not in done.stdout + done.stderr


def test_given_a_new_keyring_when_listed_then_ids_are_shown_and_a_second_one_is_refused(tmp_path):
    assert run("keys", "init", "--data", tmp_path / "data").returncode == 0
    listed = run("keys", "list", "--data", tmp_path / "data")
    assert listed.returncode == 0 and "data" in listed.stdout and "token_signing" in listed.stdout
    assert run("keys", "init", "--data", tmp_path / "data").returncode != 0


def test_given_help_when_asked_for_then_every_command_is_named():
    text = run("--help").stdout
    for command in ("serve", "keys", "book", "client", "digest", "replay", "projections", "config", "version"):
        assert command in text


@pytest.mark.embedded
def test_given_a_crash_when_started_then_clients_are_known_before_anyone_is_served(own):
    api = own.api()
    florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
    for first in range(1, 40_000, 1000):
        florin.created(florin.post_transfers(api, *(florin.transfer(id, 1, 2, 1) for id in range(first, first + 1000))))
    late = own.client_with(florin.ALL_SCOPES)  # a moment ago, so that no file of a read model has it
    own.server.kill()
    begin = own.server.log.stat().st_size
    own.server.start()
    for client in (own.client, late):
        assert own.api(client).get("/ledger/ledgers").status == 200  # with a new token
    lines = [json.loads(line) for line in own.server.log.read_text()[begin:].splitlines()]
    started = [line["event"] for line in lines if line["event"] in ("opened", "recovered", "clients_known", "serving", "ready")]
    assert started == ["opened", "recovered", "clients_known", "serving", "ready"]
    took = {name: value for line in lines for name, value in line.items() if name in ("journal_ms", "state_ms")}
    assert took.keys() == {"journal_ms", "state_ms"}
    reached = [line["after_ms"] for line in lines if "after_ms" in line]
    assert reached == sorted(reached) and len(reached) == 3  # opened, serving, ready


def test_given_a_ruleset_that_the_program_does_not_know_then_it_is_refused_and_the_one_in_force_stays(service):
    assert service.server.cli("engine", "ruleset", 1) == '{"ruleset":1}'
    with pytest.raises(florin.FlorinError, match="knows the rulesets 1 to 1"):
        service.server.cli("engine", "ruleset", 2)
    assert service.server.stop() == 0
    assert service.server.replay()["equal"] is True
