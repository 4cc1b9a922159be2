"""The canton that the demo shows, at its full size: what chance makes of two thousand cases holds as well."""

from sqlalchemy import text

from cii.demo.load import SIZE, load
from cii.figures.needs import needs_figures
from cii.kernel.period import Quarter
from cii.store.engine import make_engine
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from tests.conftest import NOW


def test_the_canton_of_the_demo_loads_at_its_full_size(tmp_path):
    settings = Settings(mode="test", data_dir=tmp_path, database_url="")

    done = load(settings)
    engine = make_engine(settings.url)
    with engine.connect() as connection:
        brought = connection.execute(
            text("SELECT i.rows, i.corrected, s.state, s.invoice_number FROM attendance_import i, statement s"
                 " WHERE s.invoice_number IS NOT NULL AND i.file_name = 'septembre.csv'")
        ).all()  # fmt: skip
        taken_back = connection.execute(
            text("SELECT state, total < 0 FROM statement WHERE sequence > 1 AND total < 0")
        ).all()
        warned = connection.execute(
            text("SELECT l.code FROM budget_year y JOIN funding_line l ON l.id = y.line_id"
                 " JOIN budget_account g ON g.line_id = y.line_id AND g.year = y.year AND g.stage = 'grant'"
                 " JOIN budget_account a ON a.line_id = y.line_id AND a.year = y.year AND a.stage = 'available'"
                 " WHERE y.hard AND y.year = 2026 AND (-g.total - a.total) * 1000 >= -g.total * y.warn_permille")
        ).scalars().all()  # fmt: skip
        changed = connection.execute(
            text("SELECT kind FROM ledger_entry WHERE reason LIKE 'Crédit suppl%' OR reason LIKE 'Arrivées%'")
        ).scalars().all()  # fmt: skip
    with working(engine, HOUSE, NOW, settings=settings, writing=False) as work:
        tried = needs_figures(work, Quarter(2026, 3)).tried
    engine.dispose()

    assert done.fresh
    assert done.rows > 100 * SIZE
    # absences told by a file, and the month handed in under the provider's own number
    assert brought == [(4, 4, "submitted", "2026-0917")]
    # days told anew after the payment, a line granted more, one near its end
    assert taken_back == [("paid", 1)]
    assert sorted(changed) == ["amendment", "reduction"]
    assert "SMIG" in warned
    # the forecast of needs, tried on the two years: nearer than the plain guesses, four in five inside
    assert tried is not None
    assert float(tried.mean_error) < min(float(tried.last_error), float(tried.year_ago_error))
    assert (tried.quarters, tried.bounded) == (16, 16)
    assert tried.inside >= 12
