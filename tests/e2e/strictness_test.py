"""What is not a well-formed call is refused with a problem that names the place, and leaves no trace in the journal."""
import json
import re
import zlib

import florin
import pytest
from florin import exchange

BODY_BYTES_MAX = 8 << 20
ITEMS_MAX = 8189


def item(**changes):
    """The JSON text of one transfer; a value of type bytes goes in as it is."""
    fields = {name: json.dumps(value) for name, value in florin.transfer(5, 1, 2, 3).items()}
    fields |= {name: value.decode() if isinstance(value, bytes) else json.dumps(value) for name, value in changes.items()}
    return "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"


def batch(*items):
    return ('{"transfers":[' + ",".join(items) + "]}").encode()


# name: body, status, pointer of the error or None
CASES = {
    "empty body": (b"", 400, None),
    "not JSON": (b"transfers", 400, None),
    "cut off": (batch(item())[:-1], 400, None),
    "trailing bytes": (batch(item()) + b" x", 400, None),
    "two values": (batch(item()) * 2, 400, None),
    "byte order mark": (b"\xef\xbb\xbf" + batch(item()), 400, None),
    "bad UTF-8": (batch(item(code="?")).replace(b"?", b"\xff"), 400, None),
    "NUL byte": (batch(item()).replace(b":", b":\0", 1), 400, None),
    "comment": (b"/* */" + batch(item()), 400, None),
    "single quotes": (batch(item()).replace(b'"', b"'"), 400, None),
    "NaN": (batch(item(amount=b"NaN")), 400, None),
    "leading zero of a number": (batch(item(code=b"01")), 400, None),
    "duplicate key": (batch('{"id":"5",' + item()[1:]), 400, None),
    "duplicate key, escaped": (batch('{"\\u0069d":"5",' + item()[1:]), 400, None),
    "deep nesting": (b'{"transfers":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, None),
    "an array": (b"[" + item().encode() + b"]", 422, ""),
    "null": (b"null", 422, ""),
    "no field of the batch": (b"{}", 422, None),
    "another field beside the batch": (batch(item())[:-1] + b',"x":1}', 422, "/x"),
    "batch is no array": (b'{"transfers":{}}', 422, "/transfers"),
    "empty batch": (batch(), 422, "/transfers"),
    "one item too many": (batch(*[item()] * (ITEMS_MAX + 1)), 422, "/transfers"),
    "item is no object": (batch("5"), 422, "/transfers/0"),
    "second item is wrong": (batch(item(), item(code=b"1.0")), 422, "/transfers/1/code"),
    "unknown field": (batch(item(note="x")), 422, "/transfers/0/note"),
    "field name with a slash": (batch(item(**{"a/b": 1})), 422, "/transfers/0/a~1b"),
    "amount 1.0": (batch(item(amount=b"1.0")), 422, "/transfers/0/amount"),
    "amount 1e3": (batch(item(amount=b"1e3")), 422, "/transfers/0/amount"),
    "amount -0": (batch(item(amount=b"-0")), 422, "/transfers/0/amount"),
    "amount -1": (batch(item(amount=b"-1")), 422, "/transfers/0/amount"),
    "amount true": (batch(item(amount=True)), 422, "/transfers/0/amount"),
    "amount null": (batch(item(amount=None)), 422, "/transfers/0/amount"),
    "amount of 2^53 as a number": (batch(item(amount=2**53)), 422, "/transfers/0/amount"),
    "amount of 2^128": (batch(item(amount=str(2**128))), 422, "/transfers/0/amount"),
    "amount of 1,000 digits": (batch(item(amount="9" * 1000)), 422, "/transfers/0/amount"),
    'amount "-1"': (batch(item(amount="-1")), 422, "/transfers/0/amount"),
    'amount "+1"': (batch(item(amount="+1")), 422, "/transfers/0/amount"),
    'amount "01"': (batch(item(amount="01")), 422, "/transfers/0/amount"),
    'amount " 1"': (batch(item(amount=" 1")), 422, "/transfers/0/amount"),
    'amount ""': (batch(item(amount="")), 422, "/transfers/0/amount"),
    'amount "1.5"': (batch(item(amount="1.5")), 422, "/transfers/0/amount"),
    'amount "0x1"': (batch(item(amount="0x1")), 422, "/transfers/0/amount"),
    "amount in other digits": (batch(item(amount="\u0661")), 422, "/transfers/0/amount"),
    "code as a string": (batch(item(code="1")), 422, "/transfers/0/code"),
    "code of 2^16": (batch(item(code=65536)), 422, "/transfers/0/code"),
    "ledger of 2^32": (batch(item(ledger=2**32)), 422, "/transfers/0/ledger"),
    "user_data_64 of 2^64": (batch(item(user_data_64=str(2**64))), 422, "/transfers/0/user_data_64"),
    "flags as a string": (batch(item(flags="pending")), 422, "/transfers/0/flags"),
    "unknown flag": (batch(item(flags=["fast"])), 422, "/transfers/0/flags/0"),
    "duplicated flag": (batch(item(flags=["imported", "imported"])), 422, "/transfers/0/flags/1"),
}


@pytest.fixture(scope="module", autouse=True)
def accounts(service):
    florin.created(florin.post_accounts(service.api(), florin.account(1), florin.account(2)))


@pytest.fixture
def untouched(service):
    """The journal and the state are the same after the test as before it."""
    before = service.server.digest()
    yield
    assert service.server.digest() == before


def assert_problem(answer, status):
    assert answer.status == status, answer
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["status"] == status
    assert body["type"] and body["title"] and body["detail"] and body["code"] and body["request_id"]
    return body


@pytest.mark.parametrize("name", CASES)
def test_given_a_body_that_is_wrong_when_posted_then_it_is_refused_and_named(api, untouched, name):
    body, status, pointer = CASES[name]
    problem = assert_problem(api.post("/ledger/transfers", body), status)
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]], problem


def test_given_a_body_over_the_limit_when_posted_then_413(api, untouched):
    answer = api.post("/ledger/transfers", batch(item()) + b" " * BODY_BYTES_MAX)
    assert_problem(answer, 413)


def test_given_a_full_batch_when_posted_then_each_item_has_its_result(api):
    answer = api.post("/ledger/transfers", batch(*[item(id=str(number)) for number in range(100, 100 + ITEMS_MAX)]))
    assert len(florin.created(answer)) == ITEMS_MAX


@pytest.mark.parametrize("changes, status", [
    ({"id": 0}, "id_must_not_be_zero"),
    ({"id": str(2**128 - 1)}, "id_must_not_be_int_max"),
    ({"ledger": 0}, "ledger_must_not_be_zero"),
    ({"ledger": 4_000_000_000}, "ledger_not_open"),
    ({"code": 0}, "code_must_not_be_zero"),
    ({"debit_account_id": "0"}, "debit_account_id_must_not_be_zero"),
    ({"credit_account_id": "1"}, "accounts_must_be_different"),
    ({"debit_account_id": "77"}, "debit_account_not_found"),
    ({"timestamp": str(2**64 - 1)}, "timestamp_must_be_zero"),
    ({"timeout": 1}, "timeout_reserved_for_pending_transfer"),
    ({"pending_id": "1"}, "pending_id_must_be_zero"),
])
def test_given_what_the_core_has_a_result_for_when_posted_then_it_reaches_the_core(api, changes, status):
    # An id of its own for each case: a transient failure burns the id that it came with.
    own = {"id": str(zlib.crc32(status.encode()))}
    answer = api.post("/ledger/transfers", batch(item(**(own | changes))))
    assert florin.statuses(answer) == [status]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=", "limit=01", "limit=x", "limit=1&limit=1", "order=up", "side=both",
                                   "cursor=x", "cursor=", "colour=red", "timestamp_min=-1", "min_position=x", "code=65536",
                                   "limit=%zz"])
def test_given_a_wrong_parameter_when_listed_then_400(api, query):
    assert_problem(api.call("GET", f"/api/v1/ledger/accounts/1/transfers?{query}"), 400)


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/api/v1/nothing", 404), ("GET", "/", 404), ("DELETE", "/api/v1/ledger/accounts", 405),
    ("GET", "/api/v1/ledger/accounts/77", 404), ("GET", "/api/v1/ledger/transfers/77", 404),
])
def test_given_nothing_there_when_called_then_a_problem_says_so(api, method, path, status):
    assert_problem(api.call(method, path), status)


def test_given_another_media_type_when_posted_then_415(api, untouched):
    assert_problem(api.post("/ledger/transfers", batch(item()), {"Content-Type": "text/plain"}), 415)


FRAMING = {
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "two equal Content-Lengths": b"POST /api/v1/oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "length and chunks": b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked, gzip": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "another coding": b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "folded line": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
    "bare LF": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
}


@pytest.mark.parametrize("name", FRAMING)
def test_given_broken_framing_when_sent_then_400_and_nothing_behind_it_is_answered(service, untouched, name):
    received = exchange(service, FRAMING[name] + b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 400") or received.startswith(b"HTTP/1.0 400"), received
    assert len(re.findall(rb"HTTP/1\.[01] \d\d\d ", received)) == 1
    assert b"x-request-id:" in received.lower()
