"""Fixtures of the end-to-end tests. They run on the embedded journal, and with FLORIN_TEST_JOURNAL=kafka on a real broker: all but
those of what only an embedded journal has (`pytest.mark.embedded`), and of Kafka itself (`pytest.mark.brokers`)."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import florin  # noqa: E402
import kafka  # noqa: E402

ON_KAFKA = os.environ.get("FLORIN_TEST_JOURNAL") == "kafka"


def pytest_configure(config):
    config.addinivalue_line("markers", "embedded: of an embedded journal alone")
    config.addinivalue_line("markers", "brokers: of Kafka itself, with brokers of its own")


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if ON_KAFKA and any(item.get_closest_marker(mark) for mark in ("embedded", "brokers"))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=ON_KAFKA)
def one_broker(tmp_path_factory):
    """The broker that all servers share when the tests run on Kafka."""
    if kafka.MISSING:
        pytest.skip(kafka.MISSING)
    with kafka.cluster(tmp_path_factory.mktemp("kafka") / "cluster") as address:
        florin.Server.brokers = address
        yield address


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A server that the tests of one module share."""
    running = florin.Service(tmp_path_factory.mktemp("service"))
    yield running
    running.close()


@pytest.fixture
def api(service):
    """A connection of its own for each test, with a token that may do everything."""
    connection = service.api()
    yield connection
    connection.close()


@pytest.fixture
def own(tmp_path):
    """A server for one test, which may end it."""
    running = florin.Service(tmp_path)
    yield running
    running.close()
