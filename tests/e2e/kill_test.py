"""kill -9 at random points under load. The driver's own record, outside the server, says what was acknowledged; after every restart
and in the end nothing of it is missing, nothing is there twice, and the books equal a replay of the journal."""
import os
import random

import driver
import florin

KILLS = int(os.environ.get("KILLS", "50"))
LOAD_SECONDS = (0.05, 0.8)  # of load before a kill


def test_given_load_when_killed_again_and_again_then_nothing_acknowledged_is_lost_or_doubled(tmp_path):
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    service = florin.Service(tmp_path)
    record = driver.Record()
    driver.open_accounts(service)
    try:
        for kill in range(KILLS):
            driver.load(service, record, f"{seed}-{kill}", chance.uniform(*LOAD_SECONDS))
            service.server.start()
            # A sample of earlier calls, asked again with their key, gets the first answer, byte for byte.
            api = service.api()
            for batch, body in chance.sample(record.acknowledged, min(5, len(record.acknowledged))):
                assert florin.post_transfers(api, *batch[1], **{"Idempotency-Key": f'"{batch[0]}"'}).body == body
            api.close()
        assert len(record.acknowledged) > KILLS * driver.CALLERS, "the load was too small to prove anything"
        driver.check_all(service, record)
        print(f"{KILLS} kills, {len(record.transfers())} transfers acknowledged")
    finally:
        service.close()
