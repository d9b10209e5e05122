"""What clients say in the tests of what is at rest, and the search for it: in files, and in the records of topics, in each form that it
could have there."""
import florin
import plain_consumer

BOOK, CLIENT, LEDGER_NAME, KEY, VALUE, IDEMPOTENCY = (f"canary-{what}-7f3a" for what in ("book", "client", "ledger", "key", "value", "idempotency"))
ACCOUNTS = (0x1D2C3B4A59687786_95A4B3C2D1E0F101, 0x2D2C3B4A59687786_95A4B3C2D1E0F102)
TRANSFER, TRANSACTION = 0x3D2C3B4A59687786_95A4B3C2D1E0F103, 0x0003BA4A59687786_95A4B3C2D1E0F104
CALLS = 300
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


def say_all(service):
    """Books, accounts, amounts, keys: all of it is said, and read once. Returns the client's credentials."""
    book = service.server.create_book(BOOK)
    client = service.server.create_client(book, CLIENT, florin.ALL_SCOPES)
    api = service.api(client)
    florin.created(api.post("/ledger/ledgers", {"ledgers": [florin.ledger(florin.LEDGER, name=LEDGER_NAME)]}))
    florin.created(florin.post_accounts(api, *(florin.account(id, flags=["history"], user_data_64=str(USER_DATA)) for id in ACCOUNTS)))
    said = {"Idempotency-Key": f'"{IDEMPOTENCY}"'}
    for number in range(CALLS):
        florin.created(florin.post_transfers(api, florin.transfer(TRANSFER + 1000 * number, *ACCOUNTS, AMOUNT), **(said if number == 0 else {})))
    florin.created(florin.post_transfers(api, florin.transfer(TRANSFER + 1, *ACCOUNTS, HELD, flags=["pending"], user_data_64=str(USER_DATA))))
    postings = [{"account_id": str(id), "side": side, "amount": str(AMOUNT)} for id, side in zip(ACCOUNTS, ("debit", "credit"))]
    florin.created(api.post("/ledger/transactions", {"transactions": [
        {"id": str(TRANSACTION), "code": 1, "postings": postings, "metadata": {KEY: VALUE}}]}))
    answer = api.patch(f"/ledger/accounts/{ACCOUNTS[0]}/metadata", {"metadata": {KEY: VALUE}})
    assert api.get("/ledger/accounts", min_position=florin.position(answer), **{f"metadata[{KEY}]": VALUE}).json()["data"]
    return client


def found_in(content):
    return [name for name, form in canaries() if form in content]


def found_in_folder(folder):
    """(canary, file) for each that is there."""
    return [(name, path) for path in sorted(folder.rglob("*")) if path.is_file() for name in found_in(path.read_bytes())]


def found_in_record(record):
    parts = [record.key, record.value, *(part for header in record.headers for part in header)]
    return [name for part in parts for name in found_in(part or b"")]


def found_in_topics(variables, topics, partitions=1):
    """(canary, topic, offset) for each that a plain consumer reads. `variables` tell where the brokers are."""
    return [(name, topic, record.offset) for topic in topics for record in plain_consumer.read_topic(variables, topic, partitions)
            for name in found_in_record(record)]
