"""Documents of a case: attached in a section, seen as that section, handed out under made-up names.

Source: product.md §10 (sections), §11 (uploads).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select

from cii.access.queries import account_names, bases_on_case, sections_on_case
from cii.access.vocabulary import Section
from cii.cases.acts import acting_unit, need
from cii.cases.queries import case_by_ref
from cii.cases.rules import CaseClosed, TextMissing
from cii.cases.shapes import Author
from cii.cases.tables import CaseFile
from cii.cases.tables_attachments import Attachment
from cii.cases.vocabulary import CaseStatus
from cii.cases.vocabulary_attachments import AttachmentKind, AttachmentSection
from cii.documents import store
from cii.documents.cleaning import clean
from cii.documents.keeping import keep, sweep
from cii.documents.store import FileRef, sniff
from cii.institutions.queries import shown_units
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, UnknownThing
from cii.store.work import Work

SECTION: dict[AttachmentSection, Section] = {
    AttachmentSection.PLAN: Section.PLAN,
    AttachmentSection.IDENTITY: Section.IDENTITY,
    AttachmentSection.FUNCTIONAL: Section.FUNCTIONAL,
    AttachmentSection.SOCIAL: Section.SOCIAL,
    AttachmentSection.PLACEMENT: Section.PLACEMENT,
    AttachmentSection.MEDICAL: Section.MEDICAL,
}
"""The section of a case as which a document is seen and written."""


class DocumentNotYours(Refusal):
    """Only the unit that attached a document withdraws it."""

    code, kind = "document-not-yours", "forbidden"


class DocumentWithdrawn(Refusal):
    """The document has been withdrawn already."""

    code, kind = "document-withdrawn", "conflict"


@dataclass(frozen=True)
class AttachDocument:
    """Attach a file to a case, under a title of one's own; it is seen as the section it belongs to."""

    case_ref: str
    title: str = field(metadata={"max": 200})
    kind: AttachmentKind = AttachmentKind.OTHER
    section: AttachmentSection = AttachmentSection.PLAN


@dataclass(frozen=True)
class WithdrawDocument:
    """Take a document out of a case, with the reason."""

    case_ref: str
    document_ref: str
    reason: str = field(metadata={"max": 500})


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as its readers see it; `mine`: my unit attached it; withdrawn, only the row is left."""

    ref: str
    title: str
    kind: AttachmentKind
    section: AttachmentSection
    name: str
    size: int
    media_type: str
    cleaned: str
    mine: bool
    author: Author
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


def documents_of(work: Work, ref: str) -> list[DocumentView]:
    """The documents of a case in the sections open to the actor, the newest first; refuses UnknownThing."""
    case = case_by_ref(work, ref)
    reads = sections_on_case(work, case.id or 0)[0]
    rows = work.session.exec(
        select(Attachment)
        .where(col(Attachment.case_id) == case.id, _in(reads))
        .order_by(col(Attachment.id).desc())
    ).all()
    units = shown_units(work, {one.unit_id for one in rows})
    names = account_names(work, {one.account_id for one in rows if one.account_id is not None})
    shown = Section(0)
    for one in rows:
        shown |= SECTION[one.section]
    if rows:
        work.saw("case", [case.id or 0], int(shown), ",".join(bases_on_case(work, case.id or 0)) or None)
    return [
        DocumentView(
            ref=one.ref,
            title=one.title,
            kind=one.kind,
            section=one.section,
            name=name_of(one),
            size=one.size,
            media_type=one.media_type,
            cleaned=one.cleaned,
            mine=one.unit_id in work.actor.units,
            author=Author(units.get(one.unit_id), names.get(one.account_id or 0), one.attached_at),
            withdrawn_at=one.withdrawn_at,
            withdrawn_reason=one.withdrawn_reason,
        )
        for one in rows
    ]


def document_file(work: Work, case_ref: str, document_ref: str) -> tuple[FileRef, str, Iterator[bytes]]:
    """A document's bytes piece by piece, found whole, and the name to hand it out under.

    Refuses UnknownThing for a foreign case, a document of another case, a closed section, a withdrawn one.
    """
    case, row = _document(work, case_ref, document_ref)
    if row.withdrawn_at is not None:
        raise UnknownThing(field="document")
    work.saw("case", [case.id or 0], int(SECTION[row.section]), "document")
    found = FileRef(row.sha256, row.size, row.media_type)
    return found, name_of(row), store.pieces(folder(work), row.sha256)


def attach_document(work: Work, ask: AttachDocument, data: bytes, claimed: str | None = None) -> Attachment:
    """Keep a file with a case: its type is read from its content, what it says about its maker is cut out.

    The name it was sent under is not kept. Refuses: SectionNotYours, NoPart, CaseClosed, TextMissing,
    EmptyFile, FileTooLarge, UnsupportedFile, LockedFile.
    """
    case = case_by_ref(work, ask.case_ref)
    need(work, case, SECTION[ask.section])
    return _keep(work, case, acting_unit(work, case), ask, Sent(data, claimed))


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: its bytes, and the type it claims to be."""

    data: bytes
    claimed: str | None = None


def keep_document(work: Work, case_id: int, unit: int, ask: AttachDocument, sent: Sent) -> Attachment:
    """Keep a file with a case for a unit that the caller has let in; else as `attach_document`."""
    return _keep(work, work.session.get_one(CaseFile, case_id), unit, ask, sent)


def _keep(work: Work, case: CaseFile, unit: int, ask: AttachDocument, sent: Sent) -> Attachment:
    _open(case)
    if not ask.title.strip():
        raise TextMissing(field="title")
    made = clean(sent.data, sniff(sent.data, sent.claimed))
    kept = keep(work, folder(work), made.data, sniff(made.data))
    row = Attachment(
        case_id=case.id or 0,
        unit_id=unit,
        account_id=work.actor.account_id,
        title=ask.title.strip(),
        kind=ask.kind,
        section=ask.section,
        sha256=kept.sha256,
        size=kept.size,
        media_type=kept.media_type,
        cleaned=made.what,
        attached_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    wrote(work, "attach_document", "attachment", row.id, ref=row.ref, case_id=case.id,
          person_id=case.person_id, unit_id=unit, payload=_told(row))  # fmt: skip
    return row


def kept_file(work: Work, case_id: int, document_ref: str) -> tuple[FileRef, str, Iterator[bytes]]:
    """A document as `document_file` gives it, of a case the caller has let the reader see."""
    row = work.session.exec(select(Attachment).where(*_kept(case_id, [document_ref]))).first()
    if row is None:
        raise UnknownThing(field="document")
    found = FileRef(row.sha256, row.size, row.media_type)
    return found, name_of(row), store.pieces(folder(work), row.sha256)


def kept_documents(work: Work, case_id: int, refs: Collection[str]) -> set[str]:
    """Which of these documents are still in the case; no visibility: the caller has it."""
    return set(work.session.exec(select(Attachment.ref).where(*_kept(case_id, refs)))) if refs else set()


def _kept(case_id: int, refs: Collection[str]) -> list[ColumnElement[bool]]:
    return [
        col(Attachment.case_id) == case_id,
        col(Attachment.ref).in_(list(refs)),
        col(Attachment.withdrawn_at).is_(None),
    ]


def withdraw_document(work: Work, ask: WithdrawDocument) -> Attachment:
    """Take a document out of a case: nobody opens it any more, the row stays and says why.

    Refuses: UnknownThing, DocumentNotYours, SectionNotYours, CaseClosed, TextMissing, DocumentWithdrawn.
    """
    case, row = _document(work, ask.case_ref, ask.document_ref)
    need(work, case, SECTION[row.section])
    if row.unit_id not in work.actor.units:
        raise DocumentNotYours
    _open(case)
    if not ask.reason.strip():
        raise TextMissing(field="reason")
    gone = work.session.connection().execute(
        update(Attachment)
        .where(col(Attachment.id) == row.id, col(Attachment.withdrawn_at).is_(None))
        .values(
            withdrawn_at=work.now, withdrawn_by=work.actor.account_id, withdrawn_reason=ask.reason.strip()
        )
    )
    if gone.rowcount != 1:
        raise DocumentWithdrawn
    work.session.refresh(row)
    wrote(work, "withdraw_document", "attachment", row.id, ref=row.ref, case_id=case.id,
          person_id=case.person_id, unit_id=row.unit_id, payload=_told(row))  # fmt: skip
    return row


def sweep_documents(work: Work) -> int:
    """Erase the bytes that no document names: what a refused or killed request has left; returns how many."""

    def named(hashes: Collection[str]) -> set[str]:
        return set(
            work.session.exec(select(Attachment.sha256).where(col(Attachment.sha256).in_(hashes)).distinct())
        )

    return sweep(work, folder(work), named)


def forget_withdrawn(work: Work, before: datetime) -> int:
    """Erase the bytes of documents that were withdrawn before that moment; returns how many files went.

    Bytes that a document still in its case names too stay; so does each row, with what it says.
    """
    gone = col(Attachment.withdrawn_at) < before
    kept = select(Attachment.sha256).where(or_(col(Attachment.withdrawn_at).is_(None), ~gone))
    names = work.session.exec(
        select(Attachment.sha256).where(gone, col(Attachment.sha256).not_in(kept)).distinct()
    )
    return sum(store.forget(folder(work), name) for name in names)


def folder(work: Work) -> Path:
    """Where the documents of cases lie."""
    return work.settings.data_dir / "attachments"


def name_of(row: Attachment) -> str:
    """The name under which a document is handed out: it tells nothing about anybody."""
    ending = FileRef(row.sha256, row.size, row.media_type).name.rpartition(".")[2]
    return f"cii-{row.ref}.{ending}"


def _document(work: Work, case_ref: str, document_ref: str) -> tuple[CaseFile, Attachment]:
    case = case_by_ref(work, case_ref)
    reads = sections_on_case(work, case.id or 0)[0]
    row = work.session.exec(
        select(Attachment).where(
            col(Attachment.ref) == document_ref, col(Attachment.case_id) == case.id, _in(reads)
        )
    ).first()
    if row is None:
        raise UnknownThing(field="document")
    return case, row


def _in(reads: Section) -> ColumnElement[bool]:
    """The condition on documents of the sections that are open."""
    return or_(col(Attachment.section).in_([one for one, section in SECTION.items() if reads & section]))


def _open(case: CaseFile) -> None:
    if case.status is CaseStatus.CLOSED:
        raise CaseClosed(number=case.number, open="reopen")


def _told(row: Attachment) -> dict[str, object]:
    return {
        "title": row.title,
        "kind": row.kind.value,
        "section": row.section.value,
        "sha256": row.sha256,
        "reason": row.withdrawn_reason,
    }
