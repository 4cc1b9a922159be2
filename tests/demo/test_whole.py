"""The canton that the demo shows, at its full size: what chance makes of two thousand cases holds as well."""

from cii.demo.load import SIZE, load
from cii.store.settings import Settings


def test_the_canton_of_the_demo_loads_at_its_full_size(tmp_path):
    done = load(Settings(mode="test", data_dir=tmp_path, database_url=""))

    assert done.fresh
    assert done.rows > 100 * SIZE
