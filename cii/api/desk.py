"""The desk: filters, drafts, tasks and cases handed out, absences, load, news of the law, what is new."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.cases.noting import CorrectNote
from cii.cases.queries import case_by_ref
from cii.cases.view import case_view
from cii.desk.announcing import (
    NewsShown,
    PublishNews,
    acknowledge,
    news_for_me,
    publish_news,
    withdraw_news,
)
from cii.desk.drafting import WRITERS, SaveDraft, save_draft
from cii.desk.loading import (
    HandCases,
    HandTasks,
    ReleaseShare,
    hand_cases,
    hand_tasks,
    led_unit,
    loads,
    release_share,
)
from cii.desk.noting import rewrite_note
from cii.desk.rules import Load
from cii.desk.saving import FilterShown, SaveFilter, filters, remove_filter, save_filter
from cii.desk.substituting import (
    AgreeSubstitution,
    Standing,
    TakeForAbsent,
    agree_substitution,
    revoke_substitution,
    substitutions,
    take_for_absent,
)
from cii.desk.visiting import Change, changes_since_visit
from cii.desk.vocabulary import FilterPlace
from cii.institutions.schemas import UNIT
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-desk", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class FiltersAsked:
    """Of which list."""

    place: FilterPlace = FilterPlace.DESK


@dataclass(frozen=True)
class LoadAsked:
    """Of which unit; it is one that I supervise."""

    unit_ref: str = field(metadata={"max": 10})


@dataclass(frozen=True)
class LoadShown:
    """What a member carries; `per_position`: cases for a full position, null without released time."""

    name: str
    cases: int
    tasks: int
    late: int
    percent: int
    absent: bool
    per_position: int | None


FILTER = only(
    FilterShown, "ref", "place", "name", "query", "mine", "default", shared=UNIT, called="SavedFilterAnswer"
)
STANDING = only(
    Standing, "ref", "absent", "substitute", "first_day", "last_day", "live", "mine", unit=UNIT,
    called="SubstitutionAnswer",
)  # fmt: skip
LOAD = only(
    LoadShown, "name", "cases", "tasks", "late", "percent", "absent", "per_position", called="LoadAnswer"
)


@dataclass(frozen=True)
class NewsTold:
    """A change of the law; title and text by language, `read_at`: when I acknowledged it."""

    ref: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    legal_reference: str
    valid_from: date
    published_at: datetime
    read_at: datetime | None


NEWS = only(
    NewsTold, "ref", "title", "text", "legal_reference", "valid_from", "published_at", "read_at",
    called="LegalNewsAnswer",
)  # fmt: skip
CHANGE = only(Change, "kind", "at", "who", unit=UNIT, called="CaseNewsAnswer")


@blueprint.get("/desk/filters")
@needs(Permit.SEE_DESK)
@blueprint.arguments(FiltersAsked, location="query")
@blueprint.response(200, paged(FILTER))
def filtered(asked: FiltersAsked) -> Page[FilterShown]:
    """My filters of a list, and those shared in my units."""
    return Page(filters(g.work, asked.place))


@blueprint.post("/desk/filters")
@needs(Permit.SEE_DESK)
@blueprint.arguments(SaveFilter)
@blueprint.response(201, paged(FILTER))
def filter_saved(ask: SaveFilter) -> Page[FilterShown]:
    """Keep a filter under a name."""
    save_filter(g.work, ask)
    return Page(filters(g.work, ask.place))


@blueprint.delete("/desk/filters/<ref:ref>")
@needs(Permit.SEE_DESK)
@blueprint.response(204)
def filter_removed(ref: str) -> None:
    """Take a filter of mine away."""
    remove_filter(g.work, ref)


@blueprint.post("/desk/drafts")
@needs(*WRITERS)
@blueprint.arguments(SaveDraft)
@blueprint.response(204)
def draft_saved(ask: SaveDraft) -> None:
    """Keep what I am writing in a form of a case."""
    save_draft(g.work, ask)


@blueprint.post("/desk/tasks")
@needs(Permit.REASSIGN)
@blueprint.arguments(HandTasks)
@blueprint.response(204)
def tasks_handed(ask: HandTasks) -> None:
    """Give open tasks of a unit that I supervise to a member, all or none."""
    hand_tasks(g.work, ask)


@blueprint.post("/desk/cases")
@needs(Permit.REASSIGN)
@blueprint.arguments(HandCases)
@blueprint.response(204)
def cases_handed(ask: HandCases) -> None:
    """Name the member who leads these cases from now on, all or none."""
    hand_cases(g.work, ask)


@blueprint.get("/desk/load")
@needs(Permit.REASSIGN)
@blueprint.arguments(LoadAsked, location="query")
@blueprint.response(200, paged(LOAD))
def load(asked: LoadAsked) -> Page[LoadShown]:
    """What the members of a unit carry, who has most room first."""
    return Page([_load(one) for one in loads(g.work, led_unit(g.work, asked.unit_ref))])


@blueprint.post("/desk/shares")
@needs(Permit.REASSIGN)
@once
@blueprint.arguments(ReleaseShare)
@blueprint.response(204)
def share_released(ask: ReleaseShare) -> None:
    """Record the time that a member has for cases."""
    release_share(g.work, ask)


@blueprint.get("/desk/substitutions")
@needs(Permit.SEE_DESK)
@blueprint.response(200, paged(STANDING))
def standing() -> Page[Standing]:
    """The substitutions that go on or come and concern me."""
    return Page(substitutions(g.work))


@blueprint.post("/desk/substitutions")
@needs(Permit.SEE_DESK)
@blueprint.arguments(AgreeSubstitution)
@blueprint.response(201, paged(STANDING))
def substitution_agreed(ask: AgreeSubstitution) -> Page[Standing]:
    """Agree on who stands in."""
    agree_substitution(g.work, ask)
    return Page(substitutions(g.work))


@blueprint.post("/desk/substitutions/<ref:ref>/end")
@needs(Permit.SEE_DESK)
@blueprint.response(204)
def substitution_ended(ref: str) -> None:
    """End a substitution before its last day."""
    revoke_substitution(g.work, ref)


@blueprint.post("/desk/in-place")
@needs(Permit.SEE_DESK)
@blueprint.arguments(TakeForAbsent)
@blueprint.response(204)
def taken_in_place(ask: TakeForAbsent) -> None:
    """Take tasks of those for whom I stand in today."""
    take_for_absent(g.work, ask)


@blueprint.get("/desk/news")
@needs(Permit.SEE_DESK)
@blueprint.response(200, paged(NEWS))
def news() -> Page[NewsTold]:
    """The changes of the law that concern me, the newest first."""
    return Page([_news(one) for one in news_for_me(g.work)])


@blueprint.post("/desk/news")
@needs(Permit.PUBLISH_NEWS)
@once
@blueprint.arguments(PublishNews)
@blueprint.response(204)
def news_published(ask: PublishNews) -> None:
    """Tell a change of the law."""
    publish_news(g.work, ask)


@blueprint.post("/desk/news/<ref:ref>/reading")
@needs(Permit.SEE_DESK)
@blueprint.response(204)
def news_read(ref: str) -> None:
    """I have read it."""
    acknowledge(g.work, ref)


@blueprint.post("/desk/news/<ref:ref>/withdrawal")
@needs(Permit.PUBLISH_NEWS)
@blueprint.response(204)
def news_withdrawn(ref: str) -> None:
    """Take a news back."""
    withdraw_news(g.work, ref)


@blueprint.get("/cases/<ref:ref>/news")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(CHANGE))
def changes(ref: str) -> Page[Change]:
    """What others have written in the case since I last looked at its page, of the sections open to me."""
    case_view(g.work, ref)
    return Page(changes_since_visit(g.work, case_by_ref(g.work, ref).id or 0).newest)


@blueprint.post("/cases/<ref:ref>/notes/<ref:note>/correction")
@needs(Permit.WRITE_NOTE)
@blueprint.arguments(CorrectNote, given=("case_ref", "note_ref"))
@blueprint.response(204)
def note_corrected(ask: type[CorrectNote], ref: str, note: str) -> None:
    """Write a note of mine anew; what it said is kept."""
    rewrite_note(g.work, ask(case_ref=ref, note_ref=note))  # type: ignore[call-arg]  # the text is in it


def _load(one: Load) -> LoadShown:
    full = one.per_position
    return LoadShown(
        one.name, one.cases, one.tasks, one.late, one.percent, one.absent,
        round(full) if full is not None else None,
    )  # fmt: skip


def _news(one: NewsShown) -> NewsTold:
    return NewsTold(
        one.ref, one.title, one.body, one.legal_reference, one.valid_from, one.published_at, one.read_at
    )
