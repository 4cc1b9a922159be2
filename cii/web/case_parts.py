"""Parts of a case as its pages show them: voices, plan, places, sharing, decisions, what happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, url_for

from cii.access.vocabulary import Section
from cii.cases.rules import missing_voices
from cii.cases.shapes import AssessmentView, PartView, PlanView
from cii.cases.vocabulary import ActionState, PlanState, Voice
from cii.institutions.queries import UnitLabel, lines, lines_by_id, shown_units
from cii.journal.queries import HistoryRow, history
from cii.measures.catalogue import CatalogueFilter, catalogue
from cii.placements.queries import breaks_of, moves_for, placements_of, shares_of_each
from cii.placements.vocabulary import PlacementState
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import refusal
from cii.web.base import may_open
from cii.web.case_head import CasePage, unit_name
from cii.web.choices import t, word
from cii.web.clocks import deadline_on
from cii.web.wage_words import pay_of_placements
from cii.wire import language

ACTS = (
    "open_case", "join_case", "leave_case", "move_lead", "close_case", "reopen_case", "write_grid",
    "write_medical", "voice_done", "sign_assessment", "propose_plan", "answer_plan", "announce",
    "send_referral", "receive_referral", "ask_referral", "answer_referral", "accept_referral",
    "decline_referral", "redirect_referral", "change_path", "withdraw_referral", "expire_referral",
    "attach_document", "withdraw_document",
    "hand_over_task", "take_for_absent", "disclose", "give_consent", "withdraw_consent",
    "decide", "migrate_process", "placement.assign", "placement.accept",
    "state_facts", "confirm_admission", "draft_observation", "sign_observation", "conclude_observation",
    "person_on_plan", "mark_action", "note_meeting", "observe_participant",
    "approach_employer", "answer_check", "restrict_case", "lift_restriction", "access_granted",
    "cancel_observation", "extend_observation", "evaluate_observation", "end_early_observation",
    "placement.refuse", "placement.cancel", "placement.start", "placement.end", "placement.expire",
    "placement.interrupt", "placement.resume", "placement.extend", "placement.warn", "placement.hear",
    "placement.balanced", "placement.module", "placement.breach", "placement.exit_report",
    "placement.interruption_foreseen", "placement.interruption_answered", "placement.checked",
)  # fmt: skip
"""Acts of the journal that a case's history tells, each with its word `word.journal-action.<act>`."""
REASONED = frozenset({"hand_over_task", "reopen_case"})
"""Acts whose reason the history tells."""
TONES: Mapping[str, str] = {
    "proposed": "info",
    "agreed": "good",
    "refused": "bad",
    "reserved": "info",
    "accepted": "good",
    "started": "good",
    "done": "good",
    "dropped": "bad",
    "open": "info",
}


def voices(shown: AssessmentView | None) -> list[dict[str, Any]]:
    """Who has spoken in this round and who has not."""
    heard = shown.heard if shown else ()
    return [
        {
            "voice": word(one),
            "state": {
                "label": t("web.assessment.heard" if one in heard else "web.assessment.missing"),
                "tone": "good" if one in heard else "warn",
            },
        }
        for one in Voice
    ]


def unsigned_because(shown: AssessmentView | None) -> list[dict[str, Any]]:
    """Why the assessment cannot be signed yet, in the words of the refusal."""
    heard = shown.heard if shown else ()
    return [
        {"text": refusal(one, language.lang()), "change": None, "source": None}
        for one in missing_voices(heard)
    ]


def team(shown: AssessmentView | None) -> list[dict[str, Any]]:
    """The team of a round: who was invited, has spoken, was there."""
    there = {
        True: {"label": t("web.assessment.was-there"), "tone": "good"},
        False: {"label": t("web.assessment.was-not"), "tone": "warn"},
        None: {"label": t("web.assessment.not-met"), "tone": "neutral"},
    }
    return [
        {
            "voice": word(one.role),
            "unit": unit_name(one.unit),
            "invited": one.invited_at,
            "spoke": one.heard_at,
            "present": there[one.present],
            "met_on": one.met_on,
        }
        for one in (shown.seats if shown else ())
    ]


def steps(shown: AssessmentView | None) -> str | None:
    """How far the round is: medical statement, potential for work, synthesis."""
    if shown is None:
        return None
    done = {True: t("web.assessment.step-done"), False: t("web.assessment.step-open")}
    return t(
        "web.assessment.steps",
        medical=done[shown.medical_done],
        labour=done[shown.labour_done],
        synthesis=done[shown.synthesis is not None],
    )


def action_of(work: Work, part: PartView, *, going: bool) -> dict[str, Any]:
    """An action of the plan as a row; a clock while it is carried out."""
    waits = going and part.state is ActionState.OPEN
    last = part.progress[-1] if part.progress else None
    return {
        "ref": part.ref,
        "goal": part.goal,
        "action": part.action,
        "unit": unit_name(part.unit),
        "due": deadline_on(work, part.due_on) if waits else None,
        "due_on": part.due_on,
        "measure": part.measure_name,
        "payer": " · ".join(one for one in (word(part.payer), part.line) if one)
        if part.payer
        else t("web.plan.no-cost"),
        "state": {"label": word(part.state), "tone": TONES.get(part.state.value, "neutral")},
        "since": last.effective_on if last else None,
    }


def plan_of(work: Work, plan: PlanView) -> dict[str, Any]:
    """A version of the plan with its goals, actions and answers."""
    going = plan.state in {PlanState.PROPOSED, PlanState.AGREED}
    return {
        "ref": plan.ref,
        "title": t("web.plan.version", version=plan.version),
        "state": {"label": word(plan.state), "tone": TONES.get(plan.state.value, "neutral")},
        "focus": plan.focus,
        "proposed_at": plan.proposed_at,
        "agreed_at": plan.agreed_at,
        "in_force": plan.state is PlanState.AGREED,
        "waits": plan.state is PlanState.PROPOSED,
        "person": t(
            "web.plan.person-said",
            reply=word(plan.person.reply),
            day=plan.person.given_on,
            how=word(plan.person.how),
        )
        if plan.person
        else None,
        "person_reason": plan.person.reason if plan.person else None,
        "goals": [
            {
                "goal": goal.goal,
                "rows": [
                    action_of(work, part, going=going) | {"place": f"{at}-{number}"}
                    for number, part in enumerate(goal.actions, 1)
                ],
            }
            for at, goal in enumerate(plan.goals, 1)
        ],
        "parts": [action_of(work, part, going=going) for part in plan.parts],
        "answers": [
            {
                "unit": unit_name(one.unit),
                "answer": {
                    "label": word(one.answer) if one.answer else t("web.plan.awaited"),
                    "tone": {"agree": "good", "refuse": "bad"}.get(one.answer.value, "neutral")
                    if one.answer
                    else "neutral",
                },
                "reason": one.reason,
                "at": one.at,
            }
            for one in plan.answers
        ],
    }


def draft(last: PlanView | None, rows: int) -> dict[str, Any]:
    """The form of a proposal: what the last version said, and rows left blank."""
    parts = [
        {
            "goal": goal.goal if one is goal.actions[0] else "",
            "action": one.action,
            "unit_ref": one.unit.ref if one.unit else "",
            "due_on": one.due_on.isoformat(),
            "measure_ref": one.measure_ref or "",
            "payer": one.payer.value if one.payer else "",
            "line_ref": one.line_ref or "",
        }
        for goal in (last.goals if last else ())
        for one in goal.actions
    ]
    names = ("goal", "action", "unit_ref", "due_on", "measure_ref", "payer", "line_ref")
    blank = dict.fromkeys(names, "")
    return {"focus": last.focus if last else "", "parts": [*parts, *[blank] * max(rows - len(parts), 0)]}


def bearers(shown: CasePage) -> list[dict[str, str]]:
    """The units that may bear a part of the plan: those with a part in the case."""
    units = {one.unit.ref: one.unit.name for one in shown.view.parties}
    return [{"value": ref, "label": name} for ref, name in units.items()]


def measures(work: Work) -> list[dict[str, str]]:
    """The measures that run today."""
    return [
        {"value": one.ref, "label": f"{one.code} {one.name}"}
        for one in catalogue(work, CatalogueFilter(), work.today, limit=500)
    ]


def funding_lines(work: Work) -> list[dict[str, str]]:
    """The funding lines in force today."""
    return [{"value": one.ref, "label": f"{one.code} ({word(one.sector)})"} for one in lines(work)]


def places(work: Work, case_id: int) -> list[dict[str, Any]]:
    """The placements of the case, each with its payers and the moves open to the reader."""
    found = []
    rows = placements_of(work, case_id)
    payers = shares_of_each(work, [row.id for row in rows])
    known = lines_by_id(work, {share.line_id for held in payers.values() for share in held})
    breaks = breaks_of(work, [row.id for row in rows])
    pay = pay_of_placements(work, [row.id for row in rows])
    for row in rows:
        shares = payers[row.id]
        total = sum(share.weight for share in shares) or 1
        found.append(
            {
                "ref": row.ref,
                "measure": row.measure_name,
                "code": row.measure_code,
                "state": {"label": word(row.state), "tone": TONES.get(row.state.value, "neutral")},
                "from": row.starts_on,
                "to": row.ends_on,
                "workload": t("web.places.percent", n=row.workload) if row.workload else None,
                "breaks": ", ".join(formats.period(one, language.lang()) for one in breaks.get(row.id, ())),
                "exit": word(row.exit_type, "exit-type") if row.exit_type else None,
                "refused": word(row.refusal_reason, "refusal-reason") if row.refusal_reason else None,
                "moves": [one.value for one in moves_for(work, row)],
                "waits": row.state is PlacementState.RESERVED,
                "pay": pay.get(row.id, []),
                "shares": [
                    {
                        "line": f"{known[share.line_id].code} {known[share.line_id].name}",
                        "percent": t("web.places.percent", n=round(100 * share.weight / total)),
                        "amount": share.committed,
                    }
                    for share in shares
                ],
            }
        )
    return found


def sections_said(sections: int) -> str:
    """The sections in words."""
    return ", ".join(word(str(one.name).lower(), "case-section") for one in Section if one & sections)


def referral_row(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a ReferralRow
    """A referral as lists show it; a way to it for the two units it lies between."""
    tone = {
        "accepted": "good", "declined": "bad", "redirected": "warn", "sent": "info", "received": "info",
        "question": "warn",
    }  # fmt: skip
    return {
        "url": url_for("referrals.one", ref=one.ref)
        if one.mine and may_open("referrals.one", g.work.actor)
        else None,
        "number": one.case_number or "–",
        "person": one.person.name if one.person else None,
        "sender": unit_name(one.sender),
        "receiver": unit_name(one.receiver),
        "state": {"label": word(one.state), "tone": tone.get(one.state.value, "neutral")},
        "sent_at": one.sent_at,
    }


def happened(
    work: Work, shown: CasePage, *, before: int | None, limit: int, acts: Sequence[str] = ACTS
) -> tuple[list[dict[str, Any]], int | None]:
    """What was done in the case, newest first, and the mark of what came before."""
    rows = history(work, case_ids=[shown.case_id], actions=acts, before=before, limit=limit + 1)
    named = {id_ for one in rows for id_ in (one.unit_id, _other(one)) if id_}
    units = shown_units(work, named)
    entries = [
        {
            "at": one.at,
            "who": one.actor,
            "account": one.account_id,
            "institution": None if _other(one) == one.unit_id else _institution(units.get(one.unit_id or 0)),
            "title": word(one.action, "journal-action"),
            "body": ", ".join(_details(one, units)) or None,
            "url": None,
            "new": False,
        }
        for one in rows[:limit]
    ]
    return entries, rows[limit - 1].id if len(rows) > limit else None


def _other(one: HistoryRow) -> int | None:
    """The unit that an act concerns, where it is not the one that acts."""
    told = one.payload or {}
    found = told.get("unit") or told.get("to_unit")
    return found if isinstance(found, int) else None


def _details(one: HistoryRow, units: Mapping[int, UnitLabel]) -> list[str]:
    other = _other(one)
    found = [unit_name(units.get(other))] if other else []
    said = (one.payload or {}).get("reason") if one.action in REASONED else None
    return found + ([word(one.basis, "basis")] if one.basis else []) + ([str(said)] if said else [])


def _institution(unit: UnitLabel | None) -> str | None:
    return unit.institution if unit is not None else None
