"""Providers: the register, one with what is known of it, the forms that add to it and tell changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import AddProvider
from cii.agreements.known import agreements_by_provider
from cii.agreements.rules import LIVING_STATES
from cii.agreements.vocabulary import LegalForm
from cii.institutions.queries import institutions, shown_units, unit_told, units
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.period import ONE_DAY, Period
from cii.placements.yearly import stays_begun
from cii.providers.actions import (
    AddAttestation,
    AddLabel,
    AddSubcontractor,
    AnswerTalk,
    AskTalk,
    TellStaff,
    WithdrawLabel,
    add_attestation,
    add_label,
    add_subcontractor,
    answer_talk,
    ask_talk,
    tell_staff,
    withdraw_label,
)
from cii.providers.queries import ProviderView, label_counts, provider_view, providers_list
from cii.providers.registering import (
    ChangeProvider,
    change_provider,
    instrument_for,
    propose_instrument,
    register_provider,
)
from cii.providers.vocabulary import AttestationKind, LabelStanding, StaffChange, TalkStanding
from cii.store.work import Work
from cii.web.agreement_tabs import state_chip
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import number_asked, options, t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked

page = Blueprint("providers", __name__)
_PAGE = 50
_TONES: Mapping[LabelStanding, str] = {
    LabelStanding.COMING: "info",
    LabelStanding.VALID: "good",
    LabelStanding.EXPIRING: "warn",
    LabelStanding.EXPIRED: "bad",
    LabelStanding.WITHDRAWN: "bad",
}


@page.get("/providers", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def register_page() -> str:
    """The register."""
    return render_template("pages/providers/index.html", **_register(g.work))


@page.get("/providers/<ref:ref>")
@needs(Permit.SEE_AGREEMENTS)
def one(ref: str) -> str:
    """One provider with all that is known of it."""
    return render_template("pages/providers/one.html", **_provider(g.work, ref))


@page.get("/providers/new")
@needs(Permit.EDIT_AGREEMENTS)
def new() -> str:
    """The form that registers a provider."""
    bodies = [one for one in institutions(g.work) if one.kind is InstitutionKind.PROVIDER]
    known = set(g.work.actor.institutions)
    shown = shown_units(g.work, [one.id or 0 for one in units(g.work, kind=UnitKind.PROVIDER)])
    fields = [
        _choice("institution_ref", [_named(one) for one in bodies if not one.sensitive or one.id in known]),
        _choice("unit_ref", [_named(one) for one in shown.values()]),
        *_identity(),
    ]
    return _form("new", url_for("providers.register"), fields, url_for("providers.index"))


@page.post("/providers")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(new)
def register() -> Response:
    """Register a provider."""
    made = register_provider(g.work, asked(AddProvider))
    return see_other("providers.one", ref=made.ref)


@page.get("/providers/<ref:ref>/change")
@needs(Permit.EDIT_AGREEMENTS)
def change(ref: str) -> str:
    """The form that changes what the register says."""
    held = provider_view(g.work, ref).provider
    return _form(
        "change", url_for("providers.changed", ref=ref), _identity(held), _to(ref), etag(ref, held.version)
    )


@page.post("/providers/<ref:ref>/change")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(change)
def changed(ref: str) -> Response:
    """Change what the register says of a provider."""
    require_match(ref, provider_view(g.work, ref).provider.version)
    change_provider(g.work, asked(ChangeProvider, provider_ref=ref))
    return see_other("providers.one", ref=ref)


@page.get("/providers/<ref:ref>/labels")
@needs(Permit.EDIT_AGREEMENTS)
def label(ref: str) -> str:
    """The form that records a label."""
    fields = [_text("name"), _text("area", required=False), _text("issuer"), _day("valid_from")]
    fields += [_day("last_day", required=False), _text("evidence")]
    return _about(ref, "label", "providers.labelled", fields)


@page.post("/providers/<ref:ref>/labels")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(label)
def labelled(ref: str) -> Response:
    """Record a label."""
    add_label(g.work, asked(AddLabel, provider_ref=ref))
    return see_other("providers.one", ref=ref)


@page.get("/providers/<ref:ref>/withdrawal")
@needs(Permit.EDIT_AGREEMENTS)
def withdrawal(ref: str) -> str:
    """The form that withdraws a label."""
    held = provider_view(g.work, ref).labels
    open_ = [
        {"value": one.row.ref, "label": one.row.name}
        for one in held
        if one.standing is not LabelStanding.WITHDRAWN
    ]
    fields = [_choice("label_ref", open_), _area("reason")]
    return _about(ref, "withdrawal", "providers.withdrawn", fields)


@page.post("/providers/<ref:ref>/withdrawal")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(withdrawal)
def withdrawn(ref: str) -> Response:
    """Withdraw a label."""
    withdraw_label(g.work, asked(WithdrawLabel))
    return see_other("providers.one", ref=ref)


@page.get("/providers/<ref:ref>/attestations")
@needs(Permit.EDIT_AGREEMENTS)
def attestation(ref: str) -> str:
    """The form that records an attestation."""
    kinds = options(AttestationKind, "attestation_kind")
    fields = [_choice("kind", kinds), _day("attested_on"), _text("issuer"), _text("evidence")]
    return _about(ref, "attestation", "providers.attested", fields)


@page.post("/providers/<ref:ref>/attestations")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(attestation)
def attested(ref: str) -> Response:
    """Record an attestation."""
    add_attestation(g.work, asked(AddAttestation, provider_ref=ref))
    return see_other("providers.one", ref=ref)


@page.get("/providers/<ref:ref>/subcontractors")
@needs(Permit.EDIT_AGREEMENTS)
def subcontractor(ref: str) -> str:
    """The form that records a subcontractor."""
    fields = [_text("name"), _text("uid"), _area("services"), _number("share")]
    fields += [_day("starts_on"), _day("last_day", required=False)]
    return _about(ref, "subcontractor", "providers.subcontracted", fields)


@page.post("/providers/<ref:ref>/subcontractors")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(subcontractor)
def subcontracted(ref: str) -> Response:
    """Record a subcontractor."""
    add_subcontractor(g.work, asked(AddSubcontractor, provider_ref=ref))
    return see_other("providers.one", ref=ref)


@page.post("/providers/<ref:ref>/proposal")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(one)
def proposed(ref: str) -> Response:
    """Keep what the table proposes, with its reason."""
    held, year = provider_view(g.work, ref).provider, g.work.today.year
    propose_instrument(g.work, ref, year, _stays(g.work).get(held.unit_id, 0))
    return see_other("providers.one", ref=ref)


@page.get("/providers/<ref:ref>/talks/<ref:talk>")
@needs(Permit.EDIT_AGREEMENTS)
def talked(ref: str, talk: str) -> str:
    """The form that answers a request for a talk."""
    return _form("answer", url_for("providers.answered", ref=ref, talk=talk), [_area("answer")], _to(ref))


@page.post("/providers/<ref:ref>/talks/<ref:talk>")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(talked)
def answered(ref: str, talk: str) -> Response:
    """Answer a request for a talk."""
    answer_talk(g.work, asked(AnswerTalk, talk_ref=talk))
    return see_other("providers.one", ref=ref)


@page.get("/provider/staff")
@needs(Permit.SEE_PARTICIPANTS)
def staff() -> str:
    """The form by which a provider tells a change of staff."""
    fields = [_choice("change", options(StaffChange, "staff_change")), _text("function")]
    fields += [_text("qualification"), _number("workload", 100), _day("effective_on")]
    return _form("staff", url_for("providers.staff_told"), fields, url_for("provider.index"))


@page.post("/provider/staff")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(staff)
def staff_told() -> Response:
    """Tell a change of staff."""
    tell_staff(g.work, asked(TellStaff))
    return see_other("provider.index")


@page.get("/provider/talk")
@needs(Permit.SEE_PARTICIPANTS)
def talk() -> str:
    """The form by which a provider asks for a talk."""
    fields = [_text("subject"), _area("wording")]
    return _form("talk", url_for("providers.talk_asked"), fields, url_for("provider.index"))


@page.post("/provider/talk")
@needs(Permit.SEE_PARTICIPANTS)
@once
@again(talk)
def talk_asked() -> Response:
    """Ask for a talk."""
    ask_talk(g.work, asked(AskTalk))
    return see_other("provider.index")


def _stays(work: Work) -> Mapping[int, int]:
    year = work.today.year
    return stays_begun(work, Period.through(date(year, 1, 1), date(year, 12, 31)))


def _may(work: Work) -> bool:
    return Permit.EDIT_AGREEMENTS in work.actor.permits


def _register(work: Work) -> dict[str, Any]:
    found = providers_list(work, after=number_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    ids = [row.provider_id for row in kept]
    labels, stays = label_counts(work, ids), _stays(work)
    living: dict[int, int] = {}
    for row in agreements_by_provider(work, ids):
        living[row.provider_id] = living.get(row.provider_id, 0) + (row.state in LIVING_STATES)
    return {
        "rows": [
            {
                "url": url_for("providers.one", ref=row.ref),
                "provider": row.owner or unit_name(unit_told(row, "provider")),
                "form": word(row.legal_form, "legal_form"),
                "uid": row.uid,
                "in_force": living.get(row.provider_id, 0),
                "placements": stays.get(row.unit_id, 0),
                "labels": ", ".join(
                    f"{word(standing, 'label_standing')} {count}"
                    for standing in LabelStanding
                    if (count := labels.get(row.provider_id, {}).get(standing))
                ),
            }
            for row in kept
        ],
        "may_edit": _may(work),
        "next_mark": kept[-1].provider_id if len(found) > _PAGE else None,
    }


def _provider(work: Work, ref: str) -> dict[str, Any]:
    view = provider_view(work, ref)
    writes, year = view.writes and _may(work), work.today.year
    proposal = instrument_for(work, _stays(work).get(view.provider.unit_id, 0)) if _may(work) else None
    return {
        "provider": view.provider,
        "name": view.name,
        "writes": writes,
        "reads_only": _may(work) and not view.writes,
        "form": word(view.provider.legal_form, "legal_form"),
        "year": str(year),
        "proposal": proposal
        and {
            "instrument": word(proposal.instrument, "instrument"),
            "placements": proposal.placements,
            "why": proposal.decision.explain(language.lang()),
        },
        **_known(view, writes=writes),
    }


def _known(view: ProviderView, *, writes: bool) -> dict[str, Any]:
    return {
        "labels": [
            {
                "name": one.row.name,
                "area": one.row.area,
                "issuer": one.row.issuer,
                "evidence": one.row.evidence,
                "valid_from": one.row.valid_from,
                "last_day": one.row.valid_to - ONE_DAY if one.row.valid_to else None,
                "state": {"label": word(one.standing, "label_standing"), "tone": _TONES[one.standing]},
            }
            for one in view.labels
        ],
        "attestations": [
            {
                "kind": word(one.kind, "attestation_kind"),
                "attested_on": one.attested_on,
                "issuer": one.issuer,
                "evidence": one.evidence,
            }
            for one in view.attestations
        ],
        "subcontractors": [
            {
                "name": one.name,
                "uid": one.uid,
                "services": one.services,
                "share": one.share,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
            }
            for one in view.subcontractors
        ],
        "staff": [
            {
                "change": word(one.change, "staff_change"),
                "function": one.function,
                "qualification": one.qualification,
                "workload": one.workload,
                "effective_on": one.effective_on,
            }
            for one in view.staff
        ],
        "talks": [_talk(view, one, writes=writes) for one in view.talks],
        "agreements": [
            {
                "url": url_for("agreements.one", ref=row.ref),
                "number": row.number,
                "profile": word(row.profile, "profile"),
                "state": state_chip(row.state),
                "valid_from": row.valid_from,
                "last_day": row.valid_to - ONE_DAY if row.valid_to else None,
            }
            for row in view.agreements
        ],
    }


def _talk(view: ProviderView, one: Any, *, writes: bool) -> dict[str, Any]:  # noqa: ANN401 - a row
    standing = TalkStanding.ANSWERED if one.answered_at else TalkStanding.OPEN
    answers = writes and standing is TalkStanding.OPEN
    return {
        "subject": one.subject,
        "wording": one.wording,
        "asked": one.recorded_at,
        "answer": one.answer,
        "state": {"label": word(standing, "talk_standing"), "tone": "neutral" if one.answered_at else "warn"},
        "url": url_for("providers.talked", ref=view.provider.ref, talk=one.ref) if answers else None,
    }


def _to(ref: str) -> str:
    return url_for("providers.one", ref=ref)


def _about(ref: str, name: str, endpoint: str, fields: list[dict[str, Any]]) -> str:
    provider_view(g.work, ref)
    return _form(name, url_for(endpoint, ref=ref), fields, _to(ref))


def _form(name: str, action: str, fields: list[dict[str, Any]], back: str, version: str | None = None) -> str:
    said = t(f"web.providers.do.{name}")
    return render_template(
        "pages/providers/form.html", said=said, action=action, fields=fields, back=back, version=version
    )


def _field(kind: str, name: str, value: object, *, required: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    shown = {"kind": kind, "name": name, "value": value, "required": required, **more}
    return {**shown, "label": t(f"web.providers.field.{name}")}


def _text(name: str, value: object = "", *, required: bool = True) -> dict[str, Any]:
    return _field("text", name, value, required=required)


def _area(name: str) -> dict[str, Any]:
    return _field("area", name, "")


def _day(name: str, *, required: bool = True) -> dict[str, Any]:
    return _field("day", name, None, required=required)


def _number(name: str, value: int | None = None) -> dict[str, Any]:
    return _field("number", name, "" if value is None else value)


def _choice(name: str, choices: list[Any], value: object = "") -> dict[str, Any]:
    return _field("choice", name, value, choices=choices)


def _named(row: Any) -> dict[str, str]:  # noqa: ANN401 - an institution or a unit
    return {"value": row.ref, "label": row.name}


def _identity(held: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401 - a provider
    checked = "non_profit" in request.form if request.form else held.non_profit if held else True
    return [
        _choice("legal_form", options(LegalForm, "legal_form"), held.legal_form.value if held else ""),
        _field("check", "non_profit", checked, required=False),
        _text("uid", (held.uid or "") if held else "", required=False),
    ]


__all__ = ["page"]
