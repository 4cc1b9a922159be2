"""Decisions about budgets: grants, transfers, ceilings, closing; opening balances, postings."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.detections import FILE
from cii.budgets.actions import CloseYear, DecideBudget, close_books, decide_budget
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.actions_opening import ImportOpening, OpeningImported, import_opening
from cii.budgets.actions_transfers import AskTransfer, ask_transfer, decide_transfer
from cii.budgets.postings import PostingsAsked, PostingsForm, pieces_of, postings_file
from cii.budgets.queries_ceilings import CeilingRow, OpenTransfer, ceilings_of, open_transfers
from cii.budgets.schemas import TRANSFER
from cii.budgets.tables_ceilings import BudgetTransfer
from cii.budgets.vocabulary import EntryKind, YearState
from cii.documents import csv, xlsx
from cii.institutions.queries import line_by_ref
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.files import handed_out
from cii.wire.pages import Page
from cii.wire.reading import sent_file

blueprint = Blueprint("api-budget-steering", __name__, url_prefix=f"{PREFIX}/budgets")


@dataclass(frozen=True)
class DecideTransfer:
    """The second person's answer to a transfer."""

    transfer_ref: str
    granted: bool


@dataclass(frozen=True)
class CeilingsAsked:
    """Which year; the present one when left out."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})


@dataclass(frozen=True)
class OpeningAsked:
    """Whether the file is only tried."""

    dry_run: bool = False


@dataclass(frozen=True)
class FileAsked(PostingsAsked):
    """Which postings, and the file in which they leave."""

    form: PostingsForm = PostingsForm.CSV


@dataclass(frozen=True)
class EntryShown:
    """The entry that a decision has made."""

    entry_ref: str
    kind: EntryKind
    booked_at: datetime


@dataclass(frozen=True)
class YearShown:
    """A year of a line's books."""

    year: int
    state: YearState
    closed_at: datetime | None


OPEN = only(
    OpenTransfer, "ref", "year", "line", "giver", "taker", "amount", "decision", "reason", "asked_by_name",
    "asked_at", called="OpenTransferAnswer",
)  # fmt: skip
CEILING = only(
    CeilingRow, "ref", "label", "measure_ref", "agreement_ref", "amount", "used", "left", "warning",
    "decision", "reason", called="BudgetCeilingAnswer",
)  # fmt: skip


@blueprint.post("/decisions")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(DecideBudget)
@blueprint.response(201, only(EntryShown, "entry_ref", "kind", "booked_at", called="BudgetEntryAnswer"))
def decided(ask: DecideBudget) -> EntryShown:
    """Grant a line's year, or change it; a negative amount lowers it, never below what is committed."""
    entry = decide_budget(g.work, ask)
    return EntryShown(entry.ref, entry.kind, entry.booked_at)


@blueprint.get("/transfers")
@needs(Permit.SEE_BUDGETS)
@blueprint.response(200, paged(OPEN))
def waiting() -> Page[OpenTransfer]:
    """The transfers that wait for a second person, the oldest first."""
    return Page(open_transfers(g.work))


@blueprint.post("/transfers")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(AskTransfer)
@blueprint.response(201, TRANSFER)
def transferred(ask: AskTransfer) -> BudgetTransfer:
    """Ask for a transfer between two lines of a sector, or between two ceilings of a line's year."""
    return ask_transfer(g.work, ask)


@blueprint.post("/transfers/decisions")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(DecideTransfer)
@blueprint.response(200, TRANSFER)
def answered(ask: DecideTransfer) -> BudgetTransfer:
    """Grant or refuse a transfer that somebody else has asked for."""
    return decide_transfer(g.work, ask.transfer_ref, granted=ask.granted)


@blueprint.post("/ceilings")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(SetCeiling)
@blueprint.response(200, paged(CEILING))
def capped(ask: SetCeiling) -> Page[CeilingRow]:
    """Set a ceiling of a measure or an agreement, or change it; answers all ceilings of the line's year."""
    row = set_ceiling(g.work, ask)
    return Page(ceilings_of(g.work, row.line_id, row.year))


@blueprint.get("/<ref:ref>/ceilings")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(CeilingsAsked, location="query")
@blueprint.response(200, paged(CEILING))
def ceilings(asked: CeilingsAsked, ref: str) -> Page[CeilingRow]:
    """The ceilings of a line's year, with what is bound under each."""
    year = asked.year or g.work.today.year
    return Page(ceilings_of(g.work, line_by_ref(g.work, ref).id or 0, year))


@blueprint.post("/closings")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(CloseYear)
@blueprint.response(200, only(YearShown, "year", "state", "closed_at", called="BudgetYearAnswer"))
def closed(ask: CloseYear) -> YearShown:
    """Close the books of a line's year for good; refused while money is on its way, with each stage."""
    row = close_books(g.work, ask)
    return YearShown(row.year, row.state, row.closed_at)


@blueprint.post("/opening")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.doc(requestBody=FILE)
@blueprint.arguments(OpeningAsked, location="query")
@blueprint.response(200, only(OpeningImported, "rows", "added", "known", "amount"))
def opened(asked: OpeningAsked) -> OpeningImported:
    """Read a file of opening balances; faults change nothing and are told by line and column."""
    file = sent_file()
    return import_opening(g.work, ImportOpening(file.name, file.content, asked.dry_run))


@blueprint.get("/postings")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(FileAsked, location="query")
@blueprint.response(200, content_type="application/octet-stream")
def postings(asked: FileAsked) -> Response:
    """The postings of a period as a file for the state accounts, under columns that never change."""
    file = postings_file(g.work, asked, asked.form, language.lang())
    media_type = csv.MEDIA_TYPE if asked.form is PostingsForm.CSV else xlsx.MEDIA_TYPE
    return handed_out(pieces_of(file), f"cii-{asked.first}-{asked.last}.{asked.form.value}", media_type)
