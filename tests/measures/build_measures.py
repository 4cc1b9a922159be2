"""Builders of measures and eligibility tables; they name only what matters."""

from datetime import date

from cii.institutions.queries import unit_by_code
from cii.measures.actions import AddMeasure, KindPlaces, LinePlaces, add_measure
from cii.measures.tables import Measure
from cii.measures.vocabulary import MeasureKind
from cii.store.columns import new_ref
from cii.store.work import Work
from tests.institutions.build_institutions import line_by_code

CONDITIONS = """---
table: atelier-conditions
version: 1
title: {fr: Conditions, de: Bedingungen, en: Conditions}
valid_from: 2009-01-01
hit_policy: U
legal_basis: [LACI 64a]
source: invented for tests
inputs:
  age: {type: whole 0..120, unit: years, source: identity, title: {fr: âge, de: Alter, en: age}}
  percent: {type: whole 0..100, unit: percent, source: grid, title: {fr: taux, de: Pensum, en: rate}}
outputs:
  eligible: {type: yes/no, title: {fr: ouvert, de: offen, en: open}}
why:
  ok: {fr: "Conditions remplies.", de: "Voraussetzungen erfüllt.", en: "Conditions met."}
  young: {fr: "Moins de 18 ans.", de: "Unter 18 Jahren.", en: "Under 18."}
  little: {fr: "Moins de 50 %.", de: "Unter 50 %.", en: "Under 50 %."}
---
| rule | age | percent | eligible | why |
|---|---|---|---|---|
| open | >= 18 | >= 50 | yes | ok |
| age | < 18 | - | no | young |
| rate | >= 18 | < 50 | no | little |
"""

OBSTACLES = (
    CONDITIONS.replace("hit_policy: U", "hit_policy: C")
    .split("| rule |")[0]
    .replace(
        '  ok: {fr: "Conditions remplies.", de: "Voraussetzungen erfüllt.", en: "Conditions met."}\n', ""
    )
    + """| rule | age | percent | eligible | why |
|---|---|---|---|---|
| age | < 18 | - | no | young |
| rate | - | < 50 | no | little |
"""
)


def a_measure(
    work: Work,
    kind: MeasureKind = MeasureKind.OCCUPATION,
    *,
    places: dict[MeasureKind, int] | int = 5,
    quotas: dict[str, int] | None = None,
    starts_on: date = date(2009, 1, 1),
    **more,
) -> Measure:
    """A measure in a canton that is loaded; `quotas` by line code, of the measure's own kind."""
    held = places if isinstance(places, dict) else {kind: places}
    return add_measure(
        work,
        AddMeasure(
            code=more.pop("code", f"M-{new_ref()}"),
            name=more.pop("name", "Atelier"),
            kind=kind,
            starts_on=starts_on,
            respondent_ref=unit_by_code(work, "LMMT").ref,
            places=tuple(KindPlaces(one, number) for one, number in held.items()),
            quotas=tuple(
                LinePlaces(line_by_code(work, code, starts_on).ref, kind, number)
                for code, number in (quotas or {}).items()
            ),
            **more,
        ),
    )
