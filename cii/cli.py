"""The command line `cii`: a command is one function and one line in COMMANDS; rooms load when it runs.

Exit codes: 0 done · 1 findings, a failed check, a refusal · 2 wrong usage · 3 cannot start (database,
settings, schema).
"""

import argparse
import getpass
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cii.kernel.digest import plain
from cii.kernel.errors import Refusal
from cii.store.engine import make_engine
from cii.store.schema import WrongSchema
from cii.store.settings import Settings, UnsafeSettings, default_settings
from cii.store.work import HOUSE, working
from cii.texts.speech import refusal

DONE, FINDINGS, USAGE, CANNOT_START = 0, 1, 2, 3
EPILOG = "exit codes: 0 done; 1 findings or a failed check; 2 wrong usage; 3 cannot start"


@dataclass(frozen=True)
class Told:
    """The outcome of a command: lines for people, plain values for `--json`, an exit code."""

    lines: Sequence[str]
    data: Any = None
    code: int = DONE


Run = Callable[[argparse.Namespace, Settings], Told]
Arguments = Callable[[argparse.ArgumentParser], None]


def _none(_: argparse.ArgumentParser) -> None:
    """The command has no arguments of its own."""


def _engine(settings: Settings) -> Engine:
    return make_engine(settings.url)


def serve(asked: argparse.Namespace, settings: Settings) -> Told:
    """Serve pages and API with waitress until interrupted."""
    return run_house(settings, worker=asked.worker)


def run_house(settings: Settings, *, worker: bool) -> Told:
    """Serve, with the worker in a thread beside when asked; returns when interrupted."""
    import waitress  # noqa: PLC0415

    from cii.app import create_app, make_bell  # noqa: PLC0415
    from cii.jobs.worker import work_until  # noqa: PLC0415

    app = create_app(settings)
    _end_on_signals()
    stop, beside = threading.Event(), None
    if worker:
        beside = threading.Thread(target=work_until, args=(make_bell(app), stop), name="worker")
        beside.start()
    print(f"http://{settings.host}:{settings.port}", flush=True)
    try:
        waitress.serve(app, host=settings.host, port=settings.port, threads=8, ident=None, _quiet=True)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        if beside is not None:
            beside.join()
    return Told([])


def _end_on_signals() -> None:
    """Let an ordinary kill end the process as an interruption does: the job at hand first."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)


def work(_: argparse.Namespace, settings: Settings) -> Told:
    """Run the jobs until interrupted."""
    from cii.app import create_app, make_bell  # noqa: PLC0415
    from cii.jobs.worker import work_until  # noqa: PLC0415

    stop = threading.Event()
    _end_on_signals()
    try:
        work_until(make_bell(create_app(settings)), stop)
    except KeyboardInterrupt:
        stop.set()
    return Told([])


def db_upgrade(_: argparse.Namespace, settings: Settings) -> Told:
    """Bring the database to the schema of this release."""
    from cii.store.schema import current, upgrade  # noqa: PLC0415

    engine = _engine(settings)
    upgrade(engine)
    revision = current(engine)
    return Told([f"revision {revision}"], {"revision": revision})


def db_check(_: argparse.Namespace, settings: Settings) -> Told:
    """Compare the database with the schema of this release."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from cii.store.naming import load_all_tables  # noqa: PLC0415
    from cii.store.schema import current, expected  # noqa: PLC0415

    engine = _engine(settings)
    found, wanted = current(engine), expected()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = [str(one) for one in compare_metadata(context, load_all_tables())]
    lines = [f"revision {found or 'none'}, expected {wanted}", *differences]
    data = {"revision": found, "expected": wanted, "differences": differences}
    return Told(lines, data, DONE if found == wanted and not differences else FINDINGS)


def db_revision(asked: argparse.Namespace, settings: Settings) -> Told:  # noqa: ARG001 - needs no database of ours
    """Write the next migration from the difference between the last one and the tables (for developers)."""
    import tempfile  # noqa: PLC0415

    from alembic import command  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    from cii.store.engine import WRITING  # noqa: PLC0415
    from cii.store.schema import MIGRATIONS, alembic_config, upgrade  # noqa: PLC0415

    config = alembic_config()
    known = list(ScriptDirectory.from_config(config).walk_revisions())
    number = f"{len(known) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.sqlite")
        if known:
            upgrade(engine)
        with engine.connect().execution_options(**{WRITING: True}) as connection:
            config.attributes["connection"] = connection
            command.revision(config, asked.message, autogenerate=True, rev_id=number)
        engine.dispose()
    (MIGRATIONS / "HEAD").write_text(f"{number}\n", encoding="utf-8")
    return Told([number], {"revision": number})


def _message(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", help="what the migration does, as its title")


def user_add(asked: argparse.Namespace, settings: Settings) -> Told:
    """Open an account with one seat; the password is asked for, or read from standard input."""
    from cii.access.actions import AddAccount, add_account, add_membership  # noqa: PLC0415
    from cii.access.vocabulary import Role  # noqa: PLC0415
    from cii.institutions.queries import unit_by_code  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    secret = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    engine = _engine(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        account = add_account(held, AddAccount(asked.email, asked.name, asked.lang, secret))
        add_membership(held, account, unit_by_code(held, asked.unit).id or 0, Role(asked.role))
    return Told([f"{account.email}: {asked.role} in {asked.unit}"], {"ref": account.ref})


def _user_arguments(parser: argparse.ArgumentParser) -> None:
    from cii.access.vocabulary import Role  # noqa: PLC0415

    parser.add_argument("email")
    parser.add_argument("--name", required=True)
    parser.add_argument("--unit", required=True, help="code of the unit")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def audit_verify(_: argparse.Namespace, settings: Settings) -> Told:
    """Seal the journal, then recompute its chain from the first entry."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.journal.queries import verify  # noqa: PLC0415
    from cii.journal.sealing import seal  # noqa: PLC0415

    engine = _engine(settings)
    seal(engine, clock_of(engine, settings).now(), settings)
    verdict = verify(engine, settings)
    fault = verdict.first_fault
    said = "the chain holds" if fault is None else f"fault at {fault.seq}: {fault.what}"
    data = {
        "ok": verdict.ok,
        "entries": verdict.entries,
        "fault": None if fault is None else {"seq": fault.seq, "what": fault.what},
    }
    return Told([f"{verdict.entries} entries, {said}"], data, DONE if verdict.ok else FINDINGS)


def workflows_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the processes in workflows/*.yaml."""
    from cii.workflow.checks import problems_in  # noqa: PLC0415

    folder = asked.folder or settings.workflows_dir
    tables = {table.id for table, _ in _tables(folder) if table is not None}
    found = [
        problem
        for file in sorted(folder.glob("*.yaml"))
        for problem in problems_in(file.read_text(encoding="utf-8"), file.name, tables)[1]
    ]
    return _findings(found, len(list(folder.glob("*.yaml"))))


def workflows_draw(asked: argparse.Namespace, settings: Settings) -> Told:
    """Draw a process as SVG, to standard output."""
    from cii.workflow.definition import parse  # noqa: PLC0415
    from cii.workflow.diagram import svg  # noqa: PLC0415

    file = (asked.folder or settings.workflows_dir) / f"{asked.name}.yaml"
    drawn = svg(parse(file.read_text(encoding="utf-8"), file.name), None, asked.lang)
    return Told([drawn], {"svg": drawn})


def rules_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the decision tables in workflows/decisions: form, gaps, overlaps."""
    from cii.workflow.proof import prove  # noqa: PLC0415

    found: list[Any] = []
    count = 0
    for table, problems in _tables(asked.folder or settings.workflows_dir):
        count += 1
        found += problems
        if table is not None and prove(table).status == "gaps":
            found.append(f"{table.id} v{table.version}: {len(prove(table).gaps)} gap(s)")
    return _findings(found, count)


def rules_eval(asked: argparse.Namespace, settings: Settings) -> Told:
    """Decide by a table: facts as `name=value`, values in JSON or as plain text."""
    from cii.kernel.clock import SystemClock, local_day  # noqa: PLC0415
    from cii.texts.speech import written  # noqa: PLC0415
    from cii.workflow.decision import decide  # noqa: PLC0415
    from cii.workflow.rulebook import table_on  # noqa: PLC0415

    tables = [table for table, _ in _tables(settings.workflows_dir) if table is not None]
    table = table_on(tables, asked.table, asked.on or local_day(SystemClock().now()))
    decision = decide(table, dict(_fact(one) for one in asked.facts))
    said = decision.explain(asked.lang)
    lines = [f"{name} = {written(value, asked.lang)}" for name, value in decision.outputs.items()]
    data = {"table": table.id, "version": table.version, "outputs": decision.outputs}
    return Told([*lines, *said], data)


def _tables(folder: Path) -> list[tuple[Any, list[Any]]]:
    """Each decision table of the folder, or None with its problems."""
    from cii.workflow.reading import BrokenFile  # noqa: PLC0415
    from cii.workflow.rulebook import parse_table  # noqa: PLC0415

    found: list[tuple[Any, list[Any]]] = []
    for file in sorted((folder / "decisions").glob("*.md")):
        try:
            found.append((parse_table(file.read_text(encoding="utf-8"), file.name), []))
        except BrokenFile as broken:
            found.append((None, list(broken.problems)))
    return found


def _findings(found: Sequence[Any], count: int) -> Told:
    grave = [one for one in found if getattr(one, "severity", "error") == "error"]
    lines = [str(one) for one in found] or [f"{count} files, no fault"]
    return Told(lines, {"files": count, "findings": [str(one) for one in found]}, FINDINGS if grave else DONE)


def _fact(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")


def _draw_arguments(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("name")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def _eval_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("table")
    parser.add_argument("facts", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--on", type=date.fromisoformat, help="the date whose version decides, as 2026-10-15")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--worker", action="store_true", help="run the jobs in the same process")


COMMANDS: tuple[tuple[str, Run, Arguments], ...] = (
    ("serve", serve, _serve_arguments),
    ("worker", work, _none),
    ("db upgrade", db_upgrade, _none),
    ("db check", db_check, _none),
    ("db revision", db_revision, _message),
    ("user add", user_add, _user_arguments),
    ("audit verify", audit_verify, _none),
    ("workflows check", workflows_check, _folder),
    ("workflows draw", workflows_draw, _draw_arguments),
    ("rules check", rules_check, _folder),
    ("rules eval", rules_eval, _eval_arguments),
)
"""Words of the command, what it runs, its arguments: one line each; its docstring is the help text."""


GROUPS = {
    "db": "the database's schema",
    "user": "accounts",
    "audit": "the journal",
    "workflows": "the processes",
    "rules": "the decision tables",
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
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    asked = make_parser().parse_args(argv)
    try:
        settings = default_settings()
        settings.require_safe()
        told: Told = asked.run(asked, settings)
    except (UnsafeSettings, WrongSchema, DBAPIError, OSError, ValidationError, TOMLDecodeError) as no:
        print(f"cii cannot start: {str(no).splitlines()[0]}", file=sys.stderr)
        return CANNOT_START
    except Refusal as no:
        said = [{"code": one.code, "field": one.field, "text": refusal(one, "fr")} for one in no.reasons]
        told = Told([str(one["text"]) for one in said], {"reasons": said}, FINDINGS)
    if asked.json:
        print(json.dumps(plain(told.data), ensure_ascii=False))
    else:
        for line in told.lines:
            print(line, file=sys.stderr if told.code else sys.stdout)
    return told.code
