"""Nothing is in plain text at rest: what clients said is looked for in every byte of the data folder, in each form that it could have
there. And nothing of it is in the log."""
import time

import florin

BOOK, CLIENT, LEDGER_NAME, KEY, VALUE, IDEMPOTENCY = (f"canary-{what}-7f3a" for what in ("book", "client", "ledger", "key", "value", "idempotency"))
ACCOUNTS = (0x1D2C3B4A59687786_95A4B3C2D1E0F101, 0x2D2C3B4A59687786_95A4B3C2D1E0F102)
TRANSFER, TRANSACTION = 0x3D2C3B4A59687786_95A4B3C2D1E0F103, 0x0003BA4A59687786_95A4B3C2D1E0F104
AMOUNT, HELD, USER_DATA = 0x00C0FFEE12345671, 0x00BEEFCAFE123453, 0x5EADBEA7DEADBEA5


def varint(number):
    """7 bits a byte, low bits first: docs/formats/items.md."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def forms(number):
    """Of a number: its digits, fixed in both orders, and as a varint."""
    size = 16 if number >> 64 else 8
    return {"digits": str(number).encode(), "little-endian": number.to_bytes(size, "little"),
            "big-endian": number.to_bytes(size, "big"), "varint": varint(number)}


def canaries():
    for text in (BOOK, CLIENT, LEDGER_NAME, KEY, VALUE, IDEMPOTENCY):
        yield text, text.encode()
    for number in (*ACCOUNTS, TRANSFER, TRANSACTION, AMOUNT, HELD, USER_DATA):
        for name, form in forms(number).items():
            yield f"{number} as {name}", form


def found_in(folder):
    """(canary, file) for each that is there."""
    return [(name, path) for path in sorted(folder.rglob("*")) if path.is_file() for content in [path.read_bytes()]
            for name, form in canaries() if form in content]


def test_given_a_busy_book_when_every_byte_at_rest_is_searched_then_nothing_that_was_said_is_there(tmp_path):
    service = florin.Service(tmp_path, options=["--segment-mib", "4"])
    try:
        book = service.server.create_book(BOOK)
        secret = service.server.create_client(book, CLIENT, florin.ALL_SCOPES)
        api = service.api(secret)
        florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER, name=LEDGER_NAME)]}))
        florin.created(florin.post_accounts(api, *(florin.account(id, flags=["history"], user_data_64=str(USER_DATA)) for id in ACCOUNTS)))
        said = {"Idempotency-Key": f'"{IDEMPOTENCY}"'}
        for number in range(300):
            florin.created(florin.post_transfers(api, florin.transfer(TRANSFER + 1000 * number, *ACCOUNTS, AMOUNT), **(said if number == 0 else {})))
        florin.created(florin.post_transfers(api, florin.transfer(TRANSFER + 1, *ACCOUNTS, HELD, flags=["pending"], user_data_64=str(USER_DATA))))
        postings = [{"account_id": str(id), "side": side, "amount": str(AMOUNT)} for id, side in zip(ACCOUNTS, ("debit", "credit"))]
        florin.created(api.post("/ledger/transactions", {"transactions": [
            {"id": str(TRANSACTION), "code": 1, "postings": postings, "metadata": {KEY: VALUE}}]}))
        answer = api.patch(f"/ledger/accounts/{ACCOUNTS[0]}/metadata", {"metadata": {KEY: VALUE}})
        assert api.get("/ledger/accounts", min_position=florin.position(answer), **{f"metadata[{KEY}]": VALUE}).json()["data"]
        service.server.cli("engine", "snapshot", tmp_path / "data" / "copy")
        assert found_in(service.server.data) == []  # while it runs
        time.sleep(0.1)
        assert service.server.stop() == 0
        assert found_in(service.server.data) == []  # and after all was written out
        files = sum(path.stat().st_size for path in service.server.data.rglob("*") if path.is_file())
        assert files > 1_000_000, "there was next to nothing to search"
        log = service.server.log.read_text()
        assert [name for name, form in canaries() if form.decode("latin-1") in log or secret["client_secret"] in log] == []
        # The search finds what is there.
        (service.server.data / "plain").write_bytes(b"x" + varint(AMOUNT) + b"y" + VALUE.encode() + TRANSFER.to_bytes(16, "big"))
        assert {name for name, _ in found_in(service.server.data)} == {f"{AMOUNT} as varint", VALUE, f"{TRANSFER} as big-endian"}
    finally:
        service.close()
