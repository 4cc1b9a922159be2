"""What a round comes to: places and budgets, the proof, what else could be, the report."""

from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.allocation.transferring import transfers
from cii.allocation.vocabulary import Who
from cii.rounds.paper import report
from cii.rounds.queries import contents, round_by_ref, run_of, runs_of
from cii.rounds.queries_pages import measures_named
from cii.rounds.replaying import Compared, WhatIf, replay, what_if
from cii.rounds.tallies import tight_sets
from cii.rounds.vocabulary import RoundState
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import choice_asked, options, t, text_asked, word
from cii.web.round_explained import fairness_shown, transfer_shown
from cii.web.round_words import cells_shown, guaranteed_shown, purse_said, purses_shown
from cii.web.rounds import gap_said, head
from cii.wire import language
from cii.wire.doors import needs
from cii.wire.files import handed_out
from cii.wire.refusals import NotAnInteger

page = Blueprint("round_results", __name__)
_CENTIMES = 100
_LONGEST = 9


@page.get("/rounds/<ref:ref>/places")
@needs(Permit.SEE_ROUNDS)
def places(ref: str) -> str:
    """What the run takes of each quota and each budget, and which transfers would place more persons."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    run = run_of(work, held.id or 0, held.approved_run)
    shown: dict[str, Any] = {"run": run, "cells": [], "purses": [], "guaranteed": [], "transfers": None}
    if run is not None:
        problem, found = contents(run)
        names = {code: name for code, (_, name) in
                 measures_named(work, {each.measure for each in problem.measures}).items()}  # fmt: skip
        shown |= {
            "cells": cells_shown(problem, found, names),
            "purses": purses_shown(problem, found),
            "guaranteed": guaranteed_shown(problem, found, names),
        }
        if text_asked("transfers") == "yes":
            shown["transfers"] = [transfer_shown(each, names) for each in transfers(problem, found)]
    return render_template("pages/rounds/places.html", **head(held, "places"), **shown)


@page.get("/rounds/<ref:ref>/proof")
@needs(Permit.SEE_ROUNDS)
def proof(ref: str) -> str:
    """The seed and its hash, the certificate, the price of fairness, every run; asked for: the check."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    runs = runs_of(work, held.id or 0)
    run = run_of(work, held.id or 0, held.approved_run)
    names = account_names(work, {each.computed_by for each in runs})
    shown: dict[str, Any] = {"run": run, "certificate": [], "tight": [], "fairness": [], "check": None}
    if run is not None:
        problem, found = contents(run)
        proven = found.certificate
        shown |= {
            "proven": proven,
            "gap": gap_said(run.gap_ppm),
            "rank_proof": word(proven.rank),
            "versions": ", ".join(f"{name} {version}" for name, version in proven.versions),
            "tight": [
                ", ".join(f"{measure} · {line}" for measure, line in each)
                for each in tight_sets(problem, found)
            ],
            "fairness": fairness_shown(run.fairness, str(held.policy["who"])),
        }
        if text_asked("check") == "yes":
            shown["check"] = _checked(work, ref, run.number)
    return render_template(
        "pages/rounds/proof.html",
        **head(held, "proof"),
        **shown,
        seed=None if held.state is RoundState.OPEN else held.seed,
        runs=[
            {
                "number": str(each.number),
                "at": each.computed_at,
                "by": names.get(each.computed_by),
                "candidates": each.candidates,
                "placed": each.placed,
                "gap": gap_said(each.gap_ppm),
                "digest": each.result_digest[:16],
            }
            for each in runs
        ],
    )


@page.get("/rounds/<ref:ref>/what-if")
@needs(Permit.SEE_ROUNDS)
def tried(ref: str) -> str:
    """Other places, another budget or another policy on the latest run; nothing is saved."""
    work: Work = g.work
    held = round_by_ref(work, ref)
    run = run_of(work, held.id or 0)
    if run is None:
        return render_template("pages/rounds/what_if.html", **head(held, "what-if"), run=None, answer=None)
    problem, _ = contents(run)
    cell, purse, who = text_asked("cell"), text_asked("purse"), choice_asked(Who, "policy")
    places_, money = _signed_asked("places"), _signed_asked("money")
    measure, _, line = cell.partition(" ")
    ask = WhatIf(
        ref,
        places={measure: places_} if cell and places_ else {},
        quotas={(measure, line): places_} if cell and places_ else {},
        purses={purse: money * _CENTIMES} if purse and money else {},
        policy=who,
    )
    asked_for = bool(ask.places or ask.purses or ask.policy)
    return render_template(
        "pages/rounds/what_if.html",
        **head(held, "what-if"),
        run=run,
        cells=[
            {"value": f"{each.measure} {each.line}", "label": f"{each.measure} · {each.line}"}
            for each in problem.quotas
        ],
        purses=[{"value": each.key, "label": purse_said(each.key)} for each in problem.purses],
        policies=options(Who),
        asked={"cell": cell, "purse": purse, "policy": who, "places": places_ or "", "money": money or ""},
        answer=_answer(what_if(work, ask)) if asked_for else None,
    )


@page.get("/rounds/<ref:ref>/report/<any(pdf, xlsx, csv):form>")
@needs(Permit.SEE_ROUNDS)
def file(ref: str, form: str) -> Response:
    """The report of an approved round."""
    made = report(g.work, ref, form, language.lang())
    return handed_out([made.content], made.name, made.media_type, len(made.content))


def _checked(work: Work, ref: str, number: int) -> dict[str, str]:
    """The run checked and computed again now."""
    found = replay(work, ref, number)
    if found.flaws and found.same:
        return {"tone": "danger", "text": t("web.rounds.check.flaws", n=found.flaws)}
    if not found.same:
        return {"tone": "warning", "text": t("web.rounds.check.other", n=found.flaws)}
    return {"tone": "success", "text": t("web.rounds.check.good")}


def _signed_asked(name: str) -> int:
    """The whole number in the address, which may be negative; refuses NotAnInteger."""
    text = text_asked(name).replace("'", "").replace("−", "-")
    if not text:
        return 0
    digits = text[1:] if text[0] in "+-" else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST:
        raise NotAnInteger(field=name)
    return int(text)


def _answer(one: Compared) -> dict[str, Any]:
    return {
        "rows": [
            {"what": t("web.rounds.fairness.persons"), "now": one.placed, "then": one.would_place},
            {"what": t("web.rounds.fairness.points"), "now": one.objective, "then": one.would_reach},
        ],
        "gaining": _ranks(one.gaining),
        "losing": _ranks(one.losing),
        "moving": _ranks(one.moving),
    }


def _ranks(found: tuple[int, ...]) -> str:
    return ", ".join(map(str, found)) or t("web.rounds.what-if.nobody")
