"""A cluster from deploy/kafka: it starts, answers, stops what is its own, and leaves everything else alone."""
import os
import pathlib
import subprocess
import sys

import kafka
import pytest

KAFKA = pathlib.Path(__file__).parents[2] / "deploy/kafka"
COMMAND_SECONDS_MAX = 300

pytestmark = [pytest.mark.brokers, pytest.mark.skipif(kafka.MISSING is not None, reason=str(kafka.MISSING))]


def run(command, folder, *options):
    return subprocess.run([KAFKA / command, "--data", folder, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=COMMAND_SECONDS_MAX, check=False)


@pytest.fixture(name="folder")
def cluster_folder(tmp_path):
    folder = tmp_path / "cluster"
    yield folder
    run("reset", folder)


def pid_of(folder):
    return int((folder / "broker-1/pid").read_text().split()[0])


def test_given_a_cluster_when_stopped_and_started_then_it_answers_at_the_same_address(folder):
    first = run("start", folder, "--port", "0", "--heap", "192m")
    assert first.returncode == 0, first.stderr
    assert "ready" in run("status", folder).stdout
    pid = pid_of(folder)
    assert run("start", folder).stdout == first.stdout
    assert pid_of(folder) == pid, "one that runs is not started again"

    assert run("stop", folder).stdout == "1 stopped\n"
    stopped = run("status", folder)
    assert (stopped.returncode, "stopped" in stopped.stdout) == (1, True)
    again = run("start", folder, "--heap", "192m")
    assert again.stdout == first.stdout, again.stderr
    refused = run("start", folder, "--brokers", "3")
    assert refused.returncode == 1 and "reset" in refused.stderr

    (folder / "note").write_text("of somebody else")
    assert run("reset", folder).returncode == 0
    assert [path.name for path in folder.iterdir()] == ["note"]
    assert run("status", folder).returncode == 1


def test_given_the_process_id_of_another_program_when_stopped_then_that_lives_on(folder):
    assert run("start", folder, "--port", "0", "--heap", "192m").returncode == 0
    assert run("stop", folder).returncode == 0
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
        try:
            started = pathlib.Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[19]
            (folder / "broker-1/pid").write_text(f"{other.pid} {started}\n")
            assert run("stop", folder).stdout == "0 stopped\n"
            assert other.poll() is None
        finally:
            other.kill()


def test_given_a_cluster_for_tests_when_standard_input_ends_then_it_is_gone(folder):
    with subprocess.Popen([KAFKA / "start", "--data", folder, "--port", "0", "--heap", "192m", "--attached"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as attached:
        assert attached.stdout.readline().startswith("127.0.0.1:")
        pid = pid_of(folder)
        attached.stdin.close()
        assert attached.wait(COMMAND_SECONDS_MAX) == 0
    assert not os.path.exists(f"/proc/{pid}") or "stopped" in run("status", folder).stdout
