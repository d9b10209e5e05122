"""More load than the engine can decide: what is refused was refused before anything was accepted and says when to come back; what is
accepted is answered in time; memory stays bounded."""
import struct
import threading
import time

import binary_test
import florin

CALLERS, SECONDS, BATCH, RECORD = 32, 5, 8189, 128
DEADLINE_SECONDS = 5
MEMORY_MIB_MAX = 1024


def resident_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return max(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def flood(service, caller, end, seen):
    api = service.api()
    body = bytearray(binary_test.transfer_record(debit_account_id=1, credit_account_id=2, amount=1, ledger=florin.LEDGER, code=1) * BATCH)
    number = 0
    while time.monotonic() < end:
        first = caller * 1_000_000 + number * BATCH + 1
        for i in range(BATCH):
            struct.pack_into("<Q", body, RECORD * i, first + i)
        begin = time.monotonic()
        answer = binary_test.post(api, "transfers", bytes(body))
        seen.append((answer.status, time.monotonic() - begin, first, answer.headers.get("Retry-After")))
        number += 1
    api.close()


def test_given_more_load_than_can_be_decided_then_the_rest_is_refused_whole_and_the_accepted_is_answered_in_time(tmp_path):
    service = florin.Service(tmp_path)
    try:
        api = service.api()
        florin.created(florin.post_accounts(api, florin.account(1), florin.account(2)))
        seen, end = [], time.monotonic() + SECONDS
        threads = [threading.Thread(target=flood, args=(service, caller, end, seen)) for caller in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        accepted = [row for row in seen if row[0] == 200]
        refused = [row for row in seen if row[0] != 200]
        times = sorted(row[1] for row in accepted)
        print(f"{len(accepted)} accepted, {len(refused)} refused, p50 {times[len(times) // 2]:.2f} s, p100 {times[-1]:.2f} s, "
              f"{resident_mib(service.server.process)} MiB")
        assert accepted and {row[0] for row in refused} <= {429, 503}, {row[0] for row in refused}
        assert all(int(row[3]) >= 1 for row in refused)
        assert times[-1] < DEADLINE_SECONDS
        assert resident_mib(service.server.process) < MEMORY_MIB_MAX
        last = florin.post_transfers(api, florin.transfer(2**40, 2, 1, 1))  # the queries are to know all that was before
        for status, rows in ((200, accepted), (404, refused)):
            for row in rows[-20:]:
                assert api.get(f"/ledger/transfers/{row[2]}", min_position=florin.position(last)).status == status
        assert int(api.get("/ledger/accounts/2", min_position=florin.position(last)).json()["credits_posted"]) == BATCH * len(accepted)
    finally:
        service.close()
