"""Commands in flight on different connections share a record, a seal and an fsync."""
import pathlib
import re
import subprocess

import florin

CALLERS = 64
SECONDS = 5
ACCOUNTS = 100
COMMANDS_PER_GROUP_MIN = 8


def test_given_64_single_callers_when_each_posts_one_transfer_at_a_time_then_they_share_groups(service, api):
    florin.created(florin.post_accounts(api, *(florin.account(id + 1) for id in range(ACCOUNTS))))
    before = florin.metrics(api)
    server = service.server
    script = pathlib.Path(__file__).with_name("transfers.lua")
    done = subprocess.run(["wrk", "-t1", f"-c{CALLERS}", f"-d{SECONDS}s", "--latency", "-s", script,
                           f"http://{server.host}:{server.port}", "--", api.token, str(florin.LEDGER), str(ACCOUNTS), "1000"],
                          capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
    after = florin.metrics(api)

    requests = int(re.search(r"(\d+) requests in", done.stdout).group(1))
    commands = after["florin_journal_commands_total"] - before["florin_journal_commands_total"]
    groups = after["florin_journal_groups_total"] - before["florin_journal_groups_total"]
    print(f"{requests} requests in {SECONDS} s by {CALLERS} callers: {commands / groups:.1f} commands a group and fsync")
    assert commands >= requests > 0
    assert commands / groups >= COMMANDS_PER_GROUP_MIN

    # What was answered is in the books: wrk drops the answers of at most one call for each connection at its end.
    position = florin.position(florin.post_accounts(api, florin.account(1)))
    rows = api.get("/ledger/trial-balance", min_position=position).json()["data"]
    posted = sum(int(row["debits_posted"]) for row in rows)
    assert requests <= posted <= requests + CALLERS
