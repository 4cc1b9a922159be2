"""Commands of the catalogue of indicators."""

import argparse
from dataclasses import asdict
from datetime import date

from cii.cli.telling import Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working


def indicators_list(asked: argparse.Namespace, settings: Settings) -> Told:
    """List the definitions of indicators that hold on a day: code, version, unit, what is counted."""
    from cii.indicators.queries import definitions  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        found = definitions(held, asked.day)
    rows = [found[code] for code in sorted(found)]
    lines = [
        f"{one.code} v{one.version} {one.field} {one.unit}: {one.name[asked.lang]}. "
        f"{one.definition[asked.lang]} / {one.denominator[asked.lang]}"
        for one in rows
    ]
    return Told(lines, {"definitions": [asdict(one) for one in rows]})


def indicators_arguments(parser: argparse.ArgumentParser) -> None:
    """--day DAY, --lang LANG."""
    parser.add_argument("--day", type=date.fromisoformat, help="as 2026-10-14; today when left out")
    parser.add_argument("--lang", choices=("fr", "de", "en"), default="fr", help="of what is told")
