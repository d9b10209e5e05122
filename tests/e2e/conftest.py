"""Fixtures of the end-to-end tests."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import florin  # noqa: E402


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
