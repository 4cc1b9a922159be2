"""A draft table over 100 000 open cases (limit: ten seconds), reading included.

Each reader and each way of taking the facts is asked once in a run; the slowest counts.
Run alone, with what each takes: `python -m benchmarks.whatif [cases]`.
"""

import atexit
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.measure import Absent, Sides
from cii.decisions.whatif import Effect
from cii.routing.whatif import Facts, WhatIf, what_if
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.settings import HOUSE as PROJECT
from cii.store.settings import Settings
from cii.store.work import HOUSE, Actor, working

LIMIT = 10.0
CASES = 100_000
NOW = datetime(2026, 10, 15, 6, 0, tzinfo=UTC)


@cache
def _canton(cases: int) -> tuple[Engine, Settings, Actor]:
    """So many open cases on SQLite, each decided once, and a case manager."""
    try:
        from tests.institutions.build_institutions import a_unit  # noqa: PLC0415 - needs the tests' libraries
        from tests.routing.build_many import many_open_cases  # noqa: PLC0415
        from tests.routing.build_routing import a_town  # noqa: PLC0415
    except ImportError as no:
        raise Absent(f"{no.name} is not installed") from no
    folder = Path(tempfile.mkdtemp(prefix="cii-whatif-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(mode="demo", data_dir=folder)
    engine = make_engine(settings.url)
    load_all_tables().create_all(engine)
    with working(engine, HOUSE, NOW, settings=settings) as work:
        actor = a_town(work).hands["ORP"].actor
        many_open_cases(work, a_unit(work).id, cases)
    return engine, settings, actor


def asked(cases: int) -> Iterator[tuple[str, float, int]]:
    """Each reader with each way of taking the facts: who, seconds, cases that would go elsewhere."""
    draft = (PROJECT / "workflows" / "decisions" / "triage.md").read_text(encoding="utf-8")
    draft = draft.replace("| < 30 |", "| < 25 |").replace("| >= 30 |", "| >= 25 |")
    engine, settings, actor = _canton(cases)
    for reader, name in ((HOUSE, "house"), (actor, "case manager")):
        for facts in Facts:
            began = time.perf_counter()
            with working(engine, reader, NOW, settings=settings, writing=False) as work:
                found = what_if(work, WhatIf("triage", draft, facts=facts))
            yield f"{name}, facts {facts}", time.perf_counter() - began, found.effects[Effect.MOVED]


def whole_canton() -> Sides:
    """The slowest of the readers, as one figure; the limit is ten seconds."""
    found = list(asked(CASES))
    assert all(moved for _, _, moved in found)
    return max(seconds for _, seconds, _ in found), LIMIT


def main(cases: int) -> int:
    """Print what each reader waits for; exit code 1 when one waits longer than the limit."""
    worst = 0.0
    for who, took, moved in asked(cases):
        worst = max(worst, took)
        print(f"what-if {cases} cases, {who}: {took:.2f} s, {moved} moved; limit {LIMIT:.0f} s")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
