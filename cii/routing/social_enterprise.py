"""NE-ESO: propose a person of social aid for a productive social enterprise.

The case follows the path `ne-eso`: file, screen by the table in force on the reference day (`admission`),
observation under contract (`observation`), employment. Source: 002 §5; product.md P7.
"""

from dataclasses import dataclass, field
from datetime import date

from cii.cases.actions import open_case
from cii.cases.restricting import reason_at_opening
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.institutions.queries import units_by_id
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.people.actions import AttachPerson, attach_person
from cii.people.vocabulary import Sex
from cii.routing.admission import keep_stated
from cii.routing.flow import see_to
from cii.routing.holding import CASE
from cii.routing.rules_social import ReferenceDayAhead
from cii.routing.youth import own_unit
from cii.store.work import Work
from cii.workflow.actions import start


@dataclass(frozen=True)
class ProposeCandidate:
    """Propose a person for NE-ESO; `on` is the reference day of the screen, today when left out.

    `restricted` says why the case is for named readers only, from its first moment.
    """

    avs: str = field(metadata={"max": 20})
    last_name: str = field(metadata={"max": 120})
    first_name: str = field(metadata={"max": 120})
    birth_date: date
    postcode: str | None = field(default=None, metadata={"max": 4})
    municipality: str | None = field(default=None, metadata={"max": 120})
    language: str | None = field(default=None, metadata={"choices": ("fr", "de", "en")})
    sex: Sex | None = None
    on: date | None = None
    productivity: int | None = field(default=None, metadata={"min": 0, "max": 100})
    dependants: int | None = field(default=None, metadata={"min": 0, "max": 20})
    heavy_social_problem: bool | None = None
    debts: Chf | None = field(default=None, metadata={"min": Chf(0)})
    restricted: str = field(default="", metadata={"max": 1000})


def propose_candidate(work: Work, ask: ProposeCandidate) -> CaseFile:
    """Open the candidate's case at the social aid unit of the actor and start its process.

    Refuses: NotYourUnit, NotAllowed (no unit of social aid), ReferenceDayAhead, what `attach_person` refuses.
    """
    unit = own_unit(work)
    if units_by_id(work, [unit])[unit].sector is not Sector.AS:
        raise NotAllowed(act="propose_candidate")
    day = ask.on or work.today
    if day > work.today:
        raise ReferenceDayAhead(field="on")
    person = attach_person(
        work,
        AttachPerson(
            ask.avs, ask.last_name, ask.first_name, ask.birth_date, ask.postcode, ask.municipality,
            ask.language, ask.sex,
        ),
        unit,
    )  # fmt: skip
    case = open_case(
        work, person_id=person.id or 0, path=CasePath.SOCIAL_ENTERPRISE, opened_by_unit_id=unit,
        lead_unit_id=unit, lead_account_id=work.actor.account_id,
        restricted=reason_at_opening(work, ask.restricted),
    )  # fmt: skip
    told = {
        name: getattr(ask, name) for name in ("productivity", "dependants", "heavy_social_problem", "debts")
    }
    keep_stated(work, case, unit, {name: one for name, one in told.items() if one is not None}, on=day)
    fired = start(
        work, CasePath.SOCIAL_ENTERPRISE.value, subject=CASE, subject_id=case.id or 0, subject_ref=case.ref,
        person_id=case.person_id, facts={}, roles=dict.fromkeys(("AS", "lead", "announcing"), (unit,)),
    )  # fmt: skip
    see_to(work, fired, {})
    return case
