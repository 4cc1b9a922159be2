"""A draft table over 100 000 open cases: seconds of one what-if, reading included (SQLite).

Run: `python -m benchmarks.whatif [cases]`. Exit code 1 when it takes more than the limit of ten seconds.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from cii.routing.whatif import Facts, WhatIf, what_if
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from cii.workflow.whatif import Effect
from tests.institutions.build_institutions import a_unit
from tests.routing.build_many import many_open_cases
from tests.routing.build_routing import WORKFLOWS, a_town

LIMIT = 10.0
NOW = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)


def main(cases: int) -> int:
    """Load the cases, ask once per kind of facts, print seconds against the limit."""
    draft = (WORKFLOWS / "decisions" / "triage.md").read_text(encoding="utf-8")
    draft = draft.replace("| < 30 |", "| < 25 |").replace("| >= 30 |", "| >= 25 |")
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="cii-whatif-") as folder:
        settings = Settings(mode="demo", data_dir=Path(folder))
        engine = make_engine(settings.url)
        load_all_tables().create_all(engine)
        with working(engine, HOUSE, NOW, settings=settings) as work:
            actor = a_town(work).hands["ORP"].actor
            many_open_cases(work, a_unit(work).id, cases)
        for reader, name in ((HOUSE, "house"), (actor, "case manager")):
            for facts in Facts:
                began = time.perf_counter()
                with working(engine, reader, NOW, settings=settings, writing=False) as work:
                    found = what_if(work, WhatIf("triage", draft, facts=facts))
                took = time.perf_counter() - began
                worst = max(worst, took)
                print(
                    f"what-if {cases} cases, facts {facts}, {name}: {took:.2f} s, "
                    f"{found.effects[Effect.MOVED]} moved; limit {LIMIT:.0f} s: {took / LIMIT:.2f}"
                )
        engine.dispose()
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
