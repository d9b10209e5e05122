"""The rows of tests/gateway/commands/bodies.txt, asked of a server: each field of each command with each value of its type, flags
and items that contradict each other, and bodies that are none."""
import bodies
import florin
import pytest

TABLE = bodies.Table()


@pytest.fixture(scope="module", params=TABLE.endpoints, ids=lambda endpoint: endpoint.name)
def endpoint(request):
    return request.param


@pytest.fixture(scope="module")
def rows(endpoint):
    """In the order of the table, which some answers depend on."""
    return list(TABLE.rows(endpoint))


@pytest.fixture(scope="module")
def client(service, endpoint):
    """A connection to a book of its own, in which what the endpoint needs is there."""
    book = service.server.create_book(f"bodies of {endpoint.name}")
    api = service.api(service.server.create_client(book, "bodies", florin.ALL_SCOPES))
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER)]}))
    for path, body in endpoint.setups:
        florin.created(api.post(path, TABLE.text(endpoint, body)))
    yield api
    api.close()


def wrong_taken(row, answer):
    """What is wrong with the answer to a body that must be taken, or None."""
    if answer.status != 200:
        return "was refused"
    told = [result["status"] for result in answer.json()["results"]]
    if row.answers is None:
        return None if set(told) <= {"created", "set"} else "has other statuses"
    agree = len(told) == len(row.answers) and all(status in expected for status, expected in zip(told, row.answers))
    return None if agree else f"should be {row.answers}"


def wrong_refused(row, answer):
    """What is wrong with the answer to a body that must be refused, or None."""
    if answer.status != row.status:
        return f"should be {row.status}"
    problem = answer.json()
    whole = all(problem[member] for member in ("type", "title", "detail", "code", "request_id")) and problem["status"] == row.status
    headers = (answer.headers["Content-Type"], answer.headers["Cache-Control"], bool(answer.headers["X-Request-Id"]))
    if not whole or headers != ("application/problem+json", "no-store", True):
        return f"is no whole problem: {headers}"
    errors = [(error["code"], error["pointer"]) for error in problem["errors"]]
    named = any(code == row.code and row.pointer in ("?", pointer) for code, pointer in errors)
    return None if named else f"should name {row.code} at {row.pointer!r}"


def ask(api, row):
    return api.call(row.method, "/api/v1" + row.path, row.body)


def findings(api, rows):
    for row in rows:
        answer = ask(api, row)
        wrong = (wrong_taken if row.status == 200 else wrong_refused)(row, answer)
        if wrong:
            yield f"bodies.txt:{row.line}: {row.method} {row.path} {row.group} {row.body[:200]}: {answer} {wrong}"


def assert_none(found):
    found = list(found)
    assert not found, "\n" + "\n".join(found)


def test_given_what_is_wrong_when_posted_then_it_is_refused_and_named_and_leaves_no_trace(service, client, rows):
    before = service.server.digest()
    assert_none(findings(client, (row for row in rows if row.status != 200)))
    assert service.server.digest() == before


def test_given_what_is_well_formed_when_posted_then_the_ledger_answers(client, rows):
    assert_none(findings(client, (row for row in rows if row.status == 200)))
