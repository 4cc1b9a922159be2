"""Loads the demo canton: whole or not at all, proven before it is shown.

SQLite: a file beside, renamed when everything holds. PostgreSQL: one transaction on an empty database. A load
that is killed leaves nothing that the next one would take for a canton.
"""

import gc
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.engine import make_url

from cii.demo.agreement_signing import put_signatures
from cii.demo.agreements import build_agreements
from cii.demo.archive import build_archive
from cii.demo.carousel import tell_carousel
from cii.demo.check import check
from cii.demo.directory import build_house
from cii.demo.dossiers import Canton
from cii.demo.living import build_living, scale
from cii.demo.living_agreements import live_agreements
from cii.demo.living_allocation import share_out
from cii.demo.living_bodies_year import live_group
from cii.demo.living_calls import call_for_offers
from cii.demo.living_desk import build_desk
from cii.demo.living_documents import build_documents
from cii.demo.living_erasures import end_some
from cii.demo.living_life import live_stays
from cii.demo.living_links import send_links
from cii.demo.living_negotiation import negotiate_successors
from cii.demo.living_people import build_people
from cii.demo.living_providers import tell_of_providers
from cii.demo.living_requests import build_requests
from cii.demo.living_retention import offer_old_files
from cii.demo.living_rights import ask_rights
from cii.demo.living_rounds import live_rounds
from cii.demo.living_social import build_social
from cii.demo.measures import build_archive_measures, build_living_measures
from cii.demo.provider_evidence import put_evidence
from cii.demo.sheet import Sheet
from cii.institutions.calendar import calendar_of
from cii.jobs.clock import start_clock
from cii.journal.actions import wrote
from cii.journal.queries import verify
from cii.journal.sealing import seal, seal_folder
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.schema import upgrade
from cii.store.settings import Settings, canton_directory
from cii.store.work import HOUSE, Work, working
from cii.workflow.projection import drift

SIZE, SEED = 2_000, 2010
Progress = Callable[[str, int, int], None]


class LoadFailed(Exception):  # noqa: N818 - said to the operator
    """What was loaded does not hold: says which proof failed; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has done; `fresh` False: a canton was there already, nothing was touched."""

    fresh: bool
    rows: int = 0
    seconds: float = 0.0


def is_loaded(engine: Engine) -> bool:
    """Whether the database holds a canton: its first accounts come in the transaction that loads all."""
    if not inspect(engine).has_table("account"):
        return False
    with engine.connect() as connection:
        return bool(connection.scalar(select(func.count()).select_from(load_all_tables().tables["account"])))


def load(settings: Settings, size: int = SIZE, seed: int = SEED, progress: Progress | None = None) -> Loaded:
    """Load the demo canton unless the database holds one; start its clock. Raises LoadFailed."""
    told = progress or _silent
    began = time.monotonic()
    url = make_url(settings.url)
    lite = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    with _engine(settings.url) as engine:
        if is_loaded(engine):
            return Loaded(fresh=False)
    rows = (
        _into_file(settings, Path(str(url.database)), size, seed, told)
        if lite
        else _into_server(settings, size, seed, told)
    )
    if settings.mode == "demo":
        with _engine(settings.url) as engine:
            start_clock(engine, settings)
    return Loaded(fresh=True, rows=rows, seconds=time.monotonic() - began)


def _silent(what: str, done: int, of: int) -> None:
    """No progress is shown."""


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _into_file(settings: Settings, target: Path, size: int, seed: int, told: Progress) -> int:
    """Build beside the target, then put seals and file in place."""
    half, seals = target.with_name(target.name + ".loading"), seal_folder(settings)
    fresh_seals = seals.with_name(seals.name + ".loading")
    _remove(half, fresh_seals)
    beside = settings.model_copy(update={"database_url": f"sqlite:///{half}", "seal_dir": fresh_seals})
    try:
        with _engine(beside.database_url) as engine:
            rows = _fill(engine, beside, size, seed, told)
            with engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    except BaseException:
        _remove(half, fresh_seals)
        raise
    shutil.rmtree(seals, ignore_errors=True)
    fresh_seals.replace(seals)
    _remove(target)
    half.replace(target)
    return rows


def _remove(file: Path, folder: Path | None = None) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _into_server(settings: Settings, size: int, seed: int, told: Progress) -> int:
    shutil.rmtree(seal_folder(settings), ignore_errors=True)
    with _engine(settings.url) as engine:
        return _fill(engine, settings, size, seed, told)


def _fill(engine: Engine, settings: Settings, size: int, seed: int, told: Progress) -> int:
    """Schema; everything in one transaction that commits when the proofs hold; the journal's seal."""
    if settings.mode == "test":
        load_all_tables().create_all(engine)
    else:
        upgrade(engine)
    now = datetime.fromisoformat(settings.demo_start)
    calendar = calendar_of(canton_directory(settings.canton))
    with _without_collector(), working(engine, HOUSE, now, calendar=calendar, settings=settings) as work:
        rows = _build(work, size, seed, told)
        work.session.expire_all()
        _prove(work, told)
    seal(engine, now, settings)
    verdict = verify(engine, settings)
    if not verdict.ok:
        raise LoadFailed(f"the journal's chain does not hold: {verdict.first_fault}")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    told("proofs", 4, 4)
    return rows


@contextmanager
def _without_collector() -> Iterator[None]:
    """Half a million fresh rows and not one cycle among them: the collector would only walk them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _build(work: Work, size: int, seed: int, told: Progress) -> int:
    sheet = Sheet(work.session, seed)
    house = build_house(work, sheet)
    canton = Canton(house, sheet, work.calendar, work.now, work.settings.person_key.get_secret_value())
    told("directory", 1, 1)
    build_archive_measures(house, sheet)
    measures = build_living_measures(house, sheet, scale(size))
    sheet.write()
    deals = build_agreements(house, sheet, measures, work.today)
    sheet.write()
    put_signatures(work, house, sheet)
    put_evidence(house, sheet)
    sheet.write()
    number = build_archive(canton, 0)
    sheet.write()
    told("archive", 1, 1)
    build_living(work, canton, measures, deals, size, number, told)
    build_social(work, canton)
    tell_of_providers(work)
    live_agreements(work)
    negotiate_successors(work)
    call_for_offers(work)
    build_documents(work)
    build_desk(work)
    tell_carousel(work, house)
    build_requests(work)
    build_people(work)
    send_links(work)
    ask_rights(work)
    offer_old_files(work)
    live_rounds(work)
    live_stays(work)
    share_out(work)
    end_some(work)
    live_group(work)
    wrote(
        work, "demo_loaded", "directory", None, payload={"cases": size, "seed": seed, "rows": sheet.written}
    )
    work.session.flush()
    return sheet.written


def _prove(work: Work, told: Progress) -> None:
    """Fold and rows agree, the reconciliation of yesterday finds nothing, the sources' figures come out."""
    off = drift(work)
    if off:
        raise LoadFailed(f"{len(off)} row(s) differ from their events, the first: {off[0]}")
    told("proofs", 1, 4)
    run = reconcile(work, work.today - timedelta(days=1))
    if run.findings:
        first = findings_list(work)[0]
        raise LoadFailed(f"the reconciliation has {run.findings} finding(s), the first: {first}")
    told("proofs", 2, 4)
    wrong = [one for one in check(work) if not one.ok]
    if wrong:
        raise LoadFailed(f"{len(wrong)} figure(s) differ from the sources, the first: {wrong[0]}")
    told("proofs", 3, 4)
