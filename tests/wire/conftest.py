import pytest

from cii.app import create_app
from tests.api.site import any_site, site


@pytest.fixture
def app_on(settings):
    """An application of its own for each test: these tests add views of their own to it."""
    return lambda engine, clock: create_app(settings, clock, engine=engine)


__all__ = ["any_site", "app_on", "site"]
