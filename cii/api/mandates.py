"""The mandate of the coordination group: tasks with what is due, rules, further mandates of the GP CII."""

from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.coordination.actions_mandates import EndMandate, GiveMandate, end_mandate, give_mandate
from cii.coordination.mandate import due_now, the_mandate
from cii.coordination.mandates import mandates
from cii.coordination.schemas import MANDATE
from cii.coordination.tables_mandates import GroupMandate
from cii.wire import language
from cii.wire.answers import answer_schema, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-mandates", __name__, url_prefix=f"{PREFIX}/mandates")
READERS = (Permit.EDIT_COORDINATION, Permit.DECIDE_STEERING, Permit.FREEZE_REPORTS)


@dataclass(frozen=True)
class TaskShown:
    """A task in the reader's language; `due`: how much waits, null where nothing can wait."""

    number: int
    text: str
    due: int | None


@dataclass(frozen=True)
class RuleShown:
    """A rule in the reader's language and how the product holds it."""

    number: int
    text: str
    held_by: str


@dataclass(frozen=True)
class MandateInForce:
    """The standing mandate of the group."""

    name: str
    title: str
    issued_on: date
    valid_from: date
    tasks: tuple[TaskShown, ...]
    rules: tuple[RuleShown, ...]


@dataclass(frozen=True)
class MandateEndAsked:
    """On which day the analysis was handed over or the mandate withdrawn."""

    ended_on: date


IN_FORCE = answer_schema(MandateInForce, "Mandate")


@blueprint.get("/in-force")
@needs(*READERS)
@blueprint.response(200, IN_FORCE)
def in_force() -> MandateInForce:
    """Tasks 1-9 with what waits now, and rules 1-6."""
    held, lang, due = the_mandate(), language.lang(), due_now(g.work)
    return MandateInForce(
        held.name,
        held.title[lang],
        held.issued_on,
        held.valid_from,
        tuple(TaskShown(number, said[lang], due.get(number)) for number, said in held.tasks.items()),
        tuple(RuleShown(number, one.text[lang], one.held_by[lang]) for number, one in held.rules.items()),
    )


@blueprint.get("")
@needs(*READERS)
@blueprint.response(200, paged(MANDATE))
def listed() -> Page[GroupMandate]:
    """The mandates of analysis that the GP CII has given, the newest first."""
    return Page(list(mandates(g.work)))


@blueprint.post("")
@needs(Permit.DECIDE_STEERING)
@once
@blueprint.arguments(GiveMandate)
@blueprint.response(201, MANDATE)
def given(ask: GiveMandate) -> GroupMandate:
    """Charge the group with an analysis; it is told."""
    return give_mandate(g.work, ask)


@blueprint.post("/<ref:ref>/end")
@needs(Permit.DECIDE_STEERING)
@once
@blueprint.arguments(MandateEndAsked)
@blueprint.response(200, MANDATE)
def ended(ask: MandateEndAsked, ref: str) -> GroupMandate:
    """End a mandate, once."""
    return end_mandate(g.work, EndMandate(ref, ask.ended_on))
