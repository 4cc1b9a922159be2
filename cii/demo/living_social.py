"""Social enterprise in the demo: a candidate under observation, one to screen, a request for recognition.

Few enough to go through the rooms' own actions, on the demo's first morning, in the hands of those whose work
it is.
"""

from dataclasses import replace

from cii.access.queries import account_actor
from cii.demo.dossiers import Canton
from cii.demo.people import invent
from cii.institutions.queries import units_by_id
from cii.kernel.money import Chf
from cii.routing.admission import ConfirmAdmission, StateCandidate, confirm_admission, state_candidate
from cii.routing.observation import DraftContract, SignContract, draft_contract, sign_contract
from cii.routing.recognition import Evidence, GiveEvidence, apply_recognition, give_evidence
from cii.routing.rules_social import last_day
from cii.routing.social_enterprise import ProposeCandidate, propose_candidate
from cii.routing.vocabulary_social import ContractParty, Criterion
from cii.store.work import Work

NUMBER = 95_000
"""The first AVS number of these persons, beyond those of the other layers."""
AGES = (34, 58)
SHOWN = {
    Criterion.OPEN_ENDED_CONTRACTS: "Contrats types, art. 2 : durée indéterminée.",
    Criterion.USUAL_PAY: "Salaires selon la convention de la branche.",
    Criterion.PROFIT_REINVESTED: "Statuts, art. 4 : aucun bénéfice distribué.",
}


def build_social(work: Work, canton: Canton) -> None:
    """Two candidates of the Val-de-Travers and the request of one enterprise."""
    social, enterprise = _hand(work, "gsr.vdt"), _hand(work, "vallon")
    places = [one for one in canton.house.places if one.region == "val-de-travers"] or list(
        canton.house.places
    )
    cases = []
    for number in (NUMBER, NUMBER + 1):
        one = invent(canton.sheet.chance, number, places, work.today, *AGES)
        cases.append(
            propose_candidate(
                social,
                ProposeCandidate(
                    one.avs, one.last_name, one.first_name, one.birth_date, one.postcode, one.municipality,
                    one.language, one.sex, productivity=70,
                ),
            )
        )  # fmt: skip
    observed = cases[0].ref
    facts = StateCandidate(
        observed, dependants=0, heavy_social_problem=False, debts=Chf.parse("3500.00"), finish=True
    )
    state_candidate(social, facts)
    confirm_admission(social, ConfirmAdmission(observed, admitted=True))
    unit = enterprise.actor.units[0]
    contract = draft_contract(
        social,
        DraftContract(observed, units_by_id(work, [unit])[unit].ref, work.today, last_day(work.today, 2)),
    )
    for hand, party in (
        (social, ContractParty.PERSON),
        (enterprise, ContractParty.ENTERPRISE),
        (social, ContractParty.INSTITUTION),
    ):
        sign_contract(hand, SignContract(contract.ref, party))
    request = apply_recognition(enterprise)
    entries = tuple(Evidence(criterion, said) for criterion, said in SHOWN.items())
    give_evidence(enterprise, GiveEvidence(request.ref, entries))


def _hand(work: Work, login: str) -> Work:
    return replace(work, actor=account_actor(work, f"{login}@cii.example"), seen=[])
