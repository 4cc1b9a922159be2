"""Providers: the register, one with what is known of it, the forms that add to it and tell changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.actions import AddProvider
from cii.agreements.known import agreements_by_provider
from cii.agreements.rules import LIVING_STATES
from cii.institutions.queries import institutions, shown_units, unit_told, units
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.period import ONE_DAY, Period
from cii.placements.yearly import stays_begun
from cii.providers.actions import (
    AddAttestation,
    AddLabel,
    AddSubcontractor,
    AnswerTalk,
    WithdrawLabel,
    add_attestation,
    add_label,
    add_subcontractor,
    answer_talk,
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
from cii.providers.vocabulary import AttestationKind, LabelStanding, TalkStanding
from cii.store.work import Work
from cii.web.agreement_tabs import state_chip
from cii.web.base import Blueprint, see_other
from cii.web.case_head import unit_name
from cii.web.choices import number_asked, options, word
from cii.web.provider_forms import about, area, back_to, choice, day, form_page, identity, line, named, number
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
        choice("institution_ref", [named(one) for one in bodies if not one.sensitive or one.id in known]),
        choice("unit_ref", [named(one) for one in shown.values()]),
        *identity(),
    ]
    return form_page("new", url_for("providers.register"), fields, url_for("providers.index"))


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
    return form_page(
        "change", url_for("providers.changed", ref=ref), identity(held), back_to(ref), etag(ref, held.version)
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
    fields = [line("name"), line("area", required=False), line("issuer"), day("valid_from")]
    fields += [day("last_day", required=False), line("evidence")]
    return about(ref, "label", "providers.labelled", fields)


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
    fields = [choice("label_ref", open_), area("reason")]
    return about(ref, "withdrawal", "providers.withdrawn", fields)


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
    fields = [choice("kind", kinds), day("attested_on"), line("issuer"), line("evidence")]
    return about(ref, "attestation", "providers.attested", fields)


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
    fields = [line("name"), line("uid"), area("services"), number("share")]
    fields += [day("starts_on"), day("last_day", required=False)]
    return about(ref, "subcontractor", "providers.subcontracted", fields)


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
    return form_page(
        "answer", url_for("providers.answered", ref=ref, talk=talk), [area("answer")], back_to(ref)
    )


@page.post("/providers/<ref:ref>/talks/<ref:talk>")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(talked)
def answered(ref: str, talk: str) -> Response:
    """Answer a request for a talk."""
    answer_talk(g.work, asked(AnswerTalk, talk_ref=talk))
    return see_other("providers.one", ref=ref)


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
                "area": one.row.area or None,
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


__all__ = ["page"]
