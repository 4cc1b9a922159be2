"""A file is offered to the cantonal archive before it is erased: offered, accepted or refused, handed over.

The archive has no account here: the officer records what it said, who said it and under which reference.
Steps are only added. The package lies in the store while the archive has a say in it, no longer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.access.naming import account_name
from cii.access.vocabulary import Section
from cii.cases.retaining import filed
from cii.documents import store
from cii.documents.keeping import sweep
from cii.documents.store import FileRef
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing, refuse
from cii.people.erasing import ref_of
from cii.rights.packing import MEDIA_TYPE, pack
from cii.rights.rules_archiving import (
    OFFERED,
    OVER,
    Filed,
    NotAccepted,
    OfferAnswered,
    offer_faults,
    said_faults,
    state_of,
)
from cii.rights.rules_archiving import settled as is_settled
from cii.rights.tables_retention import ArchiveOffer, ArchiveStep
from cii.rights.vocabulary_retention import ArchiveAct, OfferState
from cii.rights.whose import OFFICERS, acting_as, meant
from cii.store.locks import one_at_a_time
from cii.store.parameters import read_parameters
from cii.store.work import Work
from cii.wire.pages import USUAL, Page, after, page_of, place

NAME = "archive-offers"
_PACKAGES = "archive packages"
"""Whoever builds or sweeps packages is alone: what is being written is not swept."""


@dataclass(frozen=True)
class OfferFile:
    """The file of a person, for the cantonal archive."""

    person_ref: str = field(metadata={"max": 10})


@dataclass(frozen=True)
class AnswerOffer:
    """What the archive said to an offer: taken or not, by which function, under which reference, when."""

    offer_ref: str
    accepted: bool
    by: str = field(metadata={"max": 120})
    reference: str = field(metadata={"max": 80})
    said_on: date


@dataclass(frozen=True)
class ConfirmHandOver:
    """The archive has received the package and says so."""

    offer_ref: str
    by: str = field(metadata={"max": 120})
    reference: str = field(metadata={"max": 80})
    said_on: date


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an offer as the officers read it."""

    kind: ArchiveAct
    by: str
    reference: str
    said_on: date
    at: datetime
    recorded_by: str | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer as the officers read it; `package`: its bytes can be fetched."""

    ref: str
    person_ref: str
    state: OfferState
    cases: int
    size: int
    sha256: str
    offered_at: datetime
    offered_by: str | None
    package: bool
    steps: tuple[StepRow, ...]


def settled(work: Work, person_id: int) -> bool:
    """Whether the archive has had its say about the person's cases, or none of them is to be offered."""
    return settled_of(work, [person_id])[person_id]


def settled_of(work: Work, person_ids: Sequence[int]) -> dict[int, bool]:
    """The same of several persons, in statements that do not grow with them."""
    cases = _filed(work, person_ids)
    numbers = read_parameters(work.session, set(OFFERED.values()), work.today)
    to_offer = [path for path, name in OFFERED.items() if numbers[name]]
    rows = _offers_of(work, person_ids)
    states = _states(work, rows)
    over: dict[int, datetime] = {}
    for one in rows:
        if states[one.id or 0] in OVER:
            over[one.person_id] = max(one.offered_at, over.get(one.person_id, one.offered_at))
    return {one: is_settled(cases[one], to_offer, over.get(one)) for one in person_ids}


def offer_file(work: Work, ask: OfferFile) -> ArchiveOffer:
    """Offer the person's file: the package is built and kept, the archive's answer is waited for.

    Refuses NotAllowed, UnknownThing; with all reasons at once: NothingToOffer, CasesOpen, OfferWaits.
    """
    acting_as(work, OFFICERS)
    person = meant(work, ask.person_ref)
    person_id = person.id or 0
    one_at_a_time(work.session, _PACKAGES)
    cases, waits = _filed(work, [person_id])[person_id], bool(_waiting(work, [person_id]))
    refuse(offer_faults(cases, waits=waits))
    row = ArchiveOffer(
        person_id=person_id,
        cases=len(cases),
        sha256="",
        size=0,
        offered_at=work.now,
        account_id=work.actor.account_id,
    )
    kept = store.put_written(folder(work), lambda file: pack(work, person, row.ref, file), MEDIA_TYPE)
    row.sha256, row.size = kept.sha256, kept.size
    work.session.add(row)
    work.session.flush()
    _journal(work, "offer_to_archive", row)
    return row


def answer_offer(work: Work, ask: AnswerOffer) -> ArchiveOffer:
    """Record what the archive answered. Refuses NotAllowed, UnknownThing, OfferAnswered, lacking words."""
    row = _offer(work, ask.offer_ref)
    if _states(work, [row])[row.id or 0] is not OfferState.OFFERED:
        raise OfferAnswered
    kind = ArchiveAct.ACCEPTED if ask.accepted else ArchiveAct.REFUSED
    return _step(work, row, kind, ask)


def confirm_hand_over(work: Work, ask: ConfirmHandOver) -> ArchiveOffer:
    """The archive has received the package. Refuses NotAllowed, UnknownThing, NotAccepted, lacking words."""
    row = _offer(work, ask.offer_ref)
    if _states(work, [row])[row.id or 0] is not OfferState.ACCEPTED:
        raise NotAccepted
    return _step(work, row, ArchiveAct.HANDED_OVER, ask)


def package(work: Work, ref: str) -> tuple[FileRef, str, Iterator[bytes]]:
    """The package of an offer piece by piece, and its name; the retrieval is journalled.

    Refuses NotAllowed; UnknownThing also once the archive has had its say.
    """
    row = _offer(work, ref)
    if _states(work, [row])[row.id or 0] in OVER:
        raise UnknownThing(field="package")
    pieces = store.pieces(folder(work), row.sha256)
    work.saw("person", [row.person_id], int(Section.IDENTITY | Section.PLAN | Section.PLACEMENT), "archive")
    return FileRef(row.sha256, row.size, MEDIA_TYPE), f"cii-archive-{row.ref}.zip", pieces


def offers(work: Work, mark: str | None = None, limit: int = USUAL) -> Page[OfferRow]:
    """Every offer, the newest first; refuses NotAllowed."""
    acting_as(work, OFFICERS)
    query, since = _EACH, place(work.settings, NAME, mark)
    if since:
        query = query.where(after([(col(ArchiveOffer.id), True)], since))
    rows = work.session.execute(query.order_by(col(ArchiveOffer.id).desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, work.settings, NAME, lambda row: (row[0].id,))
    return Page(tuple(_shown(work, page.items)), page.next)


def offer_view(work: Work, ref: str) -> OfferRow:
    """One offer; refuses NotAllowed, UnknownThing."""
    wanted = _EACH.where(col(ArchiveOffer.id) == _offer(work, ref).id)
    return _shown(work, work.session.execute(wanted).all())[0]


def offered_now(work: Work, person_ids: Sequence[int]) -> dict[int, str]:
    """Of these persons those whose offer waits for the archive, with its reference."""
    return {one.person_id: one.ref for one in _waiting(work, person_ids)}


def packages_of(work: Work, person_ids: Iterable[int]) -> list[str]:
    """The hashes under which packages of these persons lie, or lay, in `folder`."""
    rows = work.session.exec(
        select(ArchiveOffer.sha256).where(col(ArchiveOffer.person_id).in_(list(person_ids)))
    )
    return sorted(set(rows))


def sweep_packages(work: Work) -> int:
    """Erase the packages that no offer waits with: answered ones, and what a broken-off offer left behind."""
    root = folder(work)
    if not root.is_dir():
        return 0
    one_at_a_time(work.session, _PACKAGES)
    halves = list(root.glob(".draft-*"))
    for half in halves:
        half.unlink(missing_ok=True)

    def named(hashes: Collection[str]) -> set[str]:
        rows = work.session.exec(select(ArchiveOffer).where(col(ArchiveOffer.sha256).in_(hashes))).all()
        states = _states(work, rows)
        return {one.sha256 for one in rows if states[one.id or 0] not in OVER}

    return len(halves) + sweep(work, root, named)


def folder(work: Work) -> Path:
    """Where packages lie."""
    return work.settings.data_dir / "archive"


def _filed(work: Work, person_ids: Sequence[int]) -> dict[int, list[Filed]]:
    held = filed(work, person_ids)
    return {id_: [Filed(path, closed_at) for path, closed_at in cases] for id_, cases in held.items()}


def _offers_of(work: Work, person_ids: Sequence[int]) -> Sequence[ArchiveOffer]:
    return work.session.exec(
        select(ArchiveOffer).where(col(ArchiveOffer.person_id).in_(person_ids)).order_by(col(ArchiveOffer.id))
    ).all()


def _waiting(work: Work, person_ids: Sequence[int]) -> list[ArchiveOffer]:
    rows = _offers_of(work, person_ids)
    states = _states(work, rows)
    return [one for one in rows if states[one.id or 0] not in OVER]


def _offer(work: Work, ref: str) -> ArchiveOffer:
    acting_as(work, OFFICERS)
    found = work.session.exec(select(ArchiveOffer).where(col(ArchiveOffer.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="offer")
    return found


def _steps(work: Work, rows: Sequence[ArchiveOffer]) -> dict[int, list[ArchiveStep]]:
    found: dict[int, list[ArchiveStep]] = {row.id or 0: [] for row in rows}
    said = work.session.exec(
        select(ArchiveStep).where(col(ArchiveStep.offer_id).in_(found)).order_by(col(ArchiveStep.id))
    )
    for one in said:
        found[one.offer_id].append(one)
    return found


def _states(work: Work, rows: Sequence[ArchiveOffer]) -> dict[int, OfferState]:
    return {id_: state_of(one.kind for one in steps) for id_, steps in _steps(work, rows).items()}


def _step(
    work: Work, row: ArchiveOffer, kind: ArchiveAct, ask: AnswerOffer | ConfirmHandOver
) -> ArchiveOffer:
    refuse(said_faults(ask.by, ask.reference, ask.said_on, local_day(row.offered_at), work.today))
    step = ArchiveStep(
        offer_id=row.id or 0,
        kind=kind,
        by=ask.by.strip(),
        reference=ask.reference.strip(),
        said_on=ask.said_on,
        at=work.now,
        account_id=work.actor.account_id,
    )
    try:
        with work.session.begin_nested():
            work.session.add(step)
            work.session.flush()
    except IntegrityError:
        raise OfferAnswered from None
    _journal(work, f"archive_{kind}", row)
    return row


_EACH: Select[Any] = columns(
    ArchiveOffer, ref_of(col(ArchiveOffer.person_id)), account_name(col(ArchiveOffer.account_id))
)
"""Offers, each with the outward name of whose file it is and the name of who offered it."""


def _shown(work: Work, found: Sequence[Any]) -> list[OfferRow]:
    steps: dict[int, list[StepRow]] = {row.id: [] for row, *_ in found}
    for one, who in work.session.execute(
        columns(ArchiveStep, account_name(col(ArchiveStep.account_id)))
        .where(col(ArchiveStep.offer_id).in_(steps))
        .order_by(col(ArchiveStep.id))
    ):
        steps[one.offer_id].append(StepRow(one.kind, one.by, one.reference, one.said_on, one.at, who))
    work.saw("person", [row.person_id for row, *_ in found], 0, "archive")
    told = []
    for row, person_ref, who in found:
        acts = steps[row.id]
        state = state_of(one.kind for one in acts)
        told.append(
            OfferRow(
                row.ref, person_ref, state, row.cases, row.size, row.sha256, row.offered_at, who,
                state not in OVER, tuple(acts),
            )
        )  # fmt: skip
    return told


def _journal(work: Work, act: str, row: ArchiveOffer) -> None:
    """Without what was written: the officer's own work keeps nothing of the person."""
    wrote(work, act, "archive_offer", row.id, ref=row.ref, person_id=row.person_id)
