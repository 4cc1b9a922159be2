"""What a page about a case or person says of how its reader sees it: in an emergency, in somebody's place."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import g, request, url_for

from cii.access.permits import Permit
from cii.access.queries import cases_under
from cii.desk.substituting import in_place_of
from cii.requests.actions_glass import cause_of
from cii.requests.queries_glass import active_openings
from cii.store.work import Work
from cii.texts.formats import moment
from cii.texts.speech import say
from cii.wire import language


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence above the page; `url`: the act that ends it, `act` its words."""

    tone: str
    text: str
    url: str | None = None
    act: str | None = None


def banners() -> list[Banner]:
    """For a page about one thing, after its queries: by the cases and persons that they have shown."""
    work: Work | None = g.get("work")
    if work is None or not request.view_args or work.actor.account_id is None:
        return []
    cases = {id_ for one in work.seen if one.kind == "case" for id_ in one.ids}
    persons = {id_ for one in work.seen if one.kind == "person" for id_ in one.ids}
    if not cases and not persons:
        return []
    return [*_emergencies(work, cases, persons), *_in_place(work, cases)]


def _emergencies(work: Work, cases: set[int], persons: set[int]) -> Iterator[Banner]:
    if Permit.BREAK_GLASS.value not in work.actor.permits:
        return
    lang = language.lang()
    for row in active_openings(work):
        if row.person_id in persons or cases.intersection(cases_under(work, cause_of(row))):
            left = int((row.until - work.now).total_seconds() // 60)
            told = say("web.glass.banner", lang, until=moment(row.until, lang), minutes=left)
            yield Banner("warning", told, url_for("glass.end", ref=row.ref), say("web.glass.end", lang))


def _in_place(work: Work, cases: set[int]) -> Iterator[Banner]:
    for absent, day in in_place_of(work, cases):
        yield Banner("info", say("web.desk.acting", language.lang(), absent=absent, day=day))
