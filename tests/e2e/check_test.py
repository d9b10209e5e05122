"""florin check: the whole book of a live server is checked while it serves."""
import json
import signal
import subprocess
import threading
import time

import florin
import pytest

INVARIANTS = ["rows", "sums", "pending", "limits", "ids", "read_models", "events", "digest"]
MANY = 40_000  # transfers, so that a replay takes a moment
BATCH = 8000
SECONDS_MAX = 120


def start_check(service, *arguments):
    return subprocess.Popen([florin.program(), "check", "--data", service.server.data, *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=florin.clean_environment())


def check(service, *arguments):
    """Runs it to its end: exit code, standard output and standard error."""
    process = start_check(service, *arguments)
    out, err = process.communicate(timeout=SECONDS_MAX)
    return process.returncode, out, err


def states(report):
    return {invariant["name"]: invariant["state"] for invariant in report["invariants"]}


def post_many(service, count=MANY):
    api = service.api()
    for first in range(1, count, BATCH):
        florin.created(florin.post_transfers(api, *(florin.transfer(10**6 + number, 1 + number % 2, 2 - number % 2, number)
                                                    for number in range(first, first + BATCH))))


@pytest.fixture
def own(tmp_path):
    """A server for one test, with two accounts."""
    running = florin.Service(tmp_path)
    florin.created(florin.post_accounts(running.api(), florin.account(1), florin.account(2)))
    yield running
    running.close()


class Load(threading.Thread):
    """Posts transfers of every kind until it is told to stop."""

    def __init__(self, service, first):
        super().__init__()
        self.api, self.first = service.api(), first
        self.stopping, self.answers = threading.Event(), []

    def run(self):
        number = self.first
        while not self.stopping.is_set():
            hold = florin.transfer(number, 1, 2, 5, flags=["pending"], timeout=1)
            settle = {"id": str(number + 1), "pending_id": str(number), "amount": "max", "flags": ["post_pending_transfer"]}
            answer = florin.post_transfers(self.api, hold, florin.transfer(number + 2, 2, 1, 3), florin.transfer(number + 3, 2, 99, 1),
                                           *([settle] if number % 8 == 0 else []))
            self.answers.append(answer.status)
            number += 4


def test_given_load_when_the_book_is_checked_then_all_is_ok_and_calls_are_answered_all_the_while(own):
    load = [Load(own, caller * 10**9) for caller in (1, 2)]
    for caller in load:
        caller.start()
    try:
        for _ in range(3):
            before = sum(len(caller.answers) for caller in load)
            code, out, err = check(own, "--json")
            report = json.loads(out)
            assert code == 0, (report, err)
            assert report["ok"] is True and states(report) == dict.fromkeys(INVARIANTS, "ok")
            assert sum(len(caller.answers) for caller in load) > before
    finally:
        for caller in load:
            caller.stopping.set()
            caller.join()
    for caller in load:
        assert set(caller.answers) == {200}


def test_given_an_idle_book_when_it_is_checked_then_the_digest_is_that_of_the_server_and_a_line_tells_each_invariant(own):
    florin.created(florin.post_transfers(own.api(), florin.transfer(5, 1, 2, 7)))
    code, out, _ = check(own)
    assert code == 0
    first, *lines = out.splitlines()
    assert own.server.digest()["digest"] in first
    assert [line.split()[:2] for line in lines] == [["ok", name] for name in INVARIANTS]


def test_given_no_replay_when_the_book_is_checked_then_what_needs_one_is_not_checked(own):
    code, out, _ = check(own, "--no-replay", "--json")
    assert code == 0
    left_out = {name for name, state in states(json.loads(out)).items() if state == "not_checked"}
    assert left_out == {"events", "digest"}


def test_given_a_check_that_runs_when_another_is_asked_for_then_it_is_refused(own):
    post_many(own)
    checks = [start_check(own) for _ in range(4)]
    refused = 0
    for process in checks:
        _, err = process.communicate(timeout=SECONDS_MAX)
        if process.returncode != 0:
            assert "is running" in err
            refused += 1
    assert 0 < refused < 4


def test_given_a_check_that_runs_when_interrupted_then_it_ends_on_the_server_and_the_next_one_begins(own):
    post_many(own)
    process = start_check(own)
    while not (own.server.own / "check").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS_MAX)
    assert process.returncode == 1 and "cancelled" in err
    assert not (own.server.own / "check").exists()
    assert check(own)[0] == 0


def test_given_no_check_that_runs_when_one_is_to_be_cancelled_then_the_error_says_so(own):
    for _ in range(2):  # before the first check, and behind one whose report is kept
        code, out, err = check(own, "--cancel")
        assert (code, out) == (1, "") and "no check is running" in err
        assert check(own)[0] == 0


def test_given_a_check_that_runs_when_it_is_cancelled_then_it_ends(own):
    post_many(own)
    process = start_check(own)
    while not (own.server.own / "check").exists() and process.poll() is None:
        time.sleep(0.01)
    code, out, _ = check(own, "--cancel")
    assert code == 0 and json.loads(out)["state"] in ("running", "cancelled")
    _, err = process.communicate(timeout=SECONDS_MAX)
    assert process.returncode == 1 and "cancelled" in err


def test_given_a_check_that_runs_when_the_server_is_killed_then_the_next_start_leaves_nothing_of_it(own):
    post_many(own)
    process = start_check(own)
    while not (own.server.own / "check").exists() and process.poll() is None:
        time.sleep(0.01)
    own.server.kill()
    process.communicate(timeout=SECONDS_MAX)
    assert process.returncode == 1
    assert (own.server.own / "check").exists()
    own.server.start()
    assert not (own.server.own / "check").exists()
    code, out, err = check(own)
    assert code == 0, out + err


def test_given_no_server_when_a_check_is_asked_for_then_the_error_says_so(tmp_path):
    done = subprocess.run([florin.program(), "check", "--data", tmp_path], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=SECONDS_MAX, check=False, env=florin.clean_environment())
    assert done.returncode == 1 and "no server listens" in done.stderr
