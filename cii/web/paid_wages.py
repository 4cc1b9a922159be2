"""What measures say they paid their participants, beside what the scale says."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, month_of
from cii.people.queries import PersonLabel, label
from cii.placements.queries import PlacementRow, placements_list
from cii.placements.vocabulary import PlacementState
from cii.store.work import Work
from cii.texts import formats
from cii.wages.actions_subsidies import TellPaidWage, tell_paid_wage
from cii.wages.months import told_against_scale
from cii.web.base import Blueprint, see_other
from cii.web.choices import called, number_asked, t
from cii.web.wages import tabs
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("paid_wages", __name__)
_PAGE = 50
_BEGUN = (PlacementState.STARTED, PlacementState.ENDED)


@page.get("/wages/paid", endpoint="index")
@needs(Permit.SEE_WAGES)
def paid_page() -> str:
    """What was paid by month, and the form that tells it."""
    return render_template("pages/wages/paid.html", **_list(g.work))


@page.post("/wages/paid")
@needs(Permit.TELL_WAGES)
@once
@again(paid_page)
def tell() -> Response:
    """Say what was paid for a month."""
    tell_paid_wage(g.work, asked(TellPaidWage))
    return see_other("paid_wages.index")


def _list(work: Work) -> dict[str, Any]:
    found = told_against_scale(work, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    telling = Permit.TELL_WAGES.value in work.actor.permits
    held = placements_list(work, states=_BEGUN, limit=300) if telling else []
    people = label(work, {row.person_id for row in kept} | {row.person_id for row in held})
    work.saw("person", [row.person_id for row in kept], int(Section.PLACEMENT))
    return {
        "tabs": tabs("paid"),
        "rows": [
            {
                "person": called(people, row),
                "month": formats.month(row.month, language.lang()),
                "amount": row.amount,
                "scale": Chf(int(row.by_scale)) if row.by_scale is not None else None,
                "state": _compared(row.amount, row.by_scale),
                "at": row.recorded_at,
            }
            for row in kept
        ],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "places": _places(held, people),
        "last_month": month_of(work.today.replace(day=1) - ONE_DAY).start.isoformat(),
    }


def _compared(told: Chf, by_scale: int | None) -> dict[str, str]:
    if by_scale is None:
        return {"label": t("web.wages.not-computed"), "tone": "neutral"}
    same = told == Chf(int(by_scale))
    return {"label": t("web.wages.same" if same else "web.wages.other"), "tone": "good" if same else "warn"}


def _places(held: Sequence[PlacementRow], people: Mapping[int, PersonLabel]) -> list[dict[str, str]]:
    lang = language.lang()
    return [
        {
            "value": row.ref,
            "label": f"{people[row.person_id].name} · {row.measure_name} · "
            f"{formats.day(row.starts_on, lang)}–{formats.day(row.ends_on, lang)}",
        }
        for row in held
        if row.person_id in people
    ]
