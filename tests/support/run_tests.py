"""Runs the doctest programs of a build folder and pytest suites, shows what failed, and ends with the line
"N passed, N failed, N skipped". Exit code 1 when a test failed, or was skipped while CI=true."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

PROGRAMS_AT_ONCE = os.cpu_count() or 1
PROGRAM_SECONDS_MAX = 600
SUITE_SECONDS_MAX = 1800
OUTPUT_LINES_SHOWN = 60

Counts = collections.namedtuple("Counts", "passed failed skipped")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    arguments.add_argument("--only", action="append", default=[], help="a doctest program's name; may be repeated")
    arguments.add_argument("--pytest", action="append", default=[], help="a folder of pytest tests; may be repeated")
    arguments.add_argument("--pytest-on-kafka", action="append", default=[], help="the same, run on a real broker; may be repeated")
    given = arguments.parse_args()

    programs = sorted(path for path in (given.build / "tests/bin").glob("*_test") if not given.only or path.name in given.only)
    missing = set(given.only) - {path.name for path in programs}
    total = Counts(0, len(missing), 0)
    for name in sorted(missing):
        print(f"FAILED   {name}: there is no such program in {given.build}/tests/bin")
    with tempfile.TemporaryDirectory(prefix="florin-tests-") as scratch:
        for counts in run_programs(programs, pathlib.Path(scratch)):
            total = add(total, counts)
        for folder in given.pytest:
            total = add(total, run_pytest(folder, given.build, pathlib.Path(scratch) / "pytest.xml"))
        for folder in given.pytest_on_kafka:
            print(f"{folder} on Kafka", flush=True)
            total = add(total, run_pytest(folder, given.build, pathlib.Path(scratch) / "pytest.xml", FLORIN_TEST_JOURNAL="kafka"))
    if total == (0, 0, 0):
        print(f"FAILED   no test was found in {given.build}/tests/bin")
        total = Counts(0, 1, 0)
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    in_ci = os.environ.get("CI") == "true"
    return 1 if total.failed or (in_ci and total.skipped) else 0


def add(a, b):
    return Counts(*(x + y for x, y in zip(a, b)))


def run_programs(programs, scratch):
    """Several at once, since many wait for a broker or a disk most of the time."""
    with concurrent.futures.ThreadPoolExecutor(PROGRAMS_AT_ONCE) as pool:
        running = [pool.submit(run_program, program, scratch / f"{program.name}.xml") for program in programs]
        for done in concurrent.futures.as_completed(running):
            counts, text = done.result()
            print(text, flush=True)
            yield counts


def run_program(program, report):
    """One doctest program, and what is to be said of it. Its JUnit report tells the cases; its exit code tells what a report cannot,
    such as a crash."""
    started = time.monotonic()
    try:
        done = subprocess.run([program, "--reporters=junit", f"--out={report}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PROGRAM_SECONDS_MAX, check=False)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as expired:
        output, code = (expired.stdout or b"").decode(errors="replace"), f"no end after {PROGRAM_SECONDS_MAX} s"
    cases, failures = read_report(report)
    skips = [line for line in output.splitlines() if line.startswith("skipped:")]
    if code != 0 and not failures:
        failures = [(program.name, f"ended with {code}")]
    elif code == 0 and cases == 0:
        failures = [(program.name, "holds no test case")]
    counts = Counts(max(0, cases - len(failures) - len(skips)), len(failures), len(skips))
    verdict = "FAILED" if failures else "ok"
    text = [f"{verdict:8} {program.name}: {describe(counts)} ({time.monotonic() - started:.1f} s)"]
    text += [f"         {skip}" for skip in skips]
    text += [f"         {name}\n" + indent(message) for name, message in failures]
    if failures and output.strip():
        text.append(indent("\n".join(output.splitlines()[-OUTPUT_LINES_SHOWN:])))
    return counts, "\n".join(text)


def run_pytest(folder, build, report, **variables):
    """One folder of pytest tests. pytest writes for people itself; its JUnit report gives the counts."""
    environment = dict(os.environ, FLORIN_BUILD=str(build.resolve()), PYTHONDONTWRITEBYTECODE="1", **variables)
    command = ["pytest-3", "-q", "-rs", "--tb=short", "-p", "no:cacheprovider", "--color=no", f"--junitxml={report}", folder]
    report.unlink(missing_ok=True)
    print(f"pytest {folder}", flush=True)
    try:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, timeout=SUITE_SECONDS_MAX, check=False).returncode
    except subprocess.TimeoutExpired:
        code = f"no end after {SUITE_SECONDS_MAX} s"
    cases, failures = read_report(report)
    skipped = sum(1 for _ in xml.parse(report).iter("skipped")) if report.exists() else 0
    if code != 0 and not failures:
        failures = [(folder, f"pytest ended with {code}")]
        print(f"FAILED   {folder}: pytest ended with {code}")
    return Counts(max(0, cases - len(failures) - skipped), len(failures), skipped)


def read_report(path):
    """The number of cases in a JUnit report, and of each failed one its name and message. A torn report counts as none."""
    try:
        cases = list(xml.parse(path).iter("testcase"))
    except (OSError, xml.ParseError):
        return 0, []
    failures = []
    for case in cases:
        messages = [(found.get("message") or "") + "\n" + (found.text or "") for kind in ("failure", "error")
                    for found in case.findall(kind)]
        if messages:
            failures.append((case.get("name"), "\n".join(messages)))
    return len(cases), failures


def describe(counts):
    return f"{counts.passed} passed" + "".join(f", {number} {word}" for number, word in
                                                ((counts.failed, "failed"), (counts.skipped, "skipped")) if number)


def indent(text):
    return "\n".join("           " + line for line in text.strip().splitlines())


if __name__ == "__main__":
    sys.exit(main())
