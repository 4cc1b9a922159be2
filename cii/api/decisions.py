"""Decisions with their explanation, the proof of a table, and what a draft of it would change."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g

from cii.access.permits import Permit
from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.api.base import PREFIX, Blueprint
from cii.cases.queries import case_by_ref
from cii.decisions.proof import Proof, prove
from cii.decisions.whatif import Said
from cii.institutions.queries import shown_units
from cii.kernel.errors import NotAllowed
from cii.routing.explaining import ChangeShown, Explained, explanation, explanations
from cii.routing.whatif import CaseRow, Facts, Flow, Report, WhatIf, what_if
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import needs
from cii.wire.pages import Page
from cii.workflow.library import table
from cii.workflow.queries import table_on

blueprint = Blueprint("api-decisions", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class ProofAsked:
    """Which version; the one in force today when left out."""

    version: int | None = None


@dataclass(frozen=True)
class ProofShown:
    """What is proven of a table: `status` complete, gaps or not proven; regions as the files write them.

    `shadowed` rules never get a turn, `unreachable` ones hold for no facts; `more_gaps` and `more_overlaps`
    tell that the lists go on.
    """

    table: str
    version: int
    status: str
    gaps: tuple[dict[str, str], ...]
    overlaps: tuple[dict[str, Any], ...]
    shadowed: tuple[str, ...]
    unreachable: tuple[str, ...]
    boxes: int
    more_gaps: bool
    more_overlaps: bool


@dataclass(frozen=True)
class DraftAsked:
    """A draft (its text, or a published version), the day of the version it is held against, which facts."""

    draft: str = field(default="", metadata={"max": 200_000})
    version: int | None = None
    on: date | None = None
    facts: Facts = Facts.STORED


@dataclass(frozen=True)
class DraftEffect:
    """What a draft would change; unless `exact`, counts are lower bounds (see `routing.rules_counts`)."""

    table: str
    version: int
    draft_version: int
    on: date
    facts: Facts
    open_cases: int
    undecided: int
    exact: bool
    effects: dict[str, int]
    flows: tuple[dict[str, Any], ...]
    silences: tuple[dict[str, Any], ...]
    moved: tuple[dict[str, Any], ...]
    unsaid: tuple[dict[str, Any], ...]
    hidden: int


CHANGE = only(ChangeShown, "fact", "needed", "outputs", "why", called="FactChangeAnswer")
EXPLAINED = only(
    Explained, "ref", "table", "version", "title", "valid_from", "valid_to", "legal_basis", "inputs",
    "sources", "outputs", "rules", "why", "hidden", "at", "by", changes=CHANGE, called="ExplainedAnswer",
)  # fmt: skip
PROOF = only(
    ProofShown, "table", "version", "status", "gaps", "overlaps", "shadowed", "unreachable", "boxes",
    "more_gaps", "more_overlaps",
)  # fmt: skip
DRAFT_EFFECT = only(
    DraftEffect, "table", "version", "draft_version", "on", "facts", "open_cases", "undecided", "exact",
    "effects", "flows", "silences", "moved", "unsaid", "hidden",
)  # fmt: skip


@blueprint.get("/cases/<ref:ref>/decisions")
@needs(Permit.SEE_CASE)
@blueprint.response(200, paged(EXPLAINED))
def of_case(ref: str) -> Page[Explained]:
    """The decisions by table about a case, each with its facts, their sources and what would change it."""
    case = case_by_ref(g.work, ref)
    if not sections_on_case(g.work, case.id or 0)[0] & Section.PLAN:
        raise NotAllowed
    g.work.saw("case", [case.id or 0], int(Section.PLAN))
    return Page(explanations(g.work, case.id or 0, case.person_id))


@blueprint.get("/decisions/<ref:ref>")
@needs(Permit.SEE_CASE)
@blueprint.response(200, EXPLAINED)
def one(ref: str) -> Explained:
    """One decision with all that explains it."""
    return explanation(g.work, ref)


@blueprint.get("/tables/<name>/proof")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.arguments(ProofAsked, location="query")
@blueprint.response(200, PROOF)
def proof(asked: ProofAsked, name: str) -> ProofShown:
    """Gaps, overlaps and rules that never get a turn, over all facts the table may be asked about."""
    held = table(g.work, name, asked.version) if asked.version else table_on(g.work, name, g.work.today)[1]
    return proof_shown(held.id, held.version, prove(held))


def proof_shown(name: str, version: int, found: Proof) -> ProofShown:
    """A proof in plain values."""
    return ProofShown(
        name, version, found.status,
        tuple(dict(one.where) for one in found.gaps),
        tuple(
            {"rules": list(one.rules), "where": dict(one.region.where), "because": one.because or None}
            for one in found.overlaps
        ),
        found.shadowed, found.unreachable, found.boxes, found.more, found.more_overlaps,
    )  # fmt: skip


@blueprint.post("/tables/<name>/what-if")
@needs(Permit.TRY_RULES)
@blueprint.arguments(DraftAsked)
@blueprint.response(200, DRAFT_EFFECT)
def would_change(asked: DraftAsked, name: str) -> DraftEffect:
    """Who would be routed otherwise under a draft; nothing is saved."""
    found = what_if(g.work, WhatIf(name, asked.draft, asked.version, asked.on, asked.facts))
    g.work.saw("case", [one.id for one in (*found.moved, *found.unsaid)], int(Section.PLAN))
    return told(found)


def told(found: Report) -> DraftEffect:
    """The report in plain values, sentences in the reader's language."""
    units = {id_: label.name for id_, label in _units(found).items()}
    rows = {
        name: tuple(_row(found, one, units) for one in held)
        for name, held in (("moved", found.moved), ("unsaid", found.unsaid))
    }
    return DraftEffect(
        table=found.now.id, version=found.now.version, draft_version=found.draft.version, on=found.on,
        facts=found.facts, open_cases=found.open_cases, undecided=found.undecided, exact=found.exact,
        effects={effect.value: count for effect, count in found.effects.items()},
        flows=tuple(map(_flow, found.flows)), silences=tuple(map(_flow, found.silences)),
        hidden=found.hidden, **rows,
    )  # fmt: skip


def _units(found: Report) -> Any:  # noqa: ANN401 - labels by id
    return shown_units(g.work, {one.unit_id for one in (*found.moved, *found.unsaid)})


def _flow(one: Flow) -> dict[str, Any]:
    return {"before": _said(one.before), "after": _said(one.after), "cases": one.cases}


def _said(one: Said) -> dict[str, Any]:
    return {
        "verdict": one.verdict.value,
        "outputs": [dict(outcome) for outcome in one.outcomes],
        "rules": list(one.rules),
        "facts": list(one.facts),
    }


def _row(found: Report, one: CaseRow, units: dict[int, str]) -> dict[str, Any]:
    lang = language.lang()
    return {
        "case_ref": one.ref,
        "case_number": one.number,
        "unit": units.get(one.unit_id),
        "before": {**_said(one.compared.before), "why": one.why(found.now, lang)},
        "after": {**_said(one.compared.after), "why": one.why(found.draft, lang)},
        "decided_at": one.decided_at.isoformat(),
    }
