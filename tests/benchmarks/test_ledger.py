"""The ledger of the benchmark is true: a night over it compares everything and finds nothing to tell of its lines."""

from sqlalchemy import text

from benchmarks import ledger


def test_the_lines_of_the_benchmark_leave_every_sum_as_it_was():
    engine = ledger._sqlite(200)

    found = ledger._night(engine)()

    with engine.connect() as connection:
        lines = connection.execute(text("SELECT count(*) FROM movement")).scalar()
    assert lines == 200 + 2 * (1 + 2 * ledger.AGREEMENTS)
    assert {one.kind.value for one in found.differences} == {"commitment"}
    assert found.sums["commitments"] == 2 * ledger.AGREEMENTS * 100_000_00
