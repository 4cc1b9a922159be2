"""Commands of the trade: import a sector's file, reconcile a day, foresee needs."""

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path

from cii.cli.jobs import tell_progress
from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

MOST_FINDINGS = 10_000
"""More open findings than a screen holds; a program that wants all reads them by pages from the API."""


def import_file(asked: argparse.Namespace, settings: Settings) -> Told:
    """Import a sector's file of insured persons and say who is detected, and why."""
    from cii.institutions.queries import unit_by_code  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.routing.actions import ImportDetections, import_detections  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        unit = unit_by_code(held, asked.unit).id
        ask = ImportDetections(asked.file.name, asked.file.read_bytes(), unit, asked.dry_run)
        found = import_detections(held, ask)
    lines = [f"{found.rows} rows, {len(found.detected)} detected, {found.known} known before"]
    lines += [f"line {one.line}: {', '.join(one.rules)}: {one.why[asked.lang]}" for one in found.detected]
    data = {
        "rows": found.rows, "known": found.known, "run": found.run_ref, "repeated": found.repeated,
        "detected": [{"line": one.line, "rules": one.rules, "why": one.why} for one in found.detected],
    }  # fmt: skip
    return Told(lines, data)


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE --unit CODE [--dry-run] [--lang]."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--unit", required=True, help="code of the unit whose persons these are")
    parser.add_argument("--dry-run", action="store_true", help="read and decide, keep nothing")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def import_opening_balances(asked: argparse.Namespace, settings: Settings) -> Told:
    """Bring in the opening balances of a file: all rows or none, known ones once."""
    from cii.budgets.actions_opening import ImportOpening, import_opening  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        ask = ImportOpening(asked.file.name, asked.file.read_bytes(), asked.dry_run)
        found = import_opening(held, ask)
    data = {"rows": found.rows, "added": found.added, "known": found.known, "amount": str(found.amount)}
    return Told([f"{found.rows} rows, {found.added} new ({found.amount}), {found.known} known before"], data)


def opening_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--dry-run]."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
    parser.add_argument("--dry-run", action="store_true", help="read and compare, book nothing")


def reconcile_day(asked: argparse.Namespace, settings: Settings) -> Told:
    """Reconcile budgets, places, attendance, statements and payments as of a day."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.reconciliation.actions import reconcile  # noqa: PLC0415
    from cii.reconciliation.queries import findings_list  # noqa: PLC0415
    from cii.reconciliation.rules import OWNERS  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        run = reconcile(held, asked.date, tell_progress)
        found = [
            {
                "kind": one.kind, "severity": one.severity, "object": f"{one.object_kind} {one.object_ref}",
                "expected": one.expected, "found": one.found, "difference": one.difference,
                "unit": one.unit, "since": one.since, "owner": OWNERS[one.kind],
            }
            for one in findings_list(held, limit=MOST_FINDINGS)
        ]  # fmt: skip
        data = {"date": asked.date, "counts": run.counts, "findings": found}
    lines = [f"{asked.date}: {len(found)} open finding(s)"]
    lines += [
        f"{one['kind']} {one['object']}: expected {one['expected']}, found {one['found']} {one['unit']}, "
        f"since {one['since']}, for {one['owner']}"
        for one in found
    ]
    return Told(lines, data, FINDINGS if found else DONE)


def reconcile_arguments(parser: argparse.ArgumentParser) -> None:
    """--date DAY."""
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="business date, as 2026-10-14")


def forecast_needs(asked: argparse.Namespace, settings: Settings) -> Told:
    """Foresee who will ask for places, and tell what the forecast would have missed by in the past."""
    from cii.figures.needs import needs_figures, quarter_told  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        found = needs_figures(held, quarter_told(held, asked.quarter))
    lines = [f"{found.rule}, as of {found.stand}, {len(found.quarters)} quarters known"]
    for one in found.groups:
        told = [f"{ahead.quarter}: {_bounds(ahead.expected, ahead.low, ahead.high)}" for ahead in one.ahead]
        lines.append(f"{one.group} ({one.method or 'too few quarters'}): {', '.join(told)}".rstrip(": "))
    if (tried := found.tried) is not None:
        lines += [
            f"tried on {tried.quarters} past quarters: mean error {tried.mean_error}",
            f"last quarter again: {tried.last_error}, same quarter a year ago: {tried.year_ago_error}",
            f"inside the interval: {tried.inside} of {tried.bounded}",
        ]
    return Told(lines, asdict(found))


def _bounds(expected: int | None, low: int | None, high: int | None) -> str:
    """A number with its bounds; `few` where it is too small to be told."""
    if expected is None:
        return "few"
    return str(expected) if low is None else f"{expected} ({low}-{high})"


def needs_arguments(parser: argparse.ArgumentParser) -> None:
    """--quarter QUARTER."""
    parser.add_argument("--quarter", help="the last one that is known, as 2026-Q3; else the last one over")
