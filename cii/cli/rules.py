"""Commands over the decision tables."""

import argparse
import json
from datetime import date
from typing import Any

from cii.cli.files import findings, tables_in
from cii.cli.telling import Told
from cii.store.settings import Settings


def rules_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the decision tables in workflows/decisions: form, gaps, overlaps."""
    from cii.workflow.proof import prove  # noqa: PLC0415

    found: list[Any] = []
    count = 0
    for table, problems in tables_in(asked.folder or settings.workflows_dir):
        count += 1
        found += problems
        if table is not None and prove(table).status == "gaps":
            found.append(f"{table.id} v{table.version}: {len(prove(table).gaps)} gap(s)")
    return findings(found, count)


def rules_eval(asked: argparse.Namespace, settings: Settings) -> Told:
    """Decide by a table: facts as `name=value`, values in JSON or as plain text."""
    from cii.kernel.clock import SystemClock, local_day  # noqa: PLC0415
    from cii.texts.speech import written  # noqa: PLC0415
    from cii.workflow.decision import decide  # noqa: PLC0415
    from cii.workflow.rulebook import table_on  # noqa: PLC0415

    tables = [table for table, _ in tables_in(settings.workflows_dir) if table is not None]
    table = table_on(tables, asked.table, asked.on or local_day(SystemClock().now()))
    decision = decide(table, dict(_fact(one) for one in asked.facts))
    said = decision.explain(asked.lang)
    lines = [f"{name} = {written(value, asked.lang)}" for name, value in decision.outputs.items()]
    data = {"table": table.id, "version": table.version, "outputs": decision.outputs}
    return Told([*lines, *said], data)


def _fact(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def eval_arguments(parser: argparse.ArgumentParser) -> None:
    """TABLE NAME=VALUE… [--on] [--lang]."""
    parser.add_argument("table")
    parser.add_argument("facts", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--on", type=date.fromisoformat, help="the date whose version decides, as 2026-10-15")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
