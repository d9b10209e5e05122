"""The binary form of the batches says what JSON says, and more: what only it can say is answered item by item."""
import re
import struct

import florin
import pytest

RECORDS = "application/vnd.florin.ledger"
MAX = 2**128 - 1
CREATED = 0xFFFFFFFF
ACCOUNT_FLAGS = ("linked", "debits_must_not_exceed_credits", "credits_must_not_exceed_debits", "history", "imported", "closed")
TRANSFER_FLAGS = ("linked", "pending", "post_pending_transfer", "void_pending_transfer", "balancing_debit", "balancing_credit",
                  "closing_debit", "closing_credit", "imported")


def statuses(kind):
    """{number: name} of schemas/statuses.hpp."""
    text = (florin.ROOT / "schemas/statuses.hpp").read_text()
    table = re.search(rf"#define FLORIN_{kind}_STATUSES\(X\)(.*?)\n\n", text, re.DOTALL).group(1)
    return {int(number): name for name, number in re.findall(r"X\((\w+), (\d+)\)", table)} | {CREATED: "created"}


def wide(value):
    return int(value).to_bytes(16, "little")


def flag_bits(names, table):
    return names if isinstance(names, int) else sum(1 << table.index(name) for name in names)


def account_record(id=0, user_data_128=0, user_data_64=0, user_data_32=0, reserved=0, ledger=0, code=0, flags=(), timestamp=0,
                   balances=(0, 0, 0, 0)):
    return wide(id) + b"".join(map(wide, balances)) + wide(user_data_128) + struct.pack(
        "<QIIIHHQ", int(user_data_64), user_data_32, reserved, ledger, code, flag_bits(flags, ACCOUNT_FLAGS), int(timestamp))


def transfer_record(id=0, debit_account_id=0, credit_account_id=0, amount=0, pending_id=0, user_data_128=0, user_data_64=0,
                    user_data_32=0, timeout=0, ledger=0, code=0, flags=(), timestamp=0):
    fields = (id, debit_account_id, credit_account_id, MAX if amount == "max" else amount, pending_id, user_data_128)
    return b"".join(map(wide, fields)) + struct.pack(
        "<QIIIHHQ", int(user_data_64), user_data_32, timeout, ledger, code, flag_bits(flags, TRANSFER_FLAGS), int(timestamp))


def post(api, kind, body, **headers):
    return api.post(f"/ledger/{kind}", body, {"Content-Type": RECORDS, **headers})


def results(answer, kind):
    """[(status, timestamp)] of an answer in the binary form."""
    assert answer.status == 200 and answer.headers["Content-Type"] == RECORDS, answer
    assert answer.headers["Florin-Position"] and len(answer.body) % 16 == 0
    rows = list(struct.iter_unpack("<QII", answer.body))
    assert all(reserved == 0 for _, _, reserved in rows)
    names = statuses(kind)
    return [(names[status], timestamp) for timestamp, status, _ in rows]


def names(answer, kind):
    return [name for name, _ in results(answer, kind)]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Two servers that see the same calls, one in JSON, one in records."""
    services = [florin.Service(tmp_path_factory.mktemp(name)) for name in ("json", "binary")]
    yield [service.api() for service in services]
    for service in services:
        service.close()


ACCOUNTS = [
    florin.account(1, flags=["history"], user_data_128=str(MAX), user_data_64=str(2**64 - 1), user_data_32=2**32 - 1),
    florin.account(2, flags=["debits_must_not_exceed_credits"]),
    florin.account(3, flags=["credits_must_not_exceed_debits"], code=65535),
    florin.account(4, flags=["closed"]),
    florin.account(str(MAX - 1)),
    florin.account(str(MAX)),
    florin.account(0),
    florin.account(1),
    florin.account(1, flags=["history"], user_data_128=str(MAX), user_data_64=str(2**64 - 1), user_data_32=2**32 - 1),
    florin.account(5, flags=["debits_must_not_exceed_credits", "credits_must_not_exceed_debits"]),
    florin.account(6, ledger=0),
    florin.account(6, ledger=9),
    florin.account(6, code=0),
    florin.account(6, timestamp="5"),
    florin.account(7, flags=["linked"]),
    florin.account(7),
    florin.account(8, flags=["linked"]),
]
TRANSFERS = [
    florin.transfer(1, 1, 2, 100, user_data_128="7", user_data_64="8", user_data_32=9),
    florin.transfer(1, 1, 2, 100),
    florin.transfer(2, 1, 2, 50, flags=["pending"], timeout=3600),
    florin.transfer(3, 0, 0, "max", ledger=0, code=0, flags=["post_pending_transfer"], pending_id="2"),
    florin.transfer(4, 2, 1, 10**30),
    florin.transfer(4, 2, 1, 1),
    florin.transfer(5, 2, 1, "max", flags=["balancing_debit"]),
    florin.transfer(6, 1, 4, 1),
    florin.transfer(7, 1, 1, 1),
    florin.transfer(8, 1, 2, 1, flags=["linked"]),
    florin.transfer(9, 1, 999, 1),
    florin.transfer(10, 1, 2, 0, timeout=1),
    florin.transfer(MAX, 1, 2, 1),
    florin.transfer(11, 1, 2, 1, flags=["imported"], timestamp="1"),
    florin.transfer(12, 1, 2, 1, flags=["linked"]),
]


@pytest.mark.parametrize("kind, items, record", [("accounts", ACCOUNTS, account_record), ("transfers", TRANSFERS, transfer_record)])
def test_given_the_same_items_when_posted_in_either_form_then_results_and_state_are_the_same(books, kind, items, record):
    in_json, in_binary = books
    told = in_json.post(f"/ledger/{kind}", {kind: items})
    got = post(in_binary, kind, b"".join(record(**item) for item in items))
    found = names(got, kind[:-1].upper())
    assert found == florin.statuses(told)
    assert len(set(found)) > 8  # the list above says something
    for number in range(1, 13):
        rows = []
        for api, answer in ((in_json, told), (in_binary, got)):
            row = api.get(f"/ledger/{kind}/{number}", min_position=florin.position(answer)).json()
            rows.append({name: value for name, value in row.items() if name not in ("timestamp", "request_id")})
        assert rows[0] == rows[1]


def test_given_records_that_json_cannot_say_when_posted_then_each_has_its_status(api):
    records = [account_record(100, ledger=florin.LEDGER, code=1, reserved=1),
               account_record(100, ledger=florin.LEDGER, code=1, reserved=2**32 - 1, flags=0xFFC0),
               account_record(100, ledger=florin.LEDGER, code=1, flags=1 << 6),
               account_record(100, ledger=florin.LEDGER, code=1, flags=1 << 15),
               account_record(100, ledger=florin.LEDGER, code=1, balances=(1, 0, 0, 0)),
               account_record(100, ledger=florin.LEDGER, code=1, balances=(0, MAX, 1, 1)),
               account_record(100, ledger=florin.LEDGER, code=1, balances=(0, 0, 1, 1)),
               account_record(100, ledger=florin.LEDGER, code=1, balances=(0, 0, 0, 1)),
               bytes(128), b"\xff" * 128]
    assert names(post(api, "accounts", b"".join(records)), "ACCOUNT") == [
        "reserved_field", "reserved_field", "reserved_flag", "reserved_flag", "debits_pending_must_be_zero",
        "debits_posted_must_be_zero", "credits_pending_must_be_zero", "credits_posted_must_be_zero", "id_must_not_be_zero",
        "linked_event_chain_open"]
    records = [transfer_record(100, flags=1 << 9), transfer_record(100, flags=1 << 15), bytes(128), b"\xff" * 128]
    assert names(post(api, "transfers", b"".join(records)), "TRANSFER") == [
        "reserved_flag", "reserved_flag", "id_must_not_be_zero", "linked_event_chain_open"]
    assert api.get("/ledger/accounts/100").status == 404


def test_given_what_is_no_batch_when_posted_then_a_problem_says_so(api):
    for body in (b"", b"\0" * 127, b"\0" * 129, b"{}", b"\0" * (128 * 8190)):
        answer = post(api, "transfers", body)
        assert answer.status == 400 and answer.headers["Content-Type"] == "application/problem+json", answer
        assert answer.json()["code"] == "records_malformed" and str(len(body)) in answer.json()["detail"], answer
    assert post(api, "transfers", b"\0" * (8 << 20) + b"\0").status == 413


def test_given_a_full_batch_when_posted_then_it_has_as_many_results(api):
    assert names(post(api, "accounts", bytes(128 * 8189)), "ACCOUNT") == ["id_must_not_be_zero"] * 8189


def test_given_another_media_type_or_call_when_posted_then_415(api):
    for type in ("application/vnd.florin.ledger2", "application/octet-stream", "application/vnd.florin"):
        answer = api.post("/ledger/accounts", bytes(128), {"Content-Type": type})
        assert answer.status == 415 and RECORDS in answer.json()["detail"], answer
    assert post(api, "ledgers", bytes(128)).status == 415
    assert post(api, "accounts", bytes(128), **{"Content-Type": RECORDS.upper() + " ; v=1"}).status == 200


def test_given_a_key_when_records_are_repeated_then_the_answer_is_the_first_one(api):
    record = account_record(200, ledger=florin.LEDGER, code=1)
    headers = {"Idempotency-Key": '"binary-1"'}
    first = post(api, "accounts", record, **headers)
    again = post(api, "accounts", record, **headers)
    assert names(first, "ACCOUNT") == ["created"]
    assert again.body == first.body and florin.position(again) == florin.position(first)
    for answer in (post(api, "transfers", record, **headers), post(api, "accounts", record + record, **headers),
                   florin.post_accounts(api, florin.account(200), **headers)):
        assert answer.status == 422 and answer.json()["code"] == "idempotency_key_reused", answer


def test_given_a_ledger_that_is_not_granted_when_records_name_it_then_the_command_is_refused(service):
    api = service.api(service.client_with("ledger:write", ledgers="701"))
    answer = post(api, "accounts", account_record(1, ledger=701, code=1) + account_record(1, ledger=florin.LEDGER, code=1))
    assert answer.status == 403 and answer.json()["errors"][0]["pointer"] == "/accounts/1", answer
    assert florin.position(answer)


def test_given_batches_that_are_pipelined_when_answered_then_each_has_its_results_in_order(service, api):
    batches = []
    for number in range(8):
        size = (3000, 1)[number % 2]  # long bodies are read by workers, short ones at once
        body = b"".join(account_record(10**6 + 10**4 * number + i, ledger=florin.LEDGER, code=1) for i in range(size))
        batches.append((size, body))
    host = f"{service.server.host}:{service.server.port}"
    head = f"POST /api/v1/ledger/accounts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {api.token}\r\nContent-Type: {RECORDS}\r\n"
    text = b"".join(f"{head}{'' if n < 7 else 'Connection: close' + chr(13) + chr(10)}Content-Length: {len(body)}\r\n\r\n".encode() + body
                    for n, (_, body) in enumerate(batches))
    received = florin.exchange(service, text)
    last = 0
    for size, _ in batches:
        head, _, received = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        body, received = received[:16 * size], received[16 * size:]
        for timestamp, status, _ in struct.iter_unpack("<QII", body):
            assert status == CREATED and timestamp > last  # decided in the order in which they were sent
            last = timestamp
    assert received == b""
