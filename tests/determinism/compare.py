"""Determinism across compilers and build types: one server writes a journal under a random load of every kind of ledger
command, and the replay_digest of every build folder must compute the same events and the same state from it. The first folder
also holds the server.

Usage: compare.py BUILD BUILD..."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import florin  # noqa: E402
from additions import Additions  # noqa: E402

BATCHES = 60
BATCH_MAX = 300
ACCOUNTS = 200
IDS = 8000  # few enough that many transfers meet an id that was used before
FLAGS = [[], [], ["history"], ["debits_must_not_exceed_credits"], ["credits_must_not_exceed_debits", "history"]]
ADDITIONS = 250  # calls


def load(service, chance):
    """Accounts of all kinds, and transfers of which many are refused, for many reasons; then what only Florin has."""
    api = service.api()
    for number in range(1, ACCOUNTS + 1):
        florin.post_accounts(api, florin.account(number, code=number % 7, flags=chance.choice(FLAGS)))
    for _ in range(BATCHES):
        transfers = [florin.transfer(chance.randrange(IDS), chance.randrange(ACCOUNTS + 5), chance.randrange(ACCOUNTS + 5),
                                     chance.choice([0, 1, 10, 1000, 2**64, 2**128 - 2]), code=chance.randrange(3),
                                     user_data_128=str(chance.getrandbits(128)))
                     for _ in range(chance.randrange(1, BATCH_MAX + 1))]
        florin.statuses(florin.post_transfers(api, *transfers))
    additions = Additions(api, chance)
    additions.every_kind()
    for _ in range(ADDITIONS):
        additions.call()
    additions.wait_for_expiry()
    return additions.seen


def main():
    builds = [pathlib.Path(argument) for argument in sys.argv[1:]]
    if len(builds) < 2:
        sys.exit(__doc__)
    os.environ["FLORIN_BUILD"] = str(builds[0].resolve())
    seed = os.environ.get("SEED", str(random.randrange(2**32)))
    print(f"SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="florin-determinism-") as folder:
        service = florin.Service(pathlib.Path(folder))
        try:
            seen = load(service, random.Random(seed))
            live = service.server.digest()["digest"]
            assert service.server.stop() == 0
        finally:
            service.close()
        print(f"{sum(seen.values())} items of Florin's own kinds with {len(seen)} kinds of results")
        found = []
        for build in builds:
            program = build / "tests/determinism/replay_digest"
            found.append(subprocess.run([program, service.server.data], capture_output=True, text=True, check=True).stdout.strip())
            print(f"{build}: {found[-1]}")
    same = set(found) == {found[0]} and found[0].endswith(live)
    print("all builds agree with the live server" if same else f"the builds differ, or from the live server's {live}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
