#!/usr/bin/env python3
"""The demonstration behind deploy/quickstart: a day of a small payment service on a server of its own, a kill -9 in the end,
and the proof that nothing of it was lost. Exit code 0 only if all of it held. Standard library only."""
import argparse
import os
import pathlib
import random
import signal
import socket
import sys
import time

from local import FlorinError, Server, Unreachable

LEDGER = 700
HOURS = 24
TRANSFERS_PER_HOUR = 60
STOP_SECONDS_MAX = 15

BANK, FEES = 1, 2
CUSTOMERS = {101: "Ada", 102: "Ben", 103: "Chloe", 104: "Dan", 105: "Eve", 106: "Finn"}
SHOPS = {201: "Bakery", 202: "Bookshop", 203: "Cinema"}
NAMES = {BANK: "Money at the bank", FEES: "Fees earned", **CUSTOMERS, **SHOPS}


class Failed(Exception):
    """Something that the demonstration claims did not hold."""


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", type=pathlib.Path, required=True, help="the florin program")
    arguments.add_argument("--data", type=pathlib.Path, required=True, help="the data folder")
    arguments.add_argument("--listen", default="127.0.0.1:8000", help="HOST:PORT")
    arguments.add_argument("--once", action="store_true", help="end the server after the demonstration")
    given = arguments.parse_args()
    host, _, port = given.listen.rpartition(":")
    server = Server(given.program, given.data, host, int(port))
    stays = False
    try:
        stop_earlier_server(server)
        refuse_taken_port(server)
        demonstrate(server, given.once)
        stays = not given.once
        return 0
    except (Failed, FlorinError, Unreachable) as error:
        print(f"\nquickstart: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nquickstart: interrupted", file=sys.stderr)
        return 130
    finally:
        if not stays:
            server.close()


def demonstrate(server, once):
    server.start()
    note_process(server)
    say(f"Server on http://{server.host}:{server.port}, data in {server.data}")

    book = server.create_book(time.strftime("demo %Y-%m-%d %H:%M:%S"))
    client = server.create_client(book, "demonstration", "ledger:read ledger:write book:admin")
    api = server.api(client)
    open_accounts(api)
    say(f"Book {book} with ledger {LEDGER} (EUR) and {len(NAMES)} accounts")

    acknowledged, refused, position = post_a_day(api)
    say(f"{len(acknowledged)} transfers acknowledged, {refused} refused for lack of money (exceeds_credits)")
    balances = read_balances(api, position)
    show(balances)
    show_trial_balance(api, position)
    before = server.digest()
    api.close()

    say("Now: kill -9")
    server.kill()
    replayed = server.replay()
    claim(replayed["equal"], "the journal, run again, gives other events than before")
    claim(replayed["digest"] == before["digest"], f"state digest {replayed['digest']}, before the kill {before['digest']}")
    started = time.monotonic()
    server.start()
    note_process(server)
    say(f"Started again in {time.monotonic() - started:.1f} s")
    api = server.api(client)
    compare_transfers(api, acknowledged, position)
    claim(read_balances(api, position) == balances, "balances differ after the restart")
    say(f"  all {len(acknowledged)} acknowledged transfers are there, none twice\n  every balance is the same\n"
        f"  the state, computed again from the journal alone, has the same digest: {before['digest'][:32]}...")
    if once:
        api.close()
        claim(server.stop() == 0, "the server did not end cleanly")
        return
    leave_running(server, book)


def open_accounts(api):
    results(api.post("/ledger/ledgers", {"ledgers": [{"id": LEDGER, "currency": "EUR", "exponent": 2, "name": "Wallets"}]}))
    limited = ["debits_must_not_exceed_credits", "history"]
    accounts = [{"id": str(BANK), "ledger": LEDGER, "code": 1, "flags": ["history"]},
                {"id": str(FEES), "ledger": LEDGER, "code": 4, "flags": ["history"]}]
    accounts += [{"id": str(id), "ledger": LEDGER, "code": 2, "flags": limited} for id in CUSTOMERS]
    accounts += [{"id": str(id), "ledger": LEDGER, "code": 3, "flags": limited} for id in SHOPS]
    results(api.post("/ledger/accounts", {"accounts": accounts}))


def results(answer):
    """The results of a batch of which every item must have been created."""
    claim(answer.status == 200, f"unexpected answer {answer}")
    items = answer.json()["results"]
    claim(all(item["status"] == "created" for item in items), f"unexpected results {items}")
    return items


def transfers_of_hour(chance, hour):
    """Debit account, credit account and cents of each transfer: money comes in in the morning, and is spent all day."""
    for _ in range(TRANSFERS_PER_HOUR):
        customer = chance.choice(list(CUSTOMERS))
        kind = chance.random()
        if kind < (0.5 if hour < 9 else 0.05):
            yield BANK, customer, chance.randrange(1000, 20001)
        elif kind < 0.65:
            yield customer, chance.choice(list(SHOPS)), chance.randrange(150, 9001)
        elif kind < 0.85:
            yield customer, chance.choice([other for other in CUSTOMERS if other != customer]), chance.randrange(100, 5001)
        elif kind < 0.95:
            yield customer, FEES, chance.randrange(10, 100)
        else:
            yield chance.choice(list(SHOPS)), BANK, chance.randrange(1000, 5001)


def post_a_day(api):
    """Posts each transfer by itself. Returns the acknowledged ones by id, as posted and with their timestamp, the number of
    those that the ledger refused, and the position of the last answer."""
    chance = random.Random(20240229)
    acknowledged, refused, number, position = {}, 0, 0, None
    for hour in range(HOURS):
        for debit, credit, cents in transfers_of_hour(chance, hour):
            number += 1
            transfer = {"id": str(number), "debit_account_id": str(debit), "credit_account_id": str(credit),
                        "amount": str(cents), "ledger": LEDGER, "code": 10}
            answer = api.post("/ledger/transfers", {"transfers": [transfer]})
            claim(answer.status == 200, f"unexpected answer {answer}")
            position = answer.headers["Florin-Position"]
            result = answer.json()["results"][0]
            if result["status"] == "created":
                acknowledged[transfer["id"]] = transfer | {"timestamp": result["timestamp"]}
            else:
                claim(result["status"] == "exceeds_credits", f"unexpected result {result}")
                refused += 1
        progress(hour + 1)
    return acknowledged, refused, position


def progress(hours):
    if not sys.stdout.isatty() and hours < HOURS:
        return
    bar = "#" * hours + "." * (HOURS - hours)
    print(f"\r  {hours:02}:00 [{bar}] {hours * TRANSFERS_PER_HOUR} transfers", end="\n" if hours == HOURS else "", flush=True)


def read_balances(api, position):
    """Debits and credits of each account, in cents, from a read model that holds everything up to the position."""
    balances = {}
    for id in NAMES:
        answer = api.get(f"/ledger/accounts/{id}", min_position=position)
        claim(answer.status == 200, f"unexpected answer {answer}")
        account = answer.json()
        balances[id] = int(account["debits_posted"]), int(account["credits_posted"])
    return balances


def show(balances):
    say("Balances at the end of the day")
    for id, (debits, credits) in balances.items():
        # The bank account is ours: what comes in is its debit. All others are what we owe.
        balance = debits - credits if id == BANK else credits - debits
        print(f"  {NAMES[id]:20} {euro(balance):>12}")


def euro(cents):
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100:,}.{cents % 100:02} EUR"


def show_trial_balance(api, position):
    answer = api.get("/ledger/trial-balance", min_position=position)
    claim(answer.status == 200, f"unexpected answer {answer}")
    rows = [row for row in answer.json()["data"] if row["ledger"] == LEDGER]
    debits, credits = (sum(int(row[side]) for row in rows) for side in ("debits_posted", "credits_posted"))
    claim(debits == credits and debits > 0, f"the books do not balance: {debits} debited, {credits} credited")
    say(f"The books sum to zero: {euro(debits)} debited, {euro(credits)} credited")


def compare_transfers(api, acknowledged, position):
    """Every acknowledged transfer is in the history of the account that it debits, once, as it was acknowledged, and no
    other is."""
    found = []
    for id in NAMES:
        cursor = {}
        while cursor is not None:
            answer = api.get(f"/ledger/accounts/{id}/transfers", limit=1000, side="debit", min_position=position,
                             **cursor)
            claim(answer.status == 200, f"unexpected answer {answer}")
            page = answer.json()
            found += page["data"]
            cursor = {"cursor": page["next"]} if page["next"] else None
    claim(len(found) == len(acknowledged), f"{len(found)} transfers after the restart, {len(acknowledged)} acknowledged")
    for transfer in found:
        known = acknowledged.get(transfer["id"], {})
        changed = [field for field, value in known.items() if transfer[field] != value]
        claim(known and not changed, f"transfer {transfer['id']} is not what was acknowledged: {changed or 'unknown'}")


def leave_running(server, book):
    fresh = server.create_client(book, "curl", "ledger:read")
    token = server.api(fresh).token
    base = f"http://{server.host}:{server.port}"
    florin = os.path.relpath(server.program)
    print(f"""
The server goes on. What to look at:
  The API (OpenAPI 3.1)   {base}/api/openapi.json
  Metrics, health         {base}/metrics  {base}/readyz
  Its log                 {server.log}
  To stop it              kill {server.process.pid}
  More clients            {florin} client create --help

An account, with a token that lives for ten minutes:
curl -s -H 'Authorization: Bearer {token}' {base}/api/v1/ledger/accounts/101""")


def process_note(server):
    return server.data.with_name(server.data.name + ".pid")


def note_process(server):
    process_note(server).write_text(f"{server.process.pid}\n")


def stop_earlier_server(server):
    """The server that an earlier run left behind, if it is still the same program on the same folder, makes room."""
    note = process_note(server)
    try:
        pid = int(note.read_text())
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return
    if command[1:4] != [b"serve", b"--data", os.fsencode(server.data)]:
        return
    say(f"Stopping the server of an earlier run (process {pid})")
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + STOP_SECONDS_MAX
    while pathlib.Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            raise FlorinError(f"process {pid} did not end within {STOP_SECONDS_MAX} s; end it and try again")
        time.sleep(0.05)
    note.unlink()


def refuse_taken_port(server):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            raise FlorinError(f"cannot listen on {server.host}:{server.port}: {error.strerror}. Stop what uses it, or choose "
                              f"another address: FLORIN_LISTEN=127.0.0.1:8001 deploy/quickstart") from None


def claim(holds, text):
    if not holds:
        raise Failed(text)


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
