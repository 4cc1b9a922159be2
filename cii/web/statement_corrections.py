"""Stated months that cost something else by now: proposed with their cause, drafted in one act."""

from typing import Any

from flask import g, render_template

from cii.access.permits import Permit
from cii.agreements.queries import agreements_by_id
from cii.institutions.queries import lines_by_id
from cii.kernel.period import Period
from cii.people.queries import label
from cii.settlement.corrections import Proposal, correction_proposals
from cii.settlement.queries import stays_in
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint
from cii.web.choices import t, word
from cii.wire import language
from cii.wire.doors import needs

page = Blueprint("statement_corrections", __name__)


@page.get("/statements/corrections", endpoint="index")
@needs(Permit.SEE_STATEMENTS)
def proposals() -> str:
    """The corrections that are due, month by month."""
    permits = g.work.actor.permits
    return render_template(
        "pages/statements/corrections.html",
        proposals=_shown(g.work),
        may_draft=Permit.SUBMIT_STATEMENT in permits or Permit.CHECK_STATEMENT in permits,
    )


def _shown(work: Work) -> list[dict[str, Any]]:
    found = correction_proposals(work)
    agreements = agreements_by_id(work, {one.agreement_id for one in found})
    lines = lines_by_id(work, {one.line_id for one in found})
    return [
        {
            "title": t(
                "web.statements.of",
                month=formats.month(one.month.start, language.lang()),
                agreement=agreements[one.agreement_id].number,
            ),
            "line": lines[one.line_id].code,
            "payer": f"{agreements[one.agreement_id].ref}.{lines[one.line_id].ref}",
            "month": one.month.start.isoformat(),
            "id": f"{agreements[one.agreement_id].ref}-{lines[one.line_id].ref}-{one.month.start:%Y-%m}",
            "rows": _rows(work, one),
            "total": {"person": t("web.statements.total"), "difference": one.difference},
        }
        for one in found
    ]


def _rows(work: Work, one: Proposal) -> list[dict[str, Any]]:
    ids = [place.placement_id for place in one.places]
    month = Period(one.month.start, one.month.end)
    stays = {stay.placement_id: stay for stay in stays_in(work, month, placement_ids=ids)}
    persons = label(work, {stay.person_id for stay in stays.values()})
    return [
        {
            "person": persons[stays[place.placement_id].person_id].name
            if place.placement_id in stays and stays[place.placement_id].person_id in persons
            else t("web.statements.somebody"),
            "stated": place.stated,
            "now": place.now,
            "difference": place.difference,
            "cause": ", ".join(word(cause) for cause in place.causes),
        }
        for place in one.places
    ]
