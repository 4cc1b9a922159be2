"""An agreement of each profile, written page by page: every section of table 1, then its checks and its paper."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.agreements.vocabulary import IndicatorUnit, Profile
from cii.conformity.queries import checked
from cii.conformity.vocabulary import Severity
from cii.conventions.queries import text_of
from cii.conventions.rules import parts_for
from cii.institutions.queries import lines_by_id
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY
from cii.measures.queries import measures_by_id
from tests.conformity.build_signing import with_names
from tests.conformity.build_whole import a_convention
from tests.web.test_agreements import the_version

ELSEWHERE = {
    "never-negotiated", "call-missing", "direct-unpublished", "award-unsaid", "criterion-not-in-call",
    "ac-attestation-missing", "criterion-not-published", "pages-outside", "fixed-costs-unknown",
    "incentive-without-scheme", "ai-price-old", "document-differs",
}  # fmt: skip
"""What the text itself cannot settle: the negotiation, the call, the provider's register, its pages."""


def flat(value: object, name: str = "") -> dict[str, Any]:
    """The fields of a form that says this value."""
    if is_dataclass(value) and not isinstance(value, Chf):
        several = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {key: said for inner, held in several for key, said in flat(held, name + inner).items()}
    if isinstance(value, bool):
        return {name: "yes"} if value else {}
    if isinstance(value, tuple) and any(is_dataclass(one) for one in value):
        return {
            key: said for at, one in enumerate(value) for key, said in _entry(one, f"{name}-{at}-").items()
        }
    if isinstance(value, tuple):
        return {name: [_said(one) for one in value]}
    return {name: _said(value)}


def _entry(one: Any, prefix: str) -> dict[str, Any]:
    several = ((inner.name, getattr(one, inner.name)) for inner in fields(one))
    return {key: said for inner, held in several for key, said in flat(held, prefix + inner).items()}


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(value.value) if isinstance(value, StrEnum) else str(value)


def drafted(reader, profile: Profile) -> str:
    """A new agreement of this profile, from its form."""
    form = reader.get("/agreements/new")
    picked = {
        name: form.split(f'name="{name}"')[1].split('<option value="')[2][:10]
        for name in ("provider_ref", "bought-0-measure_ref", "bought-0-line_ref")
    }
    ends = "" if profile is Profile.AI else "31.12.2028"
    place = reader.post(
        "/agreements/new", **picked, number=f"2027-{profile.value}-77", profile=profile.value, lang="fr",
        instrument="agreement", valid_from="2027-01-01", last_day=ends, notice_months="6", award="direct",
    )  # fmt: skip
    return place.partition("/agreements/")[2][:10]


def goals_set(reader, ref: str, whole) -> None:
    """Set the objectives with their indicators by the form."""
    for goal in whole.goals:
        told = {key: said for key, said in flat(goal).items() if key != "ref"}
        for at, gauge in enumerate(one for one in whole.gauges if one.goal_ref == goal.ref):
            told |= {
                f"gauges-{at}-code": gauge.code, f"gauges-{at}-title": "Taux", f"gauges-{at}-unit": gauge.unit.value,
                f"gauges-{at}-direction": gauge.direction.value, f"gauges-{at}-target": _typed(gauge.target, gauge.unit),
                f"gauges-{at}-minimum": _typed(gauge.minimum, gauge.unit), f"gauges-{at}-source": gauge.source,
                f"gauges-{at}-interruptions": _said(gauge.interruptions),
            }  # fmt: skip
        form = reader.get(f"/agreements/{ref}/objectives/form")
        reader.post(f"/agreements/{ref}/objectives", version=the_version(form), **told)


def _typed(value: int | None, unit: IndicatorUnit) -> str:
    """A target as it is typed: percentages with a comma, francs with a point."""
    if value is None or unit not in {IndicatorUnit.PERCENT, IndicatorUnit.FRANCS}:
        return _said(value)
    if unit is IndicatorUnit.FRANCS:
        return f"{value // 100}.{value % 100:02}"
    return f"{value // 10},{value % 10} %"


@pytest.mark.parametrize("profile", list(Profile))
def test_an_agreement_of_each_profile_is_written_page_by_page(site, profile):
    reader = site.as_("contracts")
    whole = a_convention(profile)
    ref = drafted(reader, profile)
    goals_set(reader, ref, whole)
    form = reader.get(f"/agreements/{ref}/tariffs")
    measure, line = _bought(site, ref)
    reader.post(
        f"/agreements/{ref}/tariffs", version=the_version(form), measure_ref=measure, line_ref=line,
        valid_from="2027-01-01", basis="started_month", amount="2200", places="10",
    )  # fmt: skip
    for owed in whole.owed:
        page = reader.get(f"/agreements/{ref}/deliverables")
        reader.post(
            f"/agreements/{ref}/deliverables/dates", version=the_version(page),
            kind=owed.kind.value, frequency=owed.frequency.value, first=_said(owed.due_on),
        )  # fmt: skip
    wanted = _named(site, ref, whole)
    for part in parts_for(profile):
        sent = flat(getattr(wanted, part.value))
        page = reader.get(f"/agreements/{ref}/text/{part.value}")
        reader.post(f"/agreements/{ref}/text/{part.value}", version=the_version(page), **sent)

    with site.work() as work:
        held = agreement_by_ref(work, ref)
        kept = text_of(work, held.id or 0)
        found = checked(work, ref).open
    for part in parts_for(profile):
        assert getattr(kept, part.value) == getattr(wanted, part.value), part
    left = {one.finding.key[0] for one in found if one.finding.severity is not Severity.CHECK}
    assert left <= ELSEWHERE
    assert reader.client.get(f"/agreements/{ref}/document.pdf").data.startswith(b"%PDF")
    assert held.valid_to == (None if profile is Profile.AI else date(2028, 12, 31) + ONE_DAY)


def _bought(site, ref: str) -> tuple[str, str]:
    with site.work() as work:
        (one,) = agreement_view(work, ref).measures
        measure = measures_by_id(work, [one.measure_id])[one.measure_id]
        return measure.ref, lines_by_id(work, [one.line_id])[one.line_id].ref


def _named(site, ref: str, whole):
    with site.work() as work:
        rows = agreement_view(work, ref).objectives
        by_wording = {one.wording: one.ref for one in rows}
        goals = {one.ref: by_wording[one.wording] for one in whole.goals}
        return with_names(work, whole.text, agreement_by_ref(work, ref), goals)
