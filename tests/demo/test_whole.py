"""The canton that the demo shows, at its full size: what chance makes of two thousand cases holds as well."""

from sqlalchemy import text

from cii.demo.load import SIZE, load
from cii.store.engine import make_engine
from cii.store.settings import Settings


def test_the_canton_of_the_demo_loads_at_its_full_size(tmp_path):
    settings = Settings(mode="test", data_dir=tmp_path, database_url="")

    done = load(settings)
    engine = make_engine(settings.url)
    with engine.connect() as connection:
        brought = connection.execute(
            text("SELECT i.rows, i.corrected, s.state, s.invoice_number FROM attendance_import i, statement s"
                 " WHERE s.invoice_number IS NOT NULL")
        ).all()  # fmt: skip
    engine.dispose()

    assert done.fresh
    assert done.rows > 100 * SIZE
    # absences told by a file, and the month handed in under the provider's own number
    assert brought == [(4, 4, "submitted", "2026-0917")]
