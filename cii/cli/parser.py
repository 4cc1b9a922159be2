"""The parser: a command is one function and one line in COMMANDS; rooms load when it runs."""

import argparse
import json
import sys
from collections.abc import Sequence
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from cii.cli.agreements import (
    agreements_check,
    agreements_dates,
    agreements_listed,
    check_one_arguments,
    state_arguments,
)
from cii.cli.demo import demo, demo_check, demo_load, size_arguments
from cii.cli.drawing import bpmn_arguments, workflows_export_bpmn
from cii.cli.files import check_arguments, draw_arguments, folder, workflows_check, workflows_draw
from cii.cli.group import corrections_arguments, group_corrections, group_members, members_arguments
from cii.cli.indicators import indicators_arguments, indicators_list
from cii.cli.jobs import jobs_list, jobs_run, run_arguments
from cii.cli.migrating import diff_arguments, migrate_arguments, workflows_diff, workflows_migrate
from cii.cli.monthly import month_arguments, month_import, month_import_arguments, month_show
from cii.cli.proving import proof_arguments, rules_proof, rules_what_if, what_if_arguments
from cii.cli.reading_processes import list_arguments, show_arguments, workflows_list, workflows_show
from cii.cli.rederiving import rederive_arguments, rederive_reports
from cii.cli.reports import REPORTS
from cii.cli.rules_deciding import rules_check, rules_eval, rules_explain
from cii.cli.rules_exchange import export_dmn_arguments, import_dmn_arguments, rules_export, rules_import
from cii.cli.rules_facts import facts_arguments
from cii.cli.running import (
    audit_verify,
    db_check,
    db_revision,
    db_upgrade,
    revision_arguments,
    serve,
    serve_arguments,
    user_add,
    user_arguments,
    work,
)
from cii.cli.telling import CANNOT_START, EPILOG, FINDINGS, Arguments, Json, Run, Told, no_arguments
from cii.cli.trade import (
    forecast_needs,
    import_arguments,
    import_file,
    import_opening_balances,
    needs_arguments,
    opening_arguments,
    reconcile_arguments,
    reconcile_day,
)
from cii.kernel.digest import plain
from cii.kernel.errors import Refusal
from cii.store.schema import WrongSchema
from cii.store.settings import UnsafeSettings, default_settings
from cii.texts.speech import refusal

COMMANDS: tuple[tuple[str, Run, Arguments], ...] = (
    ("demo", demo, size_arguments),
    ("demo load", demo_load, size_arguments),
    ("demo check", demo_check, no_arguments),
    ("serve", serve, serve_arguments),
    ("worker", work, no_arguments),
    ("db upgrade", db_upgrade, no_arguments),
    ("db check", db_check, no_arguments),
    ("db revision", db_revision, revision_arguments),
    ("user add", user_add, user_arguments),
    ("audit verify", audit_verify, no_arguments),
    ("workflows check", workflows_check, check_arguments),
    ("workflows list", workflows_list, list_arguments),
    ("workflows show", workflows_show, show_arguments),
    ("workflows draw", workflows_draw, draw_arguments),
    ("workflows diff", workflows_diff, diff_arguments),
    ("workflows migrate", workflows_migrate, migrate_arguments),
    ("workflows export-bpmn", workflows_export_bpmn, bpmn_arguments),
    ("rules check", rules_check, folder),
    ("rules eval", rules_eval, facts_arguments),
    ("rules explain", rules_explain, facts_arguments),
    ("rules import-dmn", rules_import, import_dmn_arguments),
    ("rules export-dmn", rules_export, export_dmn_arguments),
    ("rules proof", rules_proof, proof_arguments),
    ("rules what-if", rules_what_if, what_if_arguments),
    ("import detections", import_file, import_arguments),
    ("import opening", import_opening_balances, opening_arguments),
    ("reconcile", reconcile_day, reconcile_arguments),
    ("agreements list", agreements_listed, state_arguments),
    ("agreements check", agreements_check, check_one_arguments),
    ("agreements dates", agreements_dates, no_arguments),
    ("indicators list", indicators_list, indicators_arguments),
    ("jobs list", jobs_list, no_arguments),
    ("jobs run", jobs_run, run_arguments),
    ("group members", group_members, members_arguments),
    ("group corrections", group_corrections, corrections_arguments),
    ("month show", month_show, month_arguments),
    ("month import", month_import, month_import_arguments),
    *REPORTS,
    ("report rederive", rederive_reports, rederive_arguments),
    ("forecast needs", forecast_needs, needs_arguments),
)
"""Words of the command, what it runs, its arguments: one line each; its docstring is the help text."""


GROUPS = {
    "db": "the database's schema",
    "user": "accounts",
    "audit": "the journal",
    "workflows": "the processes",
    "rules": "the decision tables",
    "agreements": "the agreements with providers",
    "indicators": "the catalogue of indicators",
    "jobs": "what the house does by itself",
    "import": "files that a sector brings",
    "group": "the coordination group and the GP CII",
    "month": "the monthly data of the sectors",
    "report": "the packs of the coordination group",
    "forecast": "what is to be expected",
}


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="cii", description="Coordinates cases, places and budgets.", epilog=EPILOG
    )
    first = parser.add_subparsers(metavar="COMMAND", required=True)
    groups: dict[str, Any] = {}
    for words, run, arguments in COMMANDS:
        group, _, name = words.rpartition(" ")
        if group and group not in groups:
            opened = first.add_parser(group, help=GROUPS[group], description=GROUPS[group], epilog=EPILOG)
            groups[group] = opened.add_subparsers(metavar="COMMAND", required=True)
        about = (run.__doc__ or "").strip()
        made = groups.get(group, first).add_parser(name, help=about, description=about, epilog=EPILOG)
        made.add_argument("--json", action="store_true", help="answer in JSON")
        arguments(made)
        made.set_defaults(run=run)
        if any(other.startswith(f"{words} ") for other, _, _ in COMMANDS):
            groups[words] = made.add_subparsers(metavar="COMMAND", required=False)
    return parser


def _placed(reason: Refusal) -> str:
    """The sentence of a reason, with the line and column of a file that it is about."""
    line = reason.facts.get("line")
    where = f"ligne {line}, colonne {reason.field} : " if line and reason.field else f"ligne {line} : "
    return (where if line else "") + refusal(reason, "fr")


def _asked(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command with its arguments; facts may stand after options too."""
    parser = make_parser()
    asked, late = parser.parse_known_args(argv)
    if late and (not hasattr(asked, "facts") or any(one.startswith("-") for one in late)):
        parser.error(f"unrecognized arguments: {' '.join(late)}")
    if late:
        asked.facts = [*asked.facts, *late]
    return asked


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = _asked(argv)
    try:
        settings = default_settings()
        settings.require_safe()
        told: Told = asked.run(asked, settings)
    except (UnsafeSettings, WrongSchema, DBAPIError, OSError, ValidationError, TOMLDecodeError) as no:
        print(f"cii cannot start: {str(no).splitlines()[0]}", file=sys.stderr)
        return CANNOT_START
    except Refusal as no:
        said = [
            {"code": one.code, "field": one.field, "line": one.facts.get("line"), "text": refusal(one, "fr")}
            for one in no.reasons
        ]
        lines = [_placed(one) for one in no.reasons]
        told = Told(lines, {"reasons": said}, FINDINGS)
    if asked.json:
        print(told.data if isinstance(told.data, Json) else json.dumps(plain(told.data), ensure_ascii=False))
    else:
        for line in told.lines:
            print(line, file=sys.stderr if told.code else sys.stdout)
    return told.code
