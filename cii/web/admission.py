"""The page on which a unit admits: what is known, what is still asked, the table's answer, its confirmation.

And the forms that begin it: announce a young person, propose a candidate for NE-ESO.
"""

from typing import Any

from flask import g, render_template, request
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.cases.queries import case_by_ref
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import units_by_id
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.routing.admission import (
    ConfirmAdmission,
    StateCandidate,
    StateYouth,
    confirm_admission,
    known,
    reason_of,
    state_candidate,
    state_youth,
)
from cii.routing.holding import instance_of
from cii.routing.social_enterprise import ProposeCandidate, propose_candidate
from cii.routing.vocabulary_social import YouthOrigin
from cii.routing.youth import AnnounceYouth, announce_youth
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, word
from cii.web.explained import last_by, source_of
from cii.web.tables import value_of
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.forms import form_values
from cii.wire.reading import asked
from cii.workflow.queries import moves_for

page = Blueprint("admission", __name__)

COMMANDS: dict[CasePath, type[Any]] = {
    CasePath.YOUTH: StateYouth,
    CasePath.SOCIAL_ENTERPRISE: StateCandidate,
}


@page.get("/admission/youth")
@needs(Permit.ANNOUNCE_PERSON)
def new_youth() -> str:
    """The form that announces a young person."""
    return render_template("pages/admission/new.html", youth=True, origins=options(YouthOrigin))


@page.post("/admission/youth")
@needs(Permit.ANNOUNCE_PERSON)
@once
@again(new_youth)
def announce() -> Response:
    """Announce the young person to the youth service."""
    return see_other("cases.one", ref=announce_youth(g.work, asked(AnnounceYouth)).ref, done="announced")


@page.get("/admission/candidate")
@needs(Permit.OPEN_CASE)
def new_candidate() -> str:
    """The form that proposes a candidate for NE-ESO."""
    own = units_by_id(g.work, g.work.actor.units).values()
    return render_template(
        "pages/admission/new.html", youth=False, origins=[], aid=any(one.sector is Sector.AS for one in own)
    )


@page.post("/admission/candidate")
@needs(Permit.OPEN_CASE)
@once
@again(new_candidate)
def propose() -> Response:
    """Open the candidate's case."""
    return see_other("admission.one", ref=propose_candidate(g.work, asked(ProposeCandidate)).ref)


@page.get("/cases/<ref:ref>/admission")
@needs(Permit.CLOSE_CASE)
def one(ref: str) -> str:
    """What is known, what is asked, what the table says."""
    case, lang = case_by_ref(g.work, ref), language.lang()
    held = known(g.work, ref)
    trying = known(g.work, ref, _typed(case.path)) if request.form and case.path in COMMANDS else held
    instance = instance_of(g.work, case.id or 0)
    moves = {move.key for move in moves_for(g.work, instance) if move.act == "done"}
    columns = {column.name: column for column in held.table.inputs}
    return render_template(
        "pages/admission/one.html",
        case=case,
        path=word(case.path),
        reason=reason_of(g.work, case.id or 0),
        title=held.table.title[lang],
        law=t("web.admission.law", version=held.table.version, on=held.on),
        facts=[
            {
                "fact": columns[name].title.get(lang, name),
                "value": value_of(columns[name], held.facts[name]),
                "source": source_of(held.sources.get(name), lang),
            }
            for name in columns
            if name in held.facts
        ],
        asked=[_question(columns[name], lang) for name in columns if name in trying.missing],
        answer={
            "admits": held.admits,
            "text": t("web.admission.admits" if held.admits else "web.admission.admits-not"),
            "why": " ".join(each[lang] for each in held.why),
        }
        if held.admits is not None
        else None,
        states=bool(moves & {"receive", "complete_file"}),
        confirms="confirm" in moves,
        youth=case.path is CasePath.YOUTH,
        origins=options(YouthOrigin),
        decided=last_by(g.work, case.id or 0, case.person_id, held.table.id)
        if "confirm" in moves and held.admits is None
        else None,
        done=word("finished", "done") if request.args.get("done") else None,
    )


@page.post("/cases/<ref:ref>/admission")
@needs(Permit.CLOSE_CASE)
@once
@again(one)
def state(ref: str) -> Response:
    """Keep what is stated; with `finish` the table decides."""
    if case_by_ref(g.work, ref).path is CasePath.YOUTH:
        state_youth(g.work, asked(StateYouth, case_ref=ref))
    else:
        state_candidate(g.work, asked(StateCandidate, case_ref=ref))
    return see_other("admission.one", ref=ref, done="stated")


@page.post("/cases/<ref:ref>/admission/confirmation")
@needs(Permit.CLOSE_CASE)
@once
@again(one)
def confirm(ref: str) -> Response:
    """Admit the person or not."""
    confirm_admission(g.work, asked(ConfirmAdmission, case_ref=ref))
    return see_other("cases.one", ref=ref, done="finished")


def _typed(path: CasePath) -> dict[str, Any]:
    """What the refused form said, as far as it can be read, so that only open questions are asked again."""
    command = COMMANDS[path]
    try:
        said = form_values(command, request.form, leaving=("case_ref",))
    except Refusal:
        return {}
    kept = {"finish", "seq", "origin", "without_training", "debts"}
    return {name: value for name, value in said.items() if name not in kept and isinstance(value, bool | int)}


def _question(column: Any, lang: str) -> dict[str, Any]:  # noqa: ANN401 - a column of a table
    kind = column.domain.kind
    return {
        "name": column.name,
        "label": column.title.get(lang, column.name),
        "kind": "yes" if kind == "yes/no" else "money" if kind == "money" else "number",
        "unit": column.units.get(lang) or column.unit,
    }
