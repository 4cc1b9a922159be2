"""Whose entries of the journal are sought: a person by AVS number, a case by its number.

Only for who reads the whole journal. The number leads to the outward name under which the journal knows
them, and stands in no address and no log. A number that nobody bears leads to a name that nothing bears: the
same answer, and a journal without entries. Each look-up is itself written down, with whom it concerned.
"""

from dataclasses import dataclass, field

from cii.cases.meant import case_meant
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.people.matching import persons_meant
from cii.people.queries import avs_hash, person_by_id
from cii.people.rules import avs_number
from cii.store.columns import new_ref
from cii.store.work import HOUSE, Work


class LookUpEmpty(Refusal):
    """An AVS number or the number of a case is needed to look somebody up: one of the two."""

    code = "look-up-empty"


@dataclass(frozen=True)
class LookUp:
    """Whom the entries concern: an AVS number, or the number of a case."""

    avs: str = field(default="", metadata={"max": 40})
    number: str = field(default="", metadata={"max": 40})


@dataclass(frozen=True, slots=True)
class Sought:
    """By which outward name the journal is read: of a person or of a case."""

    person: str | None = None
    case: str | None = None


def look_up(work: Work, ask: LookUp) -> Sought:
    """The outward name behind a number; the caller has a permit for the whole journal.

    Refuses: LookUpEmpty for none or both, and a number that cannot be an AVS number.
    """
    avs, number = ask.avs.strip(), ask.number.strip()
    if bool(avs) == bool(number):
        refuse([LookUpEmpty(field="avs"), LookUpEmpty(field="number")])
    if avs:
        found = persons_meant(work, avs_hash=avs_hash(work, avs_number(avs)))
        _told(work, "avs", person_id=found[0] if found else None)
        return Sought(person=_ref(work, found[0]) if found else new_ref())
    case = case_meant(work, number)
    _told(work, "number", case_id=case.id if case else None, person_id=case.person_id if case else None)
    return Sought(case=case.ref if case else new_ref())


def _ref(work: Work, person_id: int) -> str:
    house = Work(work.session, HOUSE, work.now, work.calendar, work.correlation, settings=work.settings)
    return person_by_id(house, person_id).ref


def _told(work: Work, by: str, *, person_id: int | None = None, case_id: int | None = None) -> None:
    wrote(work, "look_up", "journal", None, case_id=case_id, person_id=person_id, payload={"by": by})
