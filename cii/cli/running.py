"""Commands that run the house: serve, work, its database, its accounts, its journal."""

import argparse
import getpass
import signal
import sys
import threading
from typing import Any

from sqlalchemy import Engine

from cii.cli.files import unsound
from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.engine import make_engine
from cii.store.settings import Settings
from cii.store.work import HOUSE, working


def serve(asked: argparse.Namespace, settings: Settings) -> Told:
    """Serve pages and API with waitress until interrupted."""
    return unsound(settings) or run_house(settings, worker=asked.worker)


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

    if (no := unsound(settings)) is not None:
        return no
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

    engine = engine_of(settings)
    upgrade(engine)
    revision = current(engine)
    return Told([f"revision {revision}"], {"revision": revision})


def db_check(_: argparse.Namespace, settings: Settings) -> Told:
    """Compare the database with the schema of this release; name the timers that cannot fire."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from cii.store.naming import load_all_tables  # noqa: PLC0415
    from cii.store.schema import current, expected  # noqa: PLC0415

    engine = engine_of(settings)
    found, wanted = current(engine), expected()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = [str(one) for one in compare_metadata(context, load_all_tables())]
    lines = [f"revision {found or 'none'}, expected {wanted}", *differences]
    sound = found == wanted and not differences
    stuck = _stuck(engine, settings) if sound else []
    lines += [f"timer {one['timer']} of process {one['process']} cannot fire: {one['why']}" for one in stuck]
    data = {"revision": found, "expected": wanted, "differences": differences, "stuck_timers": stuck}
    return Told(lines, data, DONE if sound and not stuck else FINDINGS)


def _stuck(engine: Engine, settings: Settings) -> list[dict[str, Any]]:
    """The timers of processes that came due and cannot fire."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.workflow.sweeping import stuck_timers  # noqa: PLC0415

    now = clock_of(engine, settings).now()
    with working(engine, HOUSE, now, settings=settings, writing=False) as work:
        found = stuck_timers(work)
    return [{"process": one.instance_ref, "timer": one.number, "why": one.failure} for one in found]


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


def revision_arguments(parser: argparse.ArgumentParser) -> None:
    """MESSAGE."""
    parser.add_argument("message", help="what the migration does, as its title")


def user_add(asked: argparse.Namespace, settings: Settings) -> Told:
    """Open an account with one seat; the password is asked for, or read from standard input."""
    from cii.access.actions import AddAccount, add_account, add_membership  # noqa: PLC0415
    from cii.access.vocabulary import Role  # noqa: PLC0415
    from cii.institutions.queries import unit_by_code  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    secret = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings) as held:
        account = add_account(held, AddAccount(asked.email, asked.name, asked.lang, secret))
        add_membership(held, account, unit_by_code(held, asked.unit).id or 0, Role(asked.role))
    return Told([f"{account.email}: {asked.role} in {asked.unit}"], {"ref": account.ref})


def user_arguments(parser: argparse.ArgumentParser) -> None:
    """EMAIL --name --unit --role [--lang]."""
    from cii.access.vocabulary import Role  # noqa: PLC0415

    parser.add_argument("email")
    parser.add_argument("--name", required=True)
    parser.add_argument("--unit", required=True, help="code of the unit")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def audit_verify(_: argparse.Namespace, settings: Settings) -> Told:
    """Seal the journal, recompute its chain from the first entry, compare the events of processes with it."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.journal.queries import verify  # noqa: PLC0415
    from cii.journal.sealing import seal  # noqa: PLC0415
    from cii.workflow.witness import unlike_their_witness  # noqa: PLC0415

    engine = engine_of(settings)
    seal(engine, clock_of(engine, settings).now(), settings)
    verdict = verify(engine, settings)
    fault = verdict.first_fault
    said = "the chain holds" if fault is None else f"fault at {fault.seq}: {fault.what}"
    unlike = unlike_their_witness(engine)
    data = {
        "ok": verdict.ok and not unlike,
        "entries": verdict.entries,
        "fault": None if fault is None else {"seq": fault.seq, "what": fault.what},
        "events": [{"process": one.process, "seq": one.seq, "what": one.what} for one in unlike],
    }
    lines = [
        f"{verdict.entries} entries, {said}",
        *(
            f"process {one.process}, event {one.seq}: {one.what}, the journal says otherwise"
            for one in unlike
        ),
    ]
    return Told(lines, data, DONE if data["ok"] else FINDINGS)


def serve_arguments(parser: argparse.ArgumentParser) -> None:
    """[--worker]."""
    parser.add_argument("--worker", action="store_true", help="run the jobs in the same process")
