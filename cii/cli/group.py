"""Commands of the coordination group: who sits in it and in the GP CII, corrective measures."""

import argparse
from datetime import date

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working


def group_members(asked: argparse.Namespace, settings: Settings) -> Told:
    """List who sits in the coordination group and in the GP CII on a day, and who presides in that year."""
    from cii.coordination.members import members  # noqa: PLC0415
    from cii.coordination.queries import presidencies  # noqa: PLC0415
    from cii.coordination.rules_members import turn_ahead  # noqa: PLC0415
    from cii.coordination.vocabulary import Body  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        day = asked.day or held.today
        found = [one for body in Body for one in members(held, body, day)]
        (chair,) = turn_ahead(presidencies(held), day.year, 1)
    lines = [
        f"{one.body} {one.institution or '-'} {one.standing}: {one.name}"
        + (f", {one.function}" if one.function else "")
        for one in found
    ]
    lines.append(f"{chair.year} presided by {chair.institution}" + ("" if chair.named else " (by turn)"))
    data = {
        "day": day,
        "members": [
            {
                "ref": one.ref, "body": one.body, "institution": one.institution, "standing": one.standing,
                "name": one.name, "function": one.function, "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
            for one in found
        ],
        "presidency": {"year": chair.year, "institution": chair.institution, "named": chair.named},
    }  # fmt: skip
    return Told(lines, data)


def members_arguments(parser: argparse.ArgumentParser) -> None:
    """--day DAY."""
    parser.add_argument("--day", type=date.fromisoformat, help="as 2026-10-14; today when left out")


def group_corrections(asked: argparse.Namespace, settings: Settings) -> Told:
    """List the open corrective measures, the nearest date first; exit code 1 while one is overdue."""
    from cii.agreements.queries import agreements_by_id  # noqa: PLC0415
    from cii.coordination.queries import corrective_measures  # noqa: PLC0415
    from cii.coordination.vocabulary import CorrectiveState  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        rows = corrective_measures(held, only_open=not asked.all)
        numbers = agreements_by_id(held, {one.agreement_id for one in rows})
        data = [
            {
                "ref": one.ref, "agreement": numbers[one.agreement_id].number, "state": one.state,
                "observed_on": one.observed_on, "due_on": one.due_on, "wording": one.wording,
            }
            for one in rows
        ]  # fmt: skip
        late = any(one.state is CorrectiveState.OVERDUE for one in rows)
    lines = [
        f"{one['agreement']} {one['state']}, due {one['due_on'] or '-'}: {one['wording']}" for one in data
    ]
    return Told(lines or ["no open corrective measure"], {"corrections": data}, FINDINGS if late else DONE)


def corrections_arguments(parser: argparse.ArgumentParser) -> None:
    """--all."""
    parser.add_argument("--all", action="store_true", help="closed ones too")
