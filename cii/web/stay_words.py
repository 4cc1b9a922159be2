"""How the life of a stay and a place in a waiting list are said on the pages."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from cii.institutions.queries import shown_units
from cii.kernel.clock import local_day
from cii.kernel.period import Period
from cii.placements.board import CaseWait, waits_of
from cii.placements.objectives import objectives_of
from cii.placements.queueing import effect_of
from cii.placements.resuming import BreakShown, breaks_shown
from cii.placements.story import LifeEvent, balances_shown, certificates_of, life_of
from cii.placements.tables import Placement
from cii.placements.vocabulary import RefusalReason
from cii.placements.waiting import URGENCIES
from cii.settlement.queries import marks_in
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from cii.texts import formats
from cii.web.case_head import unit_name
from cii.web.choices import t, word
from cii.wire import language

ABSENT = (Presence.EXCUSED_ABSENCE, Presence.UNEXCUSED_ABSENCE, Presence.SICK)


_URGENCY = {1: "web.stays.urgency.1", 2: "web.stays.urgency.2", 3: "web.stays.urgency.3"}


def waits(work: Work, case_id: int) -> list[dict[str, Any]]:
    """Where the person waits, as the page of the case's places shows it."""
    return [_wait(work, one) for one in waits_of(work, case_id)]


def urgencies() -> list[dict[str, str]]:
    """How urgent a wait may be, in words."""
    return [{"value": str(one), "label": t(_URGENCY[one])} for one in URGENCIES]


def effects(work: Work) -> list[dict[str, str]]:
    """What each reason for a place that came to nothing does to the rank, by today's parameters."""
    known = [(word(one, "refusal-reason"), one) for one in RefusalReason]
    return [
        {"label": label, "value": word(effect_of(work, one))}
        for label, one in (*known, (t("web.stays.no-answer"), None))
    ]


def _wait(work: Work, one: CaseWait) -> dict[str, Any]:
    return {
        "ref": one.row.ref,
        "measure": one.measure_name,
        "rank": t("web.stays.rank", n=one.row.position) if one.row.position else t("web.stays.paused"),
        "line": one.row.line_code,
        "why": t(
            "web.stays.order",
            urgency=t(_URGENCY[one.row.urgency]),
            since=one.row.waiting_since,
            lot=one.row.lot[:8],
        ),
        "told": standing(work, one.row) or "–",
        "paused": one.row.position is None,
    }


def standing(work: Work, row: Any) -> str:  # noqa: ANN401 - a WaitingRow
    """Paused by whom and since when; what the last refused place did to the rank."""
    said = []
    if row.paused_on is not None:
        unit = shown_units(work, [row.paused_by_unit_id]).get(row.paused_by_unit_id)
        said.append(t("web.stays.paused-by", unit=unit_name(unit), since=row.paused_on))
    if row.rank_effect is not None:
        reason = word(row.declined_reason, "refusal-reason") if row.declined_reason else None
        why = reason or t("web.stays.no-answer")
        said.append(t("web.stays.effect", effect=word(row.rank_effect), reason=why, day=row.declined_on))
    return " ".join(said)


def events_shown(work: Work, held: Placement, at: Callable[[str], str]) -> list[dict[str, Any]]:
    """What happened in a stay, the newest last, in words; `at`: the address of a certificate."""
    found = life_of(work, held)
    kept = certificates_of(work, held, found)
    units = shown_units(work, {one.unit_id for one in found if one.unit_id is not None})
    return [
        {
            "kind": word(one.kind),
            "on": one.effective_on,
            "recorded": one.recorded_at,
            "unit": unit_name(units.get(one.unit_id or 0)) if one.unit_id else "–",
            "words": _words(one),
            "file": _file(one, kept, at),
        }
        for one in found
    ]


def _file(one: LifeEvent, kept: Collection[str], at: Callable[[str], str]) -> dict[str, str] | None:
    document = str(one.words.get("document", ""))
    if document not in kept:
        return None
    return {"label": t("web.stays.certificate-of", module=one.words["name"]), "url": at(document)}


_VALUES = {"outcome": "balance-outcome", "situation": "exit-situation"}


def _words(one: LifeEvent) -> str:
    said: list[str] = []
    for name, value in one.words.items():
        if name == "late":
            said += [t("web.stays.late")] if value else []
        elif name == "until":
            said.append(
                t("web.stays.until", day=formats.day(date.fromisoformat(str(value)), language.lang()))
            )
        elif name == "objective":
            said.append(t("web.stays.objective", n=value))
        elif name == "document":
            continue
        elif name in _VALUES:
            said.append(word(str(value), _VALUES[name]))
        elif value:
            said.append(str(value))
    return ", ".join(said) or "–"


def objectives_said(work: Work, held: Placement) -> list[dict[str, Any]]:
    """The individual objectives of a stay, each with its last balance."""
    balances = balances_shown(work, held.id or 0)
    return [
        {
            "number": one.number,
            "goal": one.goal,
            "on": one.balance_on,
            "outcome": word(str(facts["outcome"]), "balance-outcome") if "outcome" in facts else "–",
            "note": str(facts.get("note") or "–"),
            "value": str(one.number),
            "label": f"{one.number} {one.goal}",
        }
        for one in objectives_of(work, held.id or 0)
        for facts in (balances[one.number].facts if one.number in balances else {},)
    ]


def breaks_said(work: Work, held: Placement) -> list[dict[str, Any]]:
    """The breaks of a stay, those taken back too; `value` and `label` where one may still be changed."""
    return [
        {
            "from": one.starts_on,
            "to": one.ends_on,
            "recorded": one.recorded_at,
            "state": _break_state(one),
            "stands": one.withdrawn_at is None,
            "value": one.starts_on.isoformat(),
            "label": formats.period(Period.through(one.starts_on, one.ends_on), language.lang()),
        }
        for one in breaks_shown(work, held.id or 0)
    ]


def _break_state(one: BreakShown) -> dict[str, str]:
    if one.withdrawn_at is None:
        return {"label": t("web.stays.break-standing"), "tone": "info"}
    key = "web.stays.break-replaced" if one.replaced else "web.stays.break-withdrawn"
    return {"label": t(key, day=local_day(one.withdrawn_at)), "tone": "neutral"}


def absences_said(work: Work, held: Placement) -> str:
    """The days on which the person was absent, as attested."""
    marks = marks_in(work, [held.id or 0], Period.through(held.starts_on, held.ends_on)).get(held.id or 0, {})
    by_kind = {kind: [day for day, one in sorted(marks.items()) if one is kind] for kind in ABSENT}
    return ", ".join(
        t("web.stays.absent", n=len(days), kind=word(kind), last=days[-1])
        for kind, days in by_kind.items()
        if days
    )
