"""Commands over one decision table: what is proven of it, and whom a draft of it would route otherwise."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings

if TYPE_CHECKING:
    from cii.decisions.rulebook import Table


def rules_proof(asked: argparse.Namespace, settings: Settings) -> Told:
    """Prove a decision table: gaps, overlaps, rules that never get a turn."""
    from cii.decisions.proof import proof_json, prove  # noqa: PLC0415

    lines: list[str] = []
    told: list[dict[str, Any]] = []
    sound = True
    for table in _tables(asked.table, settings):
        found = prove(table)
        sound &= found.status == "complete" and not found.unjustified
        lines.append(f"{table.id} {table.version}: {found.status} ({found.boxes} boxes)")
        lines += [f"  gap: {one}" for one in found.gaps]
        lines += [
            f"  overlap {' + '.join(one.rules)}: {one.region} ({one.because or 'NOT JUSTIFIED'})"
            for one in found.overlaps
        ]
        lines += [f"  never gets a turn: {one}" for one in found.shadowed]
        lines += [f"  holds for nobody: {one}" for one in found.unreachable]
        lines += ["  and further gaps"] * found.more + ["  and further overlaps"] * found.more_overlaps
        told.append(proof_json(table))
    return Told(lines, {"tables": told}, DONE if sound else FINDINGS)


def _tables(named: str, settings: Settings) -> list["Table"]:
    """The file of that path, or every version of the table of that name; refuses UnknownThing."""
    from cii.decisions.rulebook import parse_table  # noqa: PLC0415
    from cii.kernel.errors import UnknownThing  # noqa: PLC0415
    from cii.workflow.folder import read_text  # noqa: PLC0415

    path = Path(named)
    if path.is_file():
        return [parse_table(read_text(path), path.name)]
    files = sorted((settings.workflows_dir / "decisions").glob(f"{named}*.md"))
    found = [parse_table(read_text(file), file.name) for file in files]
    found = [table for table in found if table.id == named]
    if not found:
        raise UnknownThing(what=named)
    return found


def rules_what_if(asked: argparse.Namespace, settings: Settings) -> Told:
    """Say who would be routed otherwise under a draft; saves nothing."""
    from cii.decisions.rulebook import parse_table  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.routing.whatif import Facts, WhatIf, what_if  # noqa: PLC0415
    from cii.store.work import HOUSE, working  # noqa: PLC0415
    from cii.workflow.folder import read_text  # noqa: PLC0415

    text = read_text(asked.draft)
    name = parse_table(text, asked.draft.name).id
    engine = engine_of(settings)
    now = clock_of(engine, settings).now()
    with working(engine, HOUSE, now, settings=settings, writing=False) as work:
        found = what_if(work, WhatIf(name, text, None, asked.on, Facts(asked.facts)))
    counts = {effect.value: count for effect, count in found.effects.items()}
    lines = [
        f"{name}: version {found.now.version} -> draft version {found.draft.version}",
        f"{found.open_cases} open cases, {found.undecided} never put to this table",
        *(f"{effect}: {count}" for effect, count in counts.items()),
        *(
            f"{one.number}: {_outcome(one.compared.before)} -> {_outcome(one.compared.after)}"
            for one in (*found.moved, *found.unsaid)
        ),
    ]
    rows = {
        group: [
            {
                "case": one.number,
                "before": _outcome(one.compared.before),
                "after": _outcome(one.compared.after),
            }
            for one in held
        ]
        for group, held in (("moved", found.moved), ("unsaid", found.unsaid))
    }
    data = {"table": name, "open_cases": found.open_cases, "undecided": found.undecided, "effects": counts}
    return Told(lines, data | rows)


def _outcome(said: Any) -> str:  # noqa: ANN401 - decisions.whatif.Said, loaded when the command runs
    answers = "; ".join(", ".join(f"{name}={value}" for name, value in one) for one in said.outcomes)
    return answers or " ".join([said.verdict.value, *said.facts, *said.rules])


def proof_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME|FILE."""
    parser.add_argument("table", help="the name of a table, or a decision file")


def what_if_arguments(parser: argparse.ArgumentParser) -> None:
    """DRAFT [--on] [--facts]."""
    parser.add_argument("draft", type=Path, help="a decision file")
    parser.add_argument("--on", type=date.fromisoformat, help="compare with the version in force on that day")
    parser.add_argument("--facts", choices=["stored", "today"], default="stored")
