"""Results to check months after a case was closed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g

from cii.access.permits import Permit
from cii.api.asking import PageAsked
from cii.api.base import PREFIX, Blueprint
from cii.cases.checking import AnswerCheck, CheckRow, check_row, checks
from cii.cases.schemas import CHECK
from cii.routing.checking import record_check
from cii.wire.answers import paged
from cii.wire.doors import needs
from cii.wire.pages import Page

blueprint = Blueprint("api-checks", __name__, url_prefix=f"{PREFIX}/checks")


@dataclass(frozen=True)
class ChecksAsked(PageAsked):
    """Which checks: those whose day has come, or with `coming` those ahead as well."""

    coming: bool = False


@blueprint.get("")
@needs(Permit.CLOSE_CASE)
@blueprint.arguments(ChecksAsked, location="query")
@blueprint.response(200, paged(CHECK))
def listed(asked: ChecksAsked) -> Page[CheckRow]:
    """The results that my units have to check, the earliest first."""
    return checks(g.work, asked.after, asked.limit, due=not asked.coming)


@blueprint.get("/<ref:ref>")
@needs(Permit.CLOSE_CASE)
@blueprint.response(200, CHECK)
def one(ref: str) -> CheckRow:
    """One result of a case in which I have a part."""
    return check_row(g.work, ref)


@blueprint.post("/<ref:ref>/answer")
@needs(Permit.CLOSE_CASE)
@blueprint.arguments(AnswerCheck, given=("check_ref",))
@blueprint.response(200, CHECK)
def answered(ask: Callable[..., AnswerCheck], ref: str) -> CheckRow:
    """Say whether the result is still in place, on which day, and from where that is known."""
    record_check(g.work, ask(check_ref=ref))
    return check_row(g.work, ref)
