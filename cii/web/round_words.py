"""What a round says, in the reader's language: results, reasons, closed measures, places, decisions."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from cii.allocation.outcome import Allocation
from cii.allocation.problem import Problem
from cii.rounds.queries_pages import CandidateRow, PinRow, RoundRow
from cii.rounds.rules import CEILING
from cii.rounds.tables import AllocationRound
from cii.rounds.tallies import cells, guaranteed, purses
from cii.rounds.vocabulary import RoundState, Standing
from cii.texts import formats
from cii.web.choices import t, word
from cii.wire import language

TONES: Mapping[RoundState, str] = {
    RoundState.OPEN: "info",
    RoundState.APPROVED: "good",
    RoundState.CANCELLED: "neutral",
}
STANDINGS: Mapping[Standing, str] = {
    Standing.PLACED: "good",
    Standing.UNPLACED: "warn",
    Standing.LEFT_OUT: "neutral",
}


def state_chip(state: RoundState) -> dict[str, str]:
    """The state of a round."""
    return {"label": word(state), "tone": TONES[state]}


def standing_chip(standing: Standing) -> dict[str, str]:
    """What a run says of a case, in a word."""
    return {"label": word(standing, "round-standing"), "tone": STANDINGS[standing]}


def term_said(held: AllocationRound | RoundRow) -> str:
    """The days in which the stays begin."""
    return term_of(held.starts_on, held.ends_on)


def term_of(first: date, last: date) -> str:
    """Days in which stays begin."""
    return t("web.rounds.from-to", first=first, last=last)


def policy_said(policy: Mapping[str, Any]) -> str:
    """The policy of a round by its word."""
    return word(str(policy["who"]), "who")


def why_said(row: CandidateRow) -> str:
    """Why a case has no place, in short, with the purse that fell short."""
    if row.standing is Standing.LEFT_OUT:
        return word(str(row.why), "left-out")
    said = word(str(row.why), "left")
    if row.purse and row.short is not None:
        return t("web.rounds.short", why=said, purse=purse_said(row.purse), short=formats.francs(row.short))
    return said


def place_said(row: CandidateRow) -> str:
    """The place of a case, or why it has none."""
    if row.standing is not Standing.PLACED:
        return why_said(row)
    place = f"{row.measure_code} {row.measure_name} · {row.line_code}"
    return f"{place} ({t('web.rounds.pinned')})" if row.pinned else place


def stay_said(row: CandidateRow) -> str:
    """The days of the stay."""
    lang = language.lang()
    return f"{formats.day(row.starts_on, lang)} – {formats.day(row.ends_on, lang)}"


def purse_said(key: str) -> str:
    """A purse by its line and year; a ceiling says so."""
    head, found, _ = key.partition(CEILING)
    return t("web.rounds.purse.ceiling", line=head) if found else head


def candidate_shown(row: CandidateRow, held: AllocationRound) -> dict[str, Any]:
    """A case of a run as the list of proposals shows it."""
    return {
        "rank": str(row.position) if row.position else "–",
        "case": row.case_number,
        "urgency": row.urgency,
        "since": row.waiting_since,
        "stay": stay_said(row),
        "result": standing_chip(row.standing),
        "place": place_said(row),
        "suitability": row.suitability,
        "cost": row.cost,
        "url": url_for("round_cases.one", ref=held.ref, position=row.position) if row.position else None,
        "tone": "quiet" if row.standing is Standing.LEFT_OUT else None,
    }


def pin_shown(one: PinRow, names: Mapping[int, str]) -> dict[str, Any]:
    """A decision of the group as its list shows it."""
    live = one.withdrawn_at is None
    where = " · ".join(filter(None, (one.measure_code, one.line_code))) or t("web.rounds.pin.anywhere")
    return {
        "number": one.number,
        "rank": str(one.position) if one.position else "–",
        "position": one.position,
        "kind": word(one.kind),
        "where": where,
        "reason": one.reason,
        "by": names.get(one.made_by),
        "at": one.made_at,
        "state": {"label": t("web.rounds.pin.live"), "tone": "info"}
        if live
        else {"label": t("web.rounds.pin.withdrawn"), "tone": "neutral"},
        "live": live,
        "tone": None if live else "quiet",
    }


def closed_shown(refused: Iterable[Mapping[str, Any]], *, observed: bool) -> list[dict[str, str]]:
    """Measures closed to a case with the kinds of reasons; with `observed` what was required and seen too."""
    return [
        {"measure": one["measure"], "why": "; ".join(_reason(each, observed) for each in one["reasons"])}
        for one in refused
        if one["measure"]
    ]


def _reason(one: Mapping[str, Any], observed: bool) -> str:  # noqa: FBT001 - as its caller says
    said = word(str(one["code"]), "closed-by")
    if one.get("line"):
        said = t("web.rounds.closed.line", why=said, line=one["line"])
    if not observed:
        return said
    sentences = [str(each.get(language.lang(), each.get("fr", ""))) for each in one.get("sentences", ())]
    told = "; ".join(dict.fromkeys([*sentences, *map(_failed, one.get("failed", ()))]))
    return t("web.rounds.closed.facts", why=said, facts=told) if told else said


def _failed(one: Mapping[str, Any]) -> str:
    shown = {"fact": one["input"], "required": one["required"]}
    if one.get("observed") is None:
        return t("web.rounds.closed.required", **shown)
    return t("web.rounds.closed.observed", **shown, observed=str(one["observed"]))


def cells_shown(problem: Problem, found: Allocation, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The quotas of a run that are open to somebody; the report tells the others too."""
    return [
        {
            "measure": f"{one.measure} {names.get(one.measure, '')}".strip(),
            "line": one.line,
            "quota": one.quota,
            "taken": one.taken,
            "free": one.free,
            "measure_free": one.measure_free,
            "wanted": one.wanted,
            "state": {"label": t("web.rounds.tight"), "tone": "warn"}
            if one.tight
            else {"label": t("web.rounds.free-state"), "tone": "good"}
            if one.free
            else {"label": t("web.rounds.full"), "tone": "neutral"},
        }
        for one in cells(problem, found)
        if one.wanted or one.taken
    ]


def purses_shown(problem: Problem, found: Allocation) -> list[dict[str, Any]]:
    """The budgets of a run; a line that may bind what it owes has no limit to tell."""
    return [
        {
            "purse": purse_said(one.key),
            "left": one.left if one.limited else None,
            "bound": one.bound,
            "after": one.after if one.limited else None,
        }
        for one in purses(problem, found)
    ]


def guaranteed_shown(problem: Problem, found: Allocation, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Guaranteed places that stay empty."""
    return [
        {
            "measure": f"{one.measure} {names.get(one.measure, '')}".strip(),
            "guaranteed": one.guaranteed,
            "taken": one.taken,
            "unfilled": one.unfilled,
        }
        for one in guaranteed(problem, found)
    ]
