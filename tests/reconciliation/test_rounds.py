"""Nothing is oversold, adrift, lost or there twice, whoever dies in the middle: seeded rounds on both engines."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.reconciliation.copies import copies_of
from tests.reconciliation.rounds import laid_out, round_of

ROOT = Path(__file__).resolve().parents[2]
SEEDS = {"sqlite": (1, 2, 3), "postgresql": (4, 5)}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # who dies leaves a cursor open
def test_after_a_round_with_kills_nothing_is_oversold_adrift_lost_or_double(fresh_engine):
    url = fresh_engine.url.render_as_string(hide_password=False)
    canton = laid_out(fresh_engine)
    fresh_engine.dispose()

    seeds = SEEDS[fresh_engine.dialect.name]
    rounds = [round_of(copy, canton, seed) for seed, copy in zip(seeds, copies_of(url), strict=False)]

    assert [wrong for wrong, _, _ in rounds] == [[]] * len(seeds)
    assert sum(killed for _, killed, _ in rounds) >= len(seeds)
    assert all(told >= 8 for _, _, told in rounds)


@pytest.mark.slow
def test_a_hundred_rounds_of_processes_killed_anywhere_leave_nothing_wrong(new_engine, tmp_path):
    engines = [new_engine(name, tmp_path) for name in ("sqlite", "postgresql")]
    urls = [engine.url.render_as_string(hide_password=False) for engine in engines]
    for engine in engines:
        engine.dispose()

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", "tests.reconciliation.rounds", "100", *urls],
        capture_output=True, text=True, cwd=ROOT, timeout=3000, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("200 rounds, ")
