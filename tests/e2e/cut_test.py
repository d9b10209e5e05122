"""Connections that are cut, by clients that do not wait: in the middle of a request or before its answer. The true outcome of each
call is known afterwards, and the same id sent again does it once."""
import json
import os
import random
import socket
import struct
import threading

import florin

CALLS = 1000
THREADS = 8
PAYER, PAYEE = 1, 2
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: a close sends RST and drops what was not sent


def request(api, id):
    body = json.dumps({"transfers": [florin.transfer(id, PAYER, PAYEE, 1)]}).encode()
    head = (f"POST /api/v1/ledger/transfers HTTP/1.1\r\nHost: florin\r\nAuthorization: Bearer {api.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def cut(service, text, chance):
    """Sends some of it, or all, and cuts the connection with RST or FIN."""
    with socket.create_connection((service.server.host, service.server.port), timeout=10) as connection:
        if chance.random() < 0.7:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        whole = chance.random() < 0.7
        connection.sendall(text if whole else text[:chance.randrange(1, len(text))])
        if whole and chance.random() < 0.5:
            connection.settimeout(chance.uniform(0.0001, 0.003))
            try:
                connection.recv(1)
            except TimeoutError:
                pass


def test_given_a_thousand_cut_connections_then_each_call_was_done_whole_or_not_and_can_be_sent_again(service, api):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"SEED={seed}")
    florin.created(florin.post_accounts(api, florin.account(PAYER), florin.account(PAYEE)))

    def cut_some(number):
        chance = random.Random(seed + number)
        for id in range(number + 1, CALLS + 1, THREADS):
            cut(service, request(api, id), chance)

    threads = [threading.Thread(target=cut_some, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # A command of our own comes behind all that the server had taken when its connections were cut.
    position = florin.position(florin.post_accounts(api, florin.account(PAYER)))
    done = {int(row["id"]) for row in florin.pages(api, f"/ledger/accounts/{PAYER}/transfers", limit=1000, min_position=position)}
    assert 0 < len(done) < CALLS, "the cuts prove nothing"
    again = florin.post_transfers(api, *(florin.transfer(id, PAYER, PAYEE, 1) for id in range(1, CALLS + 1)))
    told = dict(enumerate(florin.statuses(again), 1))
    assert {id for id, status in told.items() if status == "exists"} >= done
    assert set(told.values()) <= {"exists", "created"}
    row = api.get(f"/ledger/accounts/{PAYER}", min_position=florin.position(again)).json()
    assert int(row["debits_posted"]) == CALLS
    assert service.server.running()
