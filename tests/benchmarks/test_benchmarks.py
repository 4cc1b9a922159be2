"""The benchmarks measure what they say: both sides give the same answers, and nothing is measured by waiting."""

import sys
import time

import pytest

from benchmarks import beside, decisions
from benchmarks.__main__ import figure, line, main
from benchmarks.measure import FEWEST, Absent, Prepared, Target, measure
from benchmarks.targets import TARGETS

PROMISED = {
    "decision", "decision-zen", "decision-spiff", "step", "step-spiff", "step-sqlite", "step-postgresql",
    "inbox-many", "inbox-growth", "storage", "load", "proof", "what-if",
    "reconcile-sqlite", "reconcile-postgresql", "reconcile-sum-sqlite", "reconcile-sum-postgresql", "reconcile-growth",
    "reconcile-growth-postgresql", "case-list", "case-page", "quarter-sqlite", "quarter-postgresql", "quarter-issue-sqlite",
    "quarter-issue-postgresql",
}  # fmt: skip
"""Rows of the tables of numbers in the designs of the engine and of money."""


def test_every_promised_number_has_its_line():
    assert set(TARGETS) >= PROMISED


@pytest.mark.parametrize(
    "sides",
    [
        beside.decision_zen,
        beside.decision_zen_kept,
        beside.decision_spiff,
        beside.step_spiff,
        decisions.decision,
    ],
)
def test_both_sides_are_compared_before_they_are_timed(sides):
    ours, theirs = sides()

    assert len(ours()) in {beside.ANSWERS, decisions.DECISIONS}
    assert len(theirs.run(theirs.ready()) if isinstance(theirs, Prepared) else theirs()) == len(ours())


def test_an_engine_that_is_not_installed_is_said_in_its_line(monkeypatch):
    monkeypatch.delitem(sys.modules, "tests.decisions.oracle_zen", raising=False)
    monkeypatch.setitem(sys.modules, "zen", None)

    told = line(measure(TARGETS["decision-zen"]))

    assert "not measured: zen is not installed" in told
    assert "NO" not in told
    assert beside.decision_spiff()


def test_a_clock_is_a_figure_and_is_not_waited_for():
    began = time.perf_counter()

    found = measure(Target("a", "something", "an hour", 1, lambda: (lambda: None, 3600.0)), seconds=0.01)

    assert (found.limit, found.holds) == (3600.0, True)
    assert time.perf_counter() - began < 60


def test_what_is_made_ready_is_not_timed_and_each_thing_has_its_share():
    made = []
    slow = Prepared(lambda: made.append(time.sleep(0.02)), lambda _: None)

    found = measure(Target("a", "ten things", "a second", 1, lambda: (slow, 1.0), each=10), seconds=0.01)

    assert len(made) > FEWEST
    assert found.ours < 0.02


def test_a_size_is_measured_against_a_size():
    found = measure(Target("a", "a case", "3 KB", 1, lambda: (4096, 3072.0), unit="bytes"))

    assert (round(found.ratio, 2), found.holds) == (1.33, False)
    assert "4.00 KB    3.00 KB" in line(found)


@pytest.mark.parametrize(("seconds", "said"), [(2.0, "2.00 s"), (0.0125, "12.50 ms"), (0.0000018, "1.80 µs")])
def test_a_time_is_said_in_the_unit_that_fits(seconds, said):
    assert figure(seconds, "s") == said


def test_an_unknown_target_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as no:
        main(["decisions"])

    assert no.value.code == 2
    assert "decision-zen" in capsys.readouterr().err


def test_absence_is_told_by_whoever_prepares():
    def prepare():
        raise Absent("an engine is not installed")

    found = measure(Target("a", "something", "another", 1, prepare))

    assert (found.ours, found.holds, found.absent) == (None, None, "an engine is not installed")
