"""Nothing is in plain text at rest: what clients said is looked for in every byte of the data folder, in each form that it could have
there. And nothing of it is in the log."""
import time

import canaries
import florin
import pytest

pytestmark = pytest.mark.embedded


def test_given_a_busy_book_when_every_byte_at_rest_is_searched_then_nothing_that_was_said_is_there(tmp_path):
    service = florin.Service(tmp_path, options=["--segment-mib", "4"])
    try:
        client = canaries.say_all(service)
        service.server.cli("engine", "snapshot", tmp_path / "data" / "copy")
        assert canaries.found_in_folder(service.server.data) == []  # while it runs
        time.sleep(0.1)
        assert service.server.stop() == 0
        assert canaries.found_in_folder(service.server.data) == []  # and after all was written out
        files = sum(path.stat().st_size for path in service.server.data.rglob("*") if path.is_file())
        assert files > 1_000_000, "there was next to nothing to search"
        log = service.server.log.read_text()
        assert [name for name, form in canaries.canaries() if form.decode("latin-1") in log or client["client_secret"] in log] == []
        # The search finds what is there.
        amount, transfer = canaries.AMOUNT, canaries.TRANSFER
        (service.server.data / "plain").write_bytes(
            b"x" + canaries.varint(amount) + b"y" + canaries.VALUE.encode() + transfer.to_bytes(16, "big"))
        assert {name for name, _ in canaries.found_in_folder(service.server.data)} == {
            f"{amount} as varint", canaries.VALUE, f"{transfer} as big-endian"}
    finally:
        service.close()
