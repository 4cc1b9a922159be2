"""The life of a stay: its events with the acts that are open, exits to check, and who waits with a pause."""

from typing import Any

from flask import Response as FlaskResponse
from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.cases.attachments import Sent
from cii.cases.queries import cases_by_id
from cii.figures.exit_checks import ExitChecks, exit_checks
from cii.kernel.errors import NotAllowed
from cii.people.queries import label
from cii.placements.extending import EXTENDABLE, ExtendStay, extend_stay
from cii.placements.following import (
    BalanceObjective,
    CheckExit,
    NoticeBreach,
    RecordModule,
    ReportExit,
    balance_objective,
    check_day,
    check_exit,
    checks_due,
    notice_breach,
    record_module,
    report_exit,
)
from cii.placements.hearing import HearPerson, WarnPerson, hear_person, may_exclude, warn_person
from cii.placements.life import EndPlacement, end_placement
from cii.placements.queries import placement_by_ref, placements_of
from cii.placements.queueing import pause_waiting, resume_waiting
from cii.placements.resuming import RESUMABLE, ResumeStay, may_resume
from cii.placements.story import certificate_file, is_checked, life_of
from cii.placements.tables import Placement
from cii.placements.vocabulary import (
    BalanceOutcome,
    ExitSituation,
    ExitType,
    PlacementEventKind,
    PlacementState,
)
from cii.placements.waiting import withdraw_waiting
from cii.settlement.actions_breaks import resume as resume_break
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.case_head import case_page, head
from cii.web.choices import options, t, word
from cii.web.foreseen_words import interruptions_said
from cii.web.provider import placement as provider_page
from cii.web.stay_words import absences_said, breaks_said, events_shown, objectives_said
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file_if_any

page = Blueprint("stays", __name__)


@page.get("/cases/<ref:ref>/placements/<ref:placement>/life")
@needs(Permit.SEE_CASE)
def life(ref: str, placement: str) -> str:
    """What happened in a stay, its objectives with their balances, its absences, and what may be done."""
    shown, held = case_page(ref, "placements"), placement_by_ref(g.work, placement)
    if held.case_id != shown.case_id or not shown.view.may_read & Section.PLACEMENT:
        raise NotAllowed
    work: Work = g.work
    events, may = life_of(work, held), _may(work, shown.view.may_write, held)
    goals, breaks = objectives_said(work, held), breaks_said(work, held)
    return render_template(
        "pages/stays/life.html",
        **head(shown, "placements"),
        place=next(one for one in placements_of(work, shown.case_id) if one.id == held.id),
        events=events_shown(
            work, held, lambda one: url_for("stays.certificate", ref=ref, placement=placement, document=one)
        ),
        absences=absences_said(work, held),
        breaks=breaks,
        standing=[one for one in breaks if one["stands"]],
        foreseen=interruptions_said(work, held),
        objectives=goals,
        numbers=goals,
        may=may | {"exclude": may["warn"] and any(one.kind is PlacementEventKind.HEARD for one in events)},
        outcomes=options(BalanceOutcome),
        situations=options(ExitSituation),
    )


def _act(act: Any, command: type[Any], ref: str, placement: str, **more: object) -> Response:  # noqa: ANN401
    act(g.work, asked(command, placement_ref=placement, **more))
    return see_other("stays.life", ref=ref, placement=placement, done="moved")


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/extension")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(life)
def extend(ref: str, placement: str) -> Response:
    """Extend the stay."""
    return _act(extend_stay, ExtendStay, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/resumption")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def resume_stay(ref: str, placement: str) -> Response:
    """Take a break back, or let it end on an earlier day."""
    return _act(resume_break, ResumeStay, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/warning")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def warn(ref: str, placement: str) -> Response:
    """Record a warning."""
    return _act(warn_person, WarnPerson, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/hearing")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def hear(ref: str, placement: str) -> Response:
    """Record a hearing."""
    return _act(hear_person, HearPerson, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/exclusion")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def exclude(ref: str, placement: str) -> Response:
    """Exclude the person, after warning and hearing."""
    return _act(end_placement, EndPlacement, ref, placement, exit_type=ExitType.EXCLUDED)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/module")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def module(ref: str, placement: str) -> Response:
    """Record a module acquired."""
    record_module(g.work, asked(RecordModule, placement_ref=placement), _sent())
    return see_other("stays.life", ref=ref, placement=placement, done="moved")


@page.get("/cases/<ref:ref>/placements/<ref:placement>/certificates/<ref:document>")
@needs(Permit.SEE_CASE)
def certificate(ref: str, placement: str, document: str) -> FlaskResponse:  # noqa: ARG001 - part of the address
    """The certificate of a module, to keep."""
    return _handed(placement, document)


def _handed(placement: str, document: str) -> FlaskResponse:
    found, name, pieces = certificate_file(g.work, placement, document)
    return handed_out(pieces, name, found.media_type, found.size)


def _sent() -> Sent | None:
    file = sent_file_if_any()
    return Sent(file.content, file.media_type) if file else None


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/balance")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def balance(ref: str, placement: str) -> Response:
    """Record the balance of an objective."""
    return _act(balance_objective, BalanceObjective, ref, placement)


@page.post("/cases/<ref:ref>/placements/<ref:placement>/life/check")
@needs(Permit.END_PLACEMENT)
@once
@again(life)
def check(ref: str, placement: str) -> Response:
    """Answer the check of the exit."""
    return _act(check_exit, CheckExit, ref, placement)


@page.post("/provider/placements/<ref:ref>/breach")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(provider_page)
def breach(ref: str) -> Response:
    """Tell the placing institution of a breach."""
    notice_breach(g.work, asked(NoticeBreach, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.post("/provider/placements/<ref:ref>/balance")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(provider_page)
def provider_balance(ref: str) -> Response:
    """Record how far a participant has reached an objective."""
    balance_objective(g.work, asked(BalanceObjective, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.post("/provider/placements/<ref:ref>/module")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(provider_page)
def provider_module(ref: str) -> Response:
    """Record a module that the participant acquired."""
    record_module(g.work, asked(RecordModule, placement_ref=ref), _sent())
    return see_other("provider.placement", ref=ref)


@page.get("/provider/placements/<ref:ref>/certificates/<ref:document>")
@needs(Permit.SEE_PARTICIPANTS)
def provider_certificate(ref: str, document: str) -> FlaskResponse:
    """The certificate of a module of a participant, to keep."""
    return _handed(ref, document)


@page.post("/provider/placements/<ref:ref>/report")
@needs(Permit.ANSWER_PLACEMENT)
@once
@again(provider_page)
def report(ref: str) -> Response:
    """Hand in the exit report."""
    report_exit(g.work, asked(ReportExit, placement_ref=ref))
    return see_other("provider.placement", ref=ref)


@page.get("/exit-checks")
@needs(Permit.END_PLACEMENT)
def due() -> str:
    """The exits that my units have to check, the oldest first."""
    found = checks_due(g.work)
    names = label(g.work, [one.person_id for one in found])
    refs = {id_: one.ref for id_, one in cases_by_id(g.work, {one.case_id for one in found}).items()}
    return render_template(
        "pages/stays/due.html",
        checks=_figures(exit_checks(g.work, g.work.actor.units)),
        rows=[
            {
                "person": {
                    "label": names[one.person_id].name if one.person_id in names else one.ref,
                    "url": url_for("stays.life", ref=refs[one.case_id], placement=one.ref),
                },
                "measure": one.measure_name,
                "exit": word(one.exit_type, "exit-type") if one.exit_type else "–",
                "ended": one.ends_on,
                "due": check_day(g.work, one.ends_on),
            }
            for one in found
            if one.case_id in refs
        ],
    )


def _figures(found: ExitChecks) -> dict[str, Any]:
    """How the checks of the past year were answered, as the page shows it."""
    rows = [(word(one, "exit-situation"), n) for one, n in found.situations.items()]
    if found.due > found.answered:
        rows.append((t("web.stays.unanswered"), found.due - found.answered))
    share = found.at_work
    return {
        "period": formats.period(found.period, language.lang()),
        "rows": [{"label": label, "value": str(persons)} for label, persons in rows],
        "total": {"label": t("web.stays.checks-total"), "value": str(found.due)},
        "at_work": "–" if share is None else formats.percent(share, language.lang()),
    }


def _waits_again(ref: str, waiting: str) -> str:  # noqa: ARG001 - the address of the act
    from cii.web.cases import placements  # noqa: PLC0415 - the page lists what is written here

    return str(placements(ref))


@page.post("/cases/<ref:ref>/waiting/<ref:waiting>/pause")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(_waits_again)
def pause(ref: str, waiting: str) -> Response:
    """Pass the entry over until it is resumed."""
    pause_waiting(g.work, waiting)
    return see_other("cases.placements", ref=ref, done="moved")


@page.post("/cases/<ref:ref>/waiting/<ref:waiting>/withdrawal")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(_waits_again)
def withdraw(ref: str, waiting: str) -> Response:
    """Take the person off the list; the rank is gone with it."""
    withdraw_waiting(g.work, waiting)
    return see_other("cases.placements", ref=ref, done="moved")


@page.post("/cases/<ref:ref>/waiting/<ref:waiting>/resumption")
@needs(Permit.ASSIGN_PLACEMENT)
@once
@again(_waits_again)
def resume(ref: str, waiting: str) -> Response:
    """Put the entry back at its rank."""
    resume_waiting(g.work, waiting)
    return see_other("cases.placements", ref=ref, done="moved")


def _may(work: Work, writes: Section, held: Placement) -> dict[str, bool]:
    permits = work.actor.permits
    placing = bool(writes & Section.PLACEMENT)
    ends = placing and Permit.END_PLACEMENT.value in permits
    running, begun = held.state is PlacementState.STARTED, held.state in {
        PlacementState.STARTED, PlacementState.ENDED,
    }  # fmt: skip
    over = held.state is PlacementState.ENDED and held.exited_on is not None
    return {
        "extend": placing and Permit.ASSIGN_PLACEMENT.value in permits and held.state in EXTENDABLE,
        "warn": ends and running and may_exclude(work, held),
        "resume": ends and held.state in RESUMABLE and may_resume(work, held),
        "module": ends and begun,
        "balance": ends and begun,
        "check": ends
        and over
        and check_day(work, held.exited_on or held.ends_on) <= work.today
        and not is_checked(work, held.id or 0),
    }
