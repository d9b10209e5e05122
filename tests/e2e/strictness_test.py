"""What is not a well-formed call is refused with a problem that names the place, and leaves no trace in the journal. (What bodies
may say: bodies_test.py.)"""
import re

import florin
import pytest
from florin import exchange

BODY_BYTES_MAX = 8 << 20
BATCH = b'{"transfers":[{"id":"5","debit_account_id":"1","credit_account_id":"2","amount":"3","ledger":700,"code":1}]}'


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


def test_given_a_body_over_the_limit_when_posted_then_413(api, untouched):
    answer = api.post("/ledger/transfers", BATCH + b" " * BODY_BYTES_MAX)
    assert_problem(answer, 413)


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
    assert_problem(api.post("/ledger/transfers", BATCH, {"Content-Type": "text/plain"}), 415)


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
