"""What stands above every page of an agreement: its number, state, provider and term.

And the way to its pages.
"""

from typing import Any

from flask import url_for

from cii.agreements.queries import AgreementView, reads_laid_only
from cii.agreements.rules import LIVING_STATES
from cii.agreements.vocabulary import AgreementState
from cii.conventions.editions import laid_edition
from cii.institutions.queries import shown_units
from cii.kernel.period import ONE_DAY
from cii.store.work import Work
from cii.texts import formats
from cii.web.case_head import unit_name
from cii.web.choices import t, word
from cii.wire.etags import etag

TONES = {
    AgreementState.DRAFT: "neutral",
    AgreementState.NEGOTIATION: "info",
    AgreementState.DROPPED: "neutral",
    AgreementState.SIGNED: "info",
    AgreementState.IN_FORCE: "good",
    AgreementState.UNDER_CORRECTION: "warn",
    AgreementState.RENEWED: "neutral",
    AgreementState.TERMINATED: "bad",
    AgreementState.EXPIRED: "neutral",
}
TABS = (
    ("overview", "agreements.one"),
    ("text", "conventions.index"),
    ("goals", "goals.index"),
    ("owed", "owed.index"),
    ("talks", "appointments.agreement"),
    ("conformity", "conformity.index"),
    ("negotiation", "negotiation.index"),
    ("evaluations", "evaluations.index"),
    ("versions", "agreement_versions.index"),
)
"""The pages of an agreement, by name and endpoint."""
LAID = frozenset({"overview", "text", "negotiation", "versions"})
"""What its provider reads before it is settled: what was laid before it, not what is still worked on."""


def state_chip(state: AgreementState, *, noticed: bool = False) -> dict[str, str]:
    """The state of an agreement as a word with its tone; `noticed`: it ends by a notice on its last day."""
    if noticed and state in LIVING_STATES:
        return {"label": t("web.agreements.noticed", state=word(state, "agreement_state")), "tone": "warn"}
    return {"label": word(state, "agreement_state"), "tone": TONES[state]}


def agreement_head(work: Work, view: AgreementView, active: str) -> dict[str, Any]:
    """The context of `pages/conventions/head.html`."""
    held = view.agreement
    unit = unit_name(shown_units(work, [view.provider.unit_id]).get(view.provider.unit_id))
    last = held.valid_to - ONE_DAY if held.valid_to else None
    laid_only = reads_laid_only(work, held)
    laid = laid_edition(work, held.ref) if laid_only else None
    return {
        "agreement": held,
        "version": etag(held.ref, held.version),
        "state": state_chip(held.state, noticed=held.notice_on is not None),
        "provider": unit,
        "last_day": last,
        "profile": word(held.profile, "profile"),
        "dash": formats.DASH,
        "tabs": [
            {
                "label": t(f"web.conventions.tab.{name}"),
                "url": url_for(endpoint, ref=held.ref),
                "current": name == active,
                "count": None,
            }
            for name, endpoint in TABS
            if name in LAID or not laid_only
        ],
        "laid_only": laid_only,
        "laid": {
            "at": laid.recorded_at,
            "number": laid.number,
            "url": url_for("agreement_paper.edition", ref=held.ref, edition=laid.ref),
        }
        if laid
        else None,
    }
