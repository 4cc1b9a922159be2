from dataclasses import replace

import pytest

from cii.institutions.vocabulary import Sector
from cii.people.rules import (
    PRECONDITIONS,
    AvsCheckDigit,
    AvsPrefix,
    AvsShape,
    BasisFacts,
    avs_number,
    avs_written,
    basis_faults,
    best_basis,
    folded,
)
from cii.people.vocabulary import Basis

GOOD = {
    Basis.OWN_CASE: BasisFacts(Sector.AC, Sector.AC, same_unit=True),
    Basis.CONSENT: BasisFacts(Sector.AS, Sector.SFPO, consented=True),
    Basis.LACI_85F_2: BasisFacts(
        Sector.AC, Sector.AS, receives_benefits=True, consented=True, reciprocity=True
    ),
    Basis.LACI_85F_3: BasisFacts(Sector.AC, Sector.AI),
    Basis.LAI_68BIS: BasisFacts(Sector.AI, Sector.AS, ai_open=True),
    Basis.LASOC_28: BasisFacts(Sector.AS, Sector.AC, named_body=True, proportional=True, same_purpose=True),
    Basis.LPGA_32: BasisFacts(Sector.AS, Sector.AI, written_reason="Instruction de la demande du 3 mai"),
    Basis.MANDATE_GC_4: BasisFacts(Sector.AS, None, coordination_member=True, on_agenda=True),
}


@pytest.mark.parametrize(
    "written", ["756.9217.0769.85", "7569217076985", " 756 9217 0769 85 ", "756.1234.5678.97"]
)
def test_a_right_avs_number_is_read_however_it_is_written(written):
    assert avs_written(avs_number(written)) in {"756.9217.0769.85", "756.1234.5678.97"}


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("756.9217.0769.84", AvsCheckDigit),
        ("756.9217.7069.85", AvsCheckDigit),
        ("757.9217.0769.82", AvsPrefix),
        ("756.9217.0769", AvsShape),
        ("", AvsShape),
        ("756.9217.0769.8X", AvsShape),
        ("٧٥٦٩٢١٧٠٧٦٩٨٥", AvsShape),
        ("7569217076985'; DROP TABLE person", AvsShape),
    ],
)
def test_a_wrong_avs_number_is_refused_with_its_reason(written, refusal):
    with pytest.raises(refusal):
        avs_number(written)


def test_names_are_found_without_accents_case_and_punctuation():
    assert folded("Müller-Dœ", "Élodie") == "muller doe elodie"


def test_every_basis_has_its_preconditions():
    assert set(PRECONDITIONS) == set(Basis) == set(GOOD)


@pytest.mark.parametrize("basis", Basis)
def test_a_basis_carries_when_all_its_preconditions_hold(basis):
    assert basis_faults(basis, GOOD[basis]) == []


def codes(basis, **changed):
    return [fault.code for fault in basis_faults(basis, replace(GOOD[basis], **changed))]


FAILING = [
    (Basis.OWN_CASE, {"same_unit": False}, "basis-not-own-case"),
    (Basis.CONSENT, {"consented": False}, "basis-no-consent"),
    (Basis.LACI_85F_2, {"receives_benefits": False}, "basis-no-benefit"),
    (Basis.LACI_85F_2, {"consented": False}, "basis-no-consent"),
    (Basis.LACI_85F_2, {"reciprocity": False}, "basis-no-reciprocity"),
    (Basis.LACI_85F_2, {"from_sector": Sector.SMIG}, "basis-not-ac"),
    (Basis.LACI_85F_3, {"to_sector": Sector.AS}, "basis-ac-ai-only"),
    (Basis.LACI_85F_3, {"overriding_private_interest": True}, "basis-private-interest"),
    (Basis.LACI_85F_3, {"payer_clear": True}, "basis-payer-clear"),
    (Basis.LAI_68BIS, {"from_sector": Sector.AC}, "basis-not-ai"),
    (Basis.LAI_68BIS, {"ai_open": False}, "basis-no-open-ai-claim"),
    (Basis.LASOC_28, {"from_sector": Sector.AC}, "basis-not-social-aid"),
    (Basis.LASOC_28, {"named_body": False}, "basis-not-named-body"),
    (Basis.LASOC_28, {"proportional": False}, "basis-not-proportional"),
    (Basis.LASOC_28, {"same_purpose": False}, "basis-other-purpose"),
    (Basis.LPGA_32, {"to_sector": Sector.AS}, "basis-not-social-insurance"),
    (Basis.LPGA_32, {"written_reason": "  trop court       "}, "basis-no-written-reason"),
    (Basis.MANDATE_GC_4, {"coordination_member": False}, "basis-not-coordination"),
    (Basis.MANDATE_GC_4, {"on_agenda": False}, "basis-not-on-agenda"),
]
"""Basis, what is changed of its good facts, the precondition that fails."""


@pytest.mark.parametrize(("basis", "changed", "code"), FAILING)
def test_a_basis_without_one_of_its_preconditions_names_it(basis, changed, code):
    assert codes(basis, **changed) == [code]


def test_every_precondition_of_every_basis_is_seen_to_fail():
    stated = {(basis, fault.code) for basis, checks in PRECONDITIONS.items() for fault, _ in checks}

    assert {(basis, code) for basis, _, code in FAILING} == stated


def test_all_failing_preconditions_are_named_at_once():
    assert codes(Basis.LACI_85F_2, receives_benefits=False, consented=False, reciprocity=False) == [
        "basis-no-benefit",
        "basis-no-consent",
        "basis-no-reciprocity",
    ]


def test_without_consent_unemployment_and_disability_insurance_may_still_find_the_payer_together():
    assert best_basis(BasisFacts(Sector.AI, Sector.AC)) is Basis.LACI_85F_3
    assert best_basis(BasisFacts(Sector.AC, Sector.AS)) is None
    assert best_basis(BasisFacts(Sector.AC, Sector.AS, consented=True)) is Basis.CONSENT


def test_every_fault_has_its_sentence_in_three_languages():
    from cii.texts.speech import refusal

    for basis, checks in PRECONDITIONS.items():
        for fault, _ in checks:
            assert all(refusal(fault(field="basis", basis=basis), lang) for lang in ("fr", "de", "en"))
