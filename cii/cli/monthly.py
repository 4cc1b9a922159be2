"""Commands of monthly data: show a sector's month by measure and line, or deliver it from a file."""

import argparse
from dataclasses import asdict
from pathlib import Path

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working


def month_show(asked: argparse.Namespace, settings: Settings) -> Told:
    """Show a sector's month: what is counted and what was delivered; exit code 1 while it is missing."""
    from cii.coordination.monthly import month_sheet  # noqa: PLC0415
    from cii.coordination.rules_monthly import parse_month  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        found = month_sheet(held, asked.institution, parse_month(asked.month))
        times = found.sequence
    lines = [f"{asked.institution} {asked.month}: {times} deliveries"]
    for one in found.rows:
        told = ", ".join(f"{name} {count}" for name, count in asdict(one.told or one.counted).items())
        lines.append(f"{one.measure} {one.line} ({one.origin or 'not delivered'}): {told}")
    data = {
        "institution": asked.institution, "month": asked.month, "deliveries": times,
        "figures": [
            {
                "measure": one.measure, "line": one.line, "counted": asdict(one.counted),
                "told": asdict(one.told) if one.told else None, "origin": one.origin,
            }
            for one in found.rows
        ],
    }  # fmt: skip
    return Told(lines, data, DONE if times else FINDINGS)


def month_arguments(parser: argparse.ArgumentParser) -> None:
    """MONTH INSTITUTION."""
    parser.add_argument("month", metavar="MONTH", help="as 2026-09")
    parser.add_argument("institution", metavar="INSTITUTION", help="SEMP, SASO or SMIG")


def month_import(asked: argparse.Namespace, settings: Settings) -> Told:
    """Deliver a sector's month from a file, CSV or XLSX: all rows or none, the same figures once."""
    from cii.coordination.actions_monthly import ImportMonth, import_month  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        ask = ImportMonth(asked.institution, asked.month, asked.file.read_bytes())
        done = import_month(held, ask)
        number = done.sheet.sequence
    said = f"delivery {number}" if done.added else f"nothing new, delivery {number} stands"
    data = {"deliveries": number, "added": done.added}
    return Told([f"{asked.institution} {asked.month}: {said}"], data)


def month_import_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE MONTH INSTITUTION."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX, one row per measure and line")
    month_arguments(parser)
