"""Who may know what of a case: referrals, consents, what was passed on; where the person stands."""

from datetime import date
from typing import Any

from cii.cases.disclosed import consents_open
from cii.institutions.queries import institutions, shown_units
from cii.people.queries import ConsentRow, disclosures
from cii.people.shown import StandingRow, standing_of
from cii.people.tables import Disclosure
from cii.people.telling import disclosure_text
from cii.routing.queries import referrals_of_case
from cii.store.work import Work
from cii.web.case_head import CasePage, unit_name
from cii.web.case_parts import referral_row, sections_said
from cii.web.choices import t, word
from cii.wire import language


def sharing(work: Work, shown: CasePage) -> dict[str, Any]:
    """Referrals, consents and disclosures of the case, the newest first."""
    passed = [one for one in disclosures(work, shown.person_id) if one.case_id == shown.case_id]
    return {
        "referrals": [referral_row(one) for one in reversed(referrals_of_case(work, shown.case_id))],
        "consents": consent_rows(work, consents_open(work, shown.person_id)),
        "disclosures": disclosure_rows(work, list(reversed(passed))),
    }


def consent_rows(work: Work, rows: list[ConsentRow]) -> list[dict[str, Any]]:
    """Consents as panels show them, with the version of the text that the person read."""
    bodies = {one.id: one.name for one in institutions(work)}
    return [
        {
            "ref": one.consent.ref,
            "purpose": word(one.consent.purpose),
            "given_on": one.consent.given_on,
            "valid_until": one.consent.valid_until,
            "how": word(one.consent.how),
            "text": one.consent.text_version,
            "institutions": ", ".join(
                bodies.get(id_, t("web.desk.protected")) for id_ in one.institution_ids
            ),
            "sections": sections_said(one.consent.sections),
            "live": one.live(work.today),
            "state": _consent_state(one, live=one.live(work.today)),
        }
        for one in rows
    ]


def _consent_state(one: ConsentRow, *, live: bool) -> dict[str, str]:
    if live:
        return {"label": t("web.sharing.live"), "tone": "good"}
    over = "web.sharing.withdrawn" if one.consent.withdrawn_at is not None else "web.sharing.over"
    return {"label": t(over), "tone": "neutral"}


def disclosure_rows(work: Work, rows: list[Disclosure]) -> list[dict[str, Any]]:
    """What was passed on, with the sentence for the person."""
    units = shown_units(work, {unit for one in rows for unit in (one.from_unit_id, one.to_unit_id)})
    found = []
    for one in rows:
        giver, receiver = (units.get(id_) for id_ in (one.from_unit_id, one.to_unit_id))
        names = (giver.name if giver else None, receiver.name if receiver else None)
        found.append(
            {
                "at": one.at,
                "sender": unit_name(giver),
                "receiver": unit_name(receiver),
                "sections": sections_said(one.sections),
                "basis": word(one.basis, "basis"),
                "text": disclosure_text(one, *names)[language.lang()],
            }
        )
    return found


def standing_rows(work: Work, person_id: int, *, only_current: bool = False) -> list[dict[str, Any]]:
    """Where the person stands, as tables show it: what, since and until when, who said so."""
    rows = standing_of(work, person_id)
    return [_standing(row, work.today) for row in rows if row.current or not only_current]


def _standing(row: StandingRow, today: date) -> dict[str, Any]:
    said = [word(row.kind)]
    if row.remaining_days is not None:
        said.append(t("web.persons.days-left", n=row.remaining_days))
    by = ", ".join(one for one in (row.author, unit_name(row.unit)) if one)
    return {
        "system": word(row.system.value, "party-role"),
        "kind": ", ".join(said),
        "since": row.since,
        "until": row.until,
        "effective_on": row.effective_on,
        "source": t("web.persons.said-by", how=word(row.source), who=by, on=row.recorded_at),
        "note": row.note,
        "state": _state(row, today),
        "tone": None if row.current else "quiet",
    }


def _state(row: StandingRow, today: date) -> dict[str, str]:
    if row.effective_on > today:
        return {"label": t("web.persons.upcoming"), "tone": "neutral"}
    if not row.current:
        return {"label": t("web.persons.former"), "tone": "neutral"}
    if row.ends_soon:
        return {"label": t("web.persons.ends-soon"), "tone": "warn"}
    return {"label": t("web.persons.current"), "tone": "good"}
