"""What somebody is writing is kept while they type; what can no longer be sent is told, and can be let go."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, url_for
from werkzeug.wrappers import Response as Answer

from cii.cases.shapes import CaseView
from cii.cases.vocabulary import CaseStatus
from cii.desk.drafting import WRITERS, SaveDraft, begun, kept_drafts, save_draft, sent
from cii.desk.vocabulary import DraftPlace
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, word
from cii.wire.doors import needs, once
from cii.wire.reading import asked

page = Blueprint("drafts", __name__)
PAGES = {
    DraftPlace.NOTE: "case_notes.index",
    DraftPlace.SYNTHESIS: "cases.assessment",
    DraftPlace.PLAN: "cases.plan",
    DraftPlace.REFERRAL: "cases.one",
    DraftPlace.REPLY: "referrals.one",
}
"""The page on which the form stands: of the case; of a reply, of the referral."""


@page.post("/drafts")
@needs(*WRITERS)
def save() -> Response:
    """Keep the text of a form; an empty one lets the draft go."""
    save_draft(g.work, asked(SaveDraft))
    return Response(status=204)


@page.post("/cases/<ref:ref>/drafts/<place>")
@needs(*WRITERS)
@once
def let_go(ref: str, place: str) -> Answer:
    """Give up what I had begun in a form."""
    form = next((one for one in DraftPlace if one.value == place), None)
    if form is None or form is DraftPlace.REPLY:
        raise UnknownThing(field="place")
    sent(g.work, ref, form)
    return see_other(PAGES[form], ref=ref)


def drafted(view: CaseView, case_id: int, place: DraftPlace, *, open_: bool) -> dict[str, Any]:
    """What I had begun in a form of this page, by field; `over`: the form is closed to me, and why."""
    kept = kept_drafts(g.work, case_id, place)
    if open_ or not kept:
        return {"place": place.value, "kept": kept, "over": None}
    closed = view.status is CaseStatus.CLOSED
    return {
        "place": place.value,
        "kept": {},
        "over": {
            "why": t("web.draft.over-closed" if closed else "web.draft.over", place=word(place)),
            "texts": [one.text for _, one in sorted(kept.items())],
            "url": url_for("drafts.let_go", ref=view.ref, place=place.value),
        },
    }


def rows_begun(drafts: Mapping[str, Any]) -> int:
    """How many rows of parts the form of a plan needs for what was begun in it: `parts-4-goal` needs five."""
    rows = (part.split("-")[1] for part in drafts["kept"] if part.startswith("parts-"))
    return 1 + max((int(row) for row in rows if row.isdecimal()), default=-1)


def texts_begun(work: Work) -> list[dict[str, Any]]:
    """The texts that I have begun and not sent, as my desk lists them."""
    return [
        {
            "label": t("web.draft.of", place=word(one.place), number=one.number),
            "url": url_for(PAGES[one.place], ref=one.referral_ref or one.case_ref),
            "at": one.saved_at,
            "closed": one.closed,
        }
        for one in begun(work)
    ]
