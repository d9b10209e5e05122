"""florin import: journals that Debian's packages ship go in, and every balance is the one that the tool itself prints."""
import csv
import decimal
import hashlib
import io
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time

import florin
import pytest

SAMPLE = pathlib.Path("/usr/share/doc/ledger/examples/sample.dat")
BEANCOUNT = pathlib.Path("/usr/share/doc/beancount/examples/example.beancount")
IMPORT_SECONDS_MAX = 300
OWN = ("Equity:Conversion", "Equity:Virtual")  # accounts that the import adds


def needs(program, file=None):
    """Skips a test where its tool, or the example of the tool's package, is not installed."""
    missing = shutil.which(program) is None or (file is not None and not file.is_file())
    return pytest.mark.skipif(missing, reason=f"{program} or its example is not installed: deploy/install_packages test")


class Book:
    """A book of its own, and a client that imports into it."""

    def __init__(self, service, folder):
        self.server = service.server
        self.client = self.server.create_client(self.server.create_book("imported"), "import", florin.ALL_SCOPES)
        self.secret = folder / "secret"
        self.secret.touch(mode=0o600)
        self.secret.write_text(self.client["client_secret"] + "\n")
        self.report = folder / "report.jsonl"
        self.api = service.api(self.client)

    def command(self, file, *options):
        return [florin.program(), "import", file, "--url", f"http://{self.server.host}:{self.server.port}", "--client-id",
                self.client["client_id"], "--client-secret-file", self.secret, "--report", self.report, *options]

    def run(self, file, *options):
        """Imports and returns (exit code, counts by kind, refused lines)."""
        done = subprocess.run(self.command(file, *options), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=florin.clean_environment(), timeout=IMPORT_SECONDS_MAX, check=False)
        print(done.stdout, done.stderr)
        lines = [json.loads(line) for line in self.report.read_text().splitlines()]
        return done.returncode, lines[-1]["summary"], lines[:-1]

    def kill_at(self, percent, file, *options):
        """Imports until the transactions are so far, and ends the import by SIGKILL."""
        running = subprocess.Popen(self.command(file, *options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env=florin.clean_environment())
        try:
            for line in running.stderr:
                if found := re.match(r"transactions: .*\((\d+) %\)", line):
                    if int(found[1]) >= percent:
                        running.send_signal(signal.SIGKILL)
                        break
        finally:
            running.kill()
            running.communicate()
        assert running.returncode == -signal.SIGKILL, "the import had ended before it was killed"

    def get(self, path):
        """Reads what holds all that was imported."""
        return self.api.get(path, min_position=self.position())

    def position(self):
        """Behind the import, which does not tell its own: that of one more command, which creates nothing."""
        return florin.position(florin.post_accounts(self.api, {"id": "0"}))

    def exponents(self):
        return {ledger["name"]: ledger["exponent"] for ledger in self.get("/ledger/ledgers").json()["data"]}

    def balance(self, name, commodity, exponents=None):
        """Debits less credits, in the commodity's own unit; None where there is no account."""
        exponent = (exponents or self.exponents())[commodity]
        answer = self.get(f"/ledger/accounts/{account_id(name, commodity)}")
        if answer.status == 404:
            return None
        account = answer.json()
        return decimal.Decimal(int(account["debits_posted"]) - int(account["credits_posted"])).scaleb(-exponent)

    def assert_balances(self, expected):
        """Of all accounts, those of the tool and those that the import adds."""
        assert expected
        exponents = self.exponents()
        assert {key: self.balance(*key, exponents) for key in expected} == expected
        for name, commodity in expected:
            found = self.api.get("/ledger/accounts", **{"metadata[name]": name, "metadata[commodity]": commodity}).json()["data"]
            assert [row["id"] for row in found] == [str(account_id(name, commodity))], (name, commodity)
        rows = self.get("/ledger/trial-balance").json()["data"]
        added = sum(1 for name in OWN for commodity in exponents if self.balance(name, commodity, exponents) is not None)
        assert sum(row["accounts"] for row in rows) == len(expected) + added
        for ledger in {row["ledger"] for row in rows}:
            of_ledger = [row for row in rows if row["ledger"] == ledger]
            assert sum(int(row["debits_posted"]) for row in of_ledger) == sum(int(row["credits_posted"]) for row in of_ledger)


def account_id(name, commodity):
    """As docs/guides/import.md says it."""
    texts = [text.encode() for text in ("florin import account 1", name, commodity)]
    assert all(len(text) < 128 for text in texts)
    content = b"".join(bytes([len(text)]) + text for text in texts)
    return int.from_bytes(hashlib.blake2b(content, digest_size=32).digest()[:16], "little") % 2**127


def tool(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout


def ledger_balances(file):
    """{(account, commodity): balance} as `ledger bal` prints it. An account whose balance is zero is not printed: `ledger accounts` knows it."""
    balances = {}
    for commodity in tool("ledger", "--args-only", "-f", file, "commodities").split():
        only = ("--limit", f'commodity == "{commodity}"')
        for account in tool("ledger", "--args-only", "-f", file, "accounts", *only).splitlines():
            balances[account, commodity] = decimal.Decimal(0)
        printed = tool("ledger", "--args-only", "-f", file, "bal", "--flat", "--no-total", *only,
                       "--balance-format", "%(account)\t%(quantity(scrub(total)))\n")
        for line in printed.splitlines():
            account, quantity = line.split("\t")
            balances[account, commodity] = decimal.Decimal(quantity)
    return balances


def hledger_balances(file):
    printed = tool("hledger", "-f", file, "bal", "--flat", "--no-total", "--empty", "--layout=bare", "-O", "csv")
    return {(row["account"].strip("()[]"), row["commodity"]): decimal.Decimal(row["balance"].replace(",", "."))
            for row in csv.DictReader(io.StringIO(printed))}


def beancount_balances(file):
    printed = tool("bean-query", "-f", "csv", file, "SELECT account, currency, str(sum(number)) AS total GROUP BY account, currency")
    return {(row["account"].strip(), row["currency"].strip()): decimal.Decimal(row["total"].strip()[len("Decimal('"):-len("')")])
            for row in csv.DictReader(io.StringIO(printed))}


@pytest.fixture
def book(service, tmp_path):
    return Book(service, tmp_path)


@needs("ledger", SAMPLE)
def test_given_the_journal_that_ledger_ships_when_imported_then_balances_are_those_of_ledger(book):
    code, counts, refused = book.run(SAMPLE)
    assert (code, refused) == (0, [])
    assert counts["transaction"]["created"] == 7
    balances = ledger_balances(SAMPLE)
    assert balances["Assets:Bank:Checking", "$"] == 980  # as the package's example has it
    book.assert_balances(balances)
    # What AAPL was paid with, and a virtual posting that stands alone, have their counterparts.
    assert book.balance("Equity:Conversion", "AAPL") == -50
    assert book.balance("Equity:Conversion", "$") == 1500
    assert book.balance("Equity:Virtual", "$") == 2

    code, counts, refused = book.run(SAMPLE)
    assert (code, refused) == (0, [])
    assert (counts["transaction"]["created"], counts["transaction"]["existed"]) == (0, 7)
    assert all(of_kind["created"] == 0 for of_kind in counts.values() if isinstance(of_kind, dict)), counts
    assert counts["account name"]["existed"] == counts["account"]["existed"] > 0
    book.assert_balances(balances)


@needs("bean-query", BEANCOUNT)
def test_given_an_import_that_is_killed_half_way_when_it_is_run_again_then_it_ends_the_same(service, book, tmp_path_factory):
    balances = beancount_balances(BEANCOUNT)
    book.kill_at(40, BEANCOUNT, "--batch", "10")
    code, counts, refused = book.run(BEANCOUNT)
    assert (code, refused) == (0, [])
    assert counts["transaction"]["existed"] > 0
    assert counts["transaction"]["created"] > 0
    book.assert_balances(balances)

    whole = Book(service, tmp_path_factory.mktemp("whole"))
    code, counts, refused = whole.run(BEANCOUNT)
    assert (code, refused) == (0, [])
    whole.assert_balances(balances)
    assert trial_balance(whole) == trial_balance(book)


def trial_balance(book):
    return book.get("/ledger/trial-balance").json()["data"]


HLEDGER_JOURNAL = """\
commodity 1.000,00 EUR

2020-02-01 * (A7) Shop | food
    Expenses:Food          1.234,56 EUR
    Expenses:Food              0,44 EUR
    Assets:Cash

2020-01-31 opening
    Assets:Cash            2.000,00 EUR = 2.000,00 EUR
    Assets:Stock                  3 "ACME 7" @ 10,50 EUR
    [Budget:Food]            500,00 EUR
    [Budget:Free]           -500,00 EUR
    (Hours)                    1,25 h
    Equity:Opening
"""


@needs("hledger")
def test_given_an_hledger_journal_when_imported_then_balances_dates_and_places_are_those_of_the_file(book, tmp_path):
    journal = tmp_path / "books.journal"
    journal.write_text(HLEDGER_JOURNAL)
    code, counts, refused = book.run(journal, "--ledger", "EUR=70")
    assert (code, refused) == (0, [])
    assert counts["transaction"]["created"] == 2
    balances = hledger_balances(journal)
    assert balances["Expenses:Food", "EUR"] == 1235
    book.assert_balances(balances)

    cash = account_id("Assets:Cash", "EUR")
    transfers = florin.pages(book.api, f"/ledger/accounts/{cash}/transfers", order="asc", min_position=book.position())
    days = [time.strftime("%Y-%m-%d", time.gmtime(int(row["timestamp"]) // 10**9)) for row in transfers]
    assert days[0] == "2020-01-31" and days[-1] == "2020-02-01"
    assert {row["ledger"] for row in transfers} == {70}

    shop = book.get(f"/ledger/transactions/{transfers[-1]['transaction_id']}").json()
    assert shop["metadata"] == {"code": "A7", "date": "2020-02-01", "description": "Shop | food", "source": "books.journal:3"}
    assert {(posting["account_id"], posting["side"], posting["amount"]) for posting in shop["postings"]} == {
        (str(account_id("Expenses:Food", "EUR")), "debit", "123500"), (str(cash), "credit", "123500")}


@needs("hledger")
def test_given_a_journal_that_grew_and_one_that_was_changed_when_imported_then_the_first_goes_in_and_the_other_is_refused(book, tmp_path):
    journal = tmp_path / "books.journal"
    journal.write_text(HLEDGER_JOURNAL)
    assert book.run(journal)[0] == 0
    journal.write_text("; a line more\n" + HLEDGER_JOURNAL + "\n2020-02-01 new\n    Assets:Bank   5 EUR\n    Assets:Cash\n")
    code, counts, refused = book.run(journal)
    assert (code, refused) == (0, [])
    assert (counts["transaction"]["created"], counts["transaction"]["existed"]) == (1, 2)
    book.assert_balances(hledger_balances(journal))

    journal.write_text(HLEDGER_JOURNAL.replace("opening\n", "opening, told otherwise\n"))
    code, counts, refused = book.run(journal)
    assert code == 1
    assert [(line["line"], line["status"]) for line in refused] == [(8, "imported_event_timestamp_must_not_regress")]
    assert counts["transaction"]["existed"] == 1


@needs("hledger")
def test_given_a_journal_that_its_tool_does_not_accept_when_imported_then_nothing_is_sent(book, tmp_path):
    journal = tmp_path / "wrong.journal"
    journal.write_text(HLEDGER_JOURNAL.replace("= 2.000,00", "= 2.000,01"))
    done = subprocess.run(book.command(journal), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=florin.clean_environment(), check=False)
    assert done.returncode == 1
    assert "hledger does not accept the journal" in done.stderr and "balance assertion" in done.stderr
    assert book.exponents() == {}

    complaint, summary = [json.loads(line) for line in book.report.read_text().splitlines()]
    assert (complaint["file"], complaint["kind"], complaint["status"]) == (str(journal), "journal", "not_accepted")
    assert "balance assertion" in complaint["detail"]
    assert summary["summary"]["journal"]["refused"] == 1
    assert done.stdout.count("\n") == 2 and "\nrefused: " in done.stdout  # its first line is enough on a screen


@needs("ledger", SAMPLE)
def test_given_a_dry_run_when_it_ends_then_nothing_is_there(book):
    code, counts, refused = book.run(SAMPLE, "--dry-run")
    assert (code, refused) == (0, [])
    assert counts["ledger"]["created"] == 3
    assert counts["transaction"]["not_previewed"] == 7
    assert book.exponents() == {}
    assert book.run(SAMPLE)[0] == 0
    code, counts, refused = book.run(SAMPLE, "--dry-run")
    assert (code, counts["transaction"]["existed"]) == (0, 7)

    # Without a client no server is asked.
    offline = subprocess.run([florin.program(), "import", SAMPLE, "--dry-run"], stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, env=florin.clean_environment(), check=False)
    assert offline.returncode == 0
    assert "transaction: 0 would be created, 0 existed, 0 refused, 7 not previewed" in offline.stdout


def test_given_csv_with_bad_lines_when_imported_then_exactly_those_are_reported(book, tmp_path):
    florin.created(book.api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    florin.created(florin.post_accounts(book.api, florin.account(1), florin.account(2, flags=["debits_must_not_exceed_credits"])))
    good = "{id},1,2,{id},700,1,,lunch"
    lines = ["id,From,credit_account_id,amount,ledger,code,flags,Note"] + [good.format(id=id) for id in range(1, 2001)]
    bad = {100: "99,1,2,five,700,1,,x", 700: "699,1,2", 1200: '1199,"1,2,5,700,1,,x', 1500: "1499,1,9999,5,700,1,,x",
           1501: "1500,2,1,9999999999,700,1,,x", 1999: "1998,1,1,5,700,1,,x"}
    for number, text in bad.items():
        lines[number - 1] = text
    file = tmp_path / "pay.csv"
    file.write_text("\n".join(lines) + "\n")
    options = ("--map", "From=debit_account_id", "--map", "Note=", "--batch", "300")
    code, counts, refused = book.run(file, *options)
    assert code == 1
    assert sorted((line["line"], line["status"]) for line in refused) == [
        (100, "not_importable"), (700, "not_importable"), (1200, "not_importable"), (1500, "credit_account_not_found"),
        (1501, "exceeds_credits"), (1999, "accounts_must_be_different")]
    assert counts["transfer"]["created"] == 2000 - len(bad)
    paid = sum(range(1, 2001)) - sum(number - 1 for number in bad)
    assert int(book.get("/ledger/accounts/2").json()["credits_posted"]) == paid

    code, counts, refused = book.run(file, *options)
    assert (counts["transfer"]["created"], counts["transfer"]["existed"]) == (0, 2000 - len(bad))
    assert {line["line"] for line in refused} == set(bad)


def test_given_wrong_usage_when_imported_then_the_exit_code_says_so_and_nothing_is_done(book, tmp_path):
    file = tmp_path / "pay.csv"
    file.write_text("id,amount,Note\n1,5,x\n")
    book.report.write_text("of an earlier run")

    def run(*options, command=book.command(file)):
        done = subprocess.run([*command, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=florin.clean_environment(), check=False)
        return done.returncode, done.stderr

    for options, complaint in ((("--format", "foo"), "--format"), (("--ledger", "X"), "--ledger"), (("--exponent", "EUR=many"), "--exponent"),
                               (("--map", "Note"), "--map")):
        code, text = run(*options)
        assert code == 2 and complaint in text, (options, code, text)
    bare = [florin.program(), "import", file, "--report", book.report]
    for options, complaint in (((), "--client-id"), (("--client-id", "1"), "secret is missing"),
                               (("--client-id", "1", "--client-secret-file", book.secret, "--url", "ftp://x"), "--url"),
                               (("--client-id", "1", "--client-secret-file", book.secret, "--url", "http://x"), "https")):
        code, text = run(*options, command=bare)
        assert code == 2 and complaint in text, (options, code, text)
    assert book.report.read_text() == "of an earlier run"

    for options, complaint in (((), 'the column "Note"'), (("--map", "Other="), 'the column "Note"'), (("--map", "Note=amount"), "two columns")):
        code, text = run(*options)
        assert code == 2 and complaint in text, (options, code, text)
    book.secret.write_text("wrong")
    assert run("--map", "Note=")[0] == 1  # the server's no says nothing of the usage


def test_given_chains_in_csv_when_imported_twice_then_the_second_run_finds_them_and_refuses_nothing(book, tmp_path):
    florin.created(book.api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    florin.created(florin.post_accounts(book.api, florin.account(1), florin.account(2)))
    opened = int(book.get("/ledger/accounts/2").json()["timestamp"])
    head = "id,debit_account_id,credit_account_id,amount,pending_id,ledger,code,flags,timestamp\n"
    file = tmp_path / "chains.csv"
    file.write_text(head + f"10,1,2,1,,700,1,linked imported,{opened + 10}\n11,1,2,2,,700,1,imported,{opened + 11}\n"
                    "1,1,2,5,,700,1,linked,\n2,1,2,6,,700,1,linked pending,\n3,1,2,4,2,700,1,post_pending_transfer,\n4,1,2,8,,700,1,,\n")
    code, counts, refused = book.run(file)
    assert (code, refused, counts["transfer"]["created"]) == (0, [], 6)
    paid = 1 + 2 + 5 + 4 + 8
    assert int(book.get("/ledger/accounts/2").json()["credits_posted"]) == paid
    for options in ((), ("--dry-run",)):
        code, counts, refused = book.run(file, *options)
        assert (code, refused) == (0, [])
        assert (counts["transfer"]["created"], counts["transfer"]["existed"]) == (0, 6)

    # A chain of which a part is there is refused whole, and each line is told apart.
    file.write_text(head + "5,1,2,5,,700,1,linked,\n4,1,2,8,,700,1,,\n1,1,2,5,,700,1,linked,\n2,1,2,7,,700,1,linked pending,\n"
                    "3,1,2,4,2,700,1,post_pending_transfer,\n")
    code, counts, refused = book.run(file)
    assert (code, counts["transfer"]["created"], counts["transfer"]["existed"]) == (1, 0, 3)
    assert [(line["line"], line["status"]) for line in refused] == [
        (2, "linked_event_failed"), (5, "exists_with_different_amount")]
    assert int(book.get("/ledger/accounts/2").json()["credits_posted"]) == paid


def test_given_a_secret_that_others_may_read_or_a_wrong_one_when_imported_then_it_is_refused(book, tmp_path):
    file = tmp_path / "pay.csv"
    file.write_text("id\n")

    def complaint():
        return subprocess.run(book.command(file), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=florin.clean_environment(), check=False).stderr

    book.secret.chmod(0o644)
    assert "permission" in complaint()
    book.secret.chmod(0o600)
    book.secret.write_text("wrong")
    file.write_text("id\n1\n")
    assert "client_authentication_failed" in complaint()
