"""The grid of observation as the provider fills it: for a person in its measure, or under a contract."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.rules import GridAnswer
from cii.cases.shapes import GridLine
from cii.kernel.errors import Refusal
from cii.people.queries import label
from cii.placements.queries import placement_by_ref
from cii.routing.observing import (
    ObserveCandidate,
    ObserveParticipant,
    Stay,
    grid_of,
    observe_candidate,
    observe_participant,
    said_of,
    stay_in_measure,
    stay_under_contract,
)
from cii.routing.queries_observation import contract_by_ref
from cii.texts import speech
from cii.web.base import Blueprint, see_other
from cii.web.case_grid import answer_word, beside_inputs, inputs
from cii.web.choices import t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("observing", __name__)


@dataclass(frozen=True)
class ObservedForm:
    """What was observed on a day, as the form sends it: an answer per item, whatever is blank left out."""

    effective_on: date
    answers: dict[str, str] = field(default_factory=dict, metadata={"max": 2000})
    source: str = field(default="", metadata={"max": 200})

    def entries(self) -> tuple[GridAnswer, ...]:
        """An entry per item that was answered."""
        return tuple(
            GridAnswer(item, value, self.effective_on, self.source)
            for item, value in self.answers.items()
            if value.strip()
        )


@page.get("/provider/placements/<ref:ref>/observation")
@needs(Permit.SEE_PARTICIPANTS)
def participant(ref: str) -> str:
    """What was observed of a participant, and the form of today's observation."""
    row, stay = placement_by_ref(g.work, ref), stay_in_measure(g.work, ref)
    home = {"label": t("web.provider.title"), "url": url_for("provider.index")}
    return _page(stay, row.person_id, home, url_for("provider.placement", ref=ref))


@page.post("/provider/placements/<ref:ref>/observation")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(participant)
def participant_observed(ref: str) -> Response:
    """Keep what was observed."""
    _keep(lambda entries: observe_participant(g.work, ObserveParticipant(ref, entries)))
    return see_other("observing.participant", ref=ref, done="observed")


@page.get("/observations/<ref:ref>/grid")
@needs(Permit.SEE_PARTICIPANTS)
def candidate(ref: str) -> str:
    """What was observed of a candidate under a contract, and the form of today's observation."""
    row, stay = contract_by_ref(g.work, ref), stay_under_contract(g.work, ref)
    home = {"label": t("web.observation.many"), "url": url_for("observations.index")}
    return _page(stay, row.person_id, home, url_for("observations.one", ref=ref))


@page.post("/observations/<ref:ref>/grid")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(candidate)
def candidate_observed(ref: str) -> Response:
    """Keep what was observed."""
    _keep(lambda entries: observe_candidate(g.work, ObserveCandidate(ref, entries)))
    return see_other("observing.candidate", ref=ref, done="observed")


def _keep(write: Callable[[tuple[GridAnswer, ...]], object]) -> None:
    entries = asked(ObservedForm).entries()
    try:
        write(entries)
    except Refusal as no:
        beside_inputs(no, entries)
        raise


def _page(stay: Stay, person_id: int, home: dict[str, str], back: str) -> str:
    work, lang = g.work, language.lang()
    grid, closed = grid_of(work), stay.why_closed(work.today)
    name = label(work, [person_id])
    person = name[person_id].name if person_id in name else t("web.desk.protected")
    open_now = closed is None and Permit.ANSWER_PLACEMENT.value in work.actor.permits
    return render_template(
        "pages/provider/observation.html",
        person=person,
        crumbs=[home, {"label": person, "url": back}],
        first=stay.first,
        last=stay.last,
        closes_on=stay.closes_on,
        groups=inputs(grid, grid.items.values(), {}) if open_now else [],
        closed=speech.refusal(closed, lang) if closed else None,
        rows=_rows(said_of(work, stay), lang),
        today=min(work.today, stay.last).isoformat(),
        action=request.path,
        done=word("observed", "done") if request.args.get("done") else None,
    )


def _rows(lines: Sequence[GridLine], lang: str) -> list[dict[str, Any]]:
    """Every answer as a row, the latest day first."""
    rows: Iterable[dict[str, Any]] = (
        {
            "on": entry.author.effective_on,
            "item": line.title.get(lang, line.item),
            "answer": answer_word(line.kind, entry.value, line.values, line.high, line.unit, lang),
            "who": entry.author.name,
            "source": entry.source or None,
            "at": entry.author.at,
        }
        for line in lines
        for entry in line.entries
    )
    return sorted(rows, key=lambda row: (row["on"], row["at"]), reverse=True)
