"""Who may do what: every refusal is a 401 or 403 with a problem that says which."""
import base64
import json

import florin
import pytest
from florin import Api, exchange

READ = ("GET", "/api/v1/ledger/accounts/1")
WRITE = ("POST", "/api/v1/ledger/transfers")


def problem(answer, status, code):
    assert answer.status == status, answer
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["code"] == code and body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    for member in ("type", "title", "detail"):
        assert body[member]
    return answer


def with_token(service, token, method, path):
    body = {"transfers": [florin.transfer(1, 1, 2, 1)]} if method == "POST" else None
    return Api(service.server.host, service.server.port, token).call(method, path, body)


def segments(token):
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2]]


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("method, path", [READ, WRITE])
def test_given_no_token_when_called_then_401(service, method, path):
    answer = problem(with_token(service, None, method, path), 401, "authentication_required")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["x", "a.b.c", "a.b", "Zm9v.Zm9v.Zm9v"])
def test_given_no_well_formed_token_when_called_then_401(service, token):
    answer = with_token(service, token, *READ)
    assert answer.status == 401 and answer.json()["code"] in ("token_malformed", "token_forged"), answer


def test_given_a_token_whose_claims_were_changed_when_called_then_it_is_forged(service, api):
    header, claims = segments(api.token)
    _, _, signature = api.token.split(".")
    forged = ".".join([encode(header), encode(claims | {"exp": claims["exp"] + 1}), signature])
    problem(with_token(service, forged, *READ), 401, "token_forged")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
def test_given_a_token_of_another_algorithm_when_called_then_it_is_refused(service, api, algorithm):
    header, claims = segments(api.token)
    for signature in ("", api.token.split(".")[2]):
        forged = ".".join([encode(header | {"alg": algorithm}), encode(claims), signature])
        answer = with_token(service, forged, *READ)
        assert answer.status == 401 and answer.json()["code"] in ("token_malformed", "token_forged"), answer


def test_given_a_token_then_it_lives_ten_minutes_and_its_key_is_published(service, api):
    header, claims = segments(api.token)
    assert header["alg"] == "EdDSA"
    assert claims["exp"] - claims["iat"] == 600
    keys = api.call("GET", "/.well-known/jwks.json").json()["keys"]
    assert header["kid"] in [key["kid"] for key in keys]
    for key in keys:
        assert (key["kty"], key["crv"]) == ("OKP", "Ed25519") and "d" not in key


def test_given_a_client_that_may_read_when_it_writes_then_403(service):
    reader = service.client_with("ledger:read")
    problem(with_token(service, service.api(reader).token, *WRITE), 403, "scope_missing")


def test_given_a_token_of_fewer_scopes_than_the_client_has_when_it_writes_then_403(service):
    api = service.api(scope="ledger:read")
    assert api.get("/ledger/ledgers").status == 200
    problem(with_token(service, api.token, *WRITE), 403, "scope_missing")


def test_given_a_scope_that_the_client_lacks_when_a_token_is_asked_for_then_400(service):
    reader = service.client_with("ledger:read")
    with pytest.raises(florin.FlorinError, match="invalid_scope"):
        service.api(reader, scope="ledger:write")


def test_given_a_wrong_secret_when_a_token_is_asked_for_then_401(service):
    wrong = service.client | {"client_secret": "x" + service.client["client_secret"][1:]}
    with pytest.raises(florin.FlorinError, match="invalid_client"):
        service.api(wrong)


def test_given_a_ledger_that_is_not_granted_when_posted_into_then_403_and_nothing_is_journaled(service, api):
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(701)]}))
    other = service.api(service.client_with("ledger:read ledger:write", "701"))
    florin.created(florin.post_accounts(other, florin.account(7001, ledger=701)))
    answer = florin.post_accounts(other, florin.account(7002))
    problem(answer, 403, "ledger_not_granted")
    assert api.get("/ledger/accounts/7002").status == 404


def test_given_a_revoked_client_when_it_calls_then_401(service):
    client = service.client_with("ledger:read")
    token = service.api(client).token
    assert with_token(service, token, "GET", "/api/v1/ledger/ledgers").status == 200
    service.server.cli("client", "revoke", "--book", service.book, "--client", client["client_id"])
    problem(with_token(service, token, "GET", "/api/v1/ledger/ledgers"), 401, "client_revoked")
    with pytest.raises(florin.FlorinError, match="invalid_client"):
        service.api(client)


def test_given_an_account_of_another_book_when_read_then_404(service, api):
    florin.created(florin.post_accounts(api, florin.account(8001)))
    book = service.server.create_book("another")
    stranger = service.server.create_client(book, "stranger", florin.ALL_SCOPES)
    problem(service.api(stranger).get("/ledger/accounts/8001"), 404, "account_not_found")


def test_given_two_authorization_fields_when_called_then_400_also_when_they_are_equal(service, api):
    answers = exchange(service, f"GET /api/v1/ledger/ledgers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n"
                                f"Authorization: Bearer {api.token}\r\nConnection: close\r\n\r\n".encode())
    assert answers.startswith(b"HTTP/1.1 400")

