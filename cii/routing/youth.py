"""Youth case management: announce a young person to the youth service.

School leavers and young persons under thirty with several problems, able to work. The announcement opens a
case at once; whether it is admitted is decided by the table (`admission`). Source: 002 §2; product.md P4.
"""

from dataclasses import dataclass, field
from datetime import date

from cii.cases.actions import join, open_case
from cii.cases.restricting import reason_at_opening
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.queries import institution_of, unit_for
from cii.institutions.vocabulary import UnitKind
from cii.kernel.period import next_month
from cii.people.actions import AttachPerson, GiveConsent, attach_person, disclose, give_consent
from cii.people.tables import Person
from cii.people.vocabulary import Basis, ConsentHow, Purpose, Sex
from cii.routing.actions_announce import TEXT_VERSION
from cii.routing.admission import keep_stated
from cii.routing.flow import see_to
from cii.routing.holding import CASE
from cii.routing.rules import NotYourUnit, ReasonMissing
from cii.routing.sharing import SHARED, claims_for, own_for, sections_for, writes_for
from cii.routing.vocabulary_social import YouthOrigin
from cii.store.work import Work
from cii.workflow.actions import start


@dataclass(frozen=True)
class AnnounceYouth:
    """Announce a young person to the youth service, with what the announcing unit knows.

    `consent_given_on`: the day of the person's written consent; without it `basis` names a legal ground whose
    conditions hold. Facts that are left out are asked for at the admission. `restricted` says why the case is
    for named readers only, from its first moment.
    """

    avs: str = field(metadata={"max": 20})
    last_name: str = field(metadata={"max": 120})
    first_name: str = field(metadata={"max": 120})
    birth_date: date
    reason: str = field(metadata={"max": 2000})
    origin: YouthOrigin
    postcode: str | None = field(default=None, metadata={"max": 4})
    municipality: str | None = field(default=None, metadata={"max": 120})
    language: str | None = field(default=None, metadata={"choices": ("fr", "de", "en")})
    sex: Sex | None = None
    without_training: bool | None = None
    problems: int | None = field(default=None, metadata={"min": 0, "max": 10})
    able_to_work: bool | None = None
    basis: Basis = Basis.CONSENT
    consent_given_on: date | None = None
    consent_how: ConsentHow = ConsentHow.SIGNED_PAPER
    written_reason: str = field(default="", metadata={"max": 2000})
    restricted: str = field(default="", metadata={"max": 1000})


def announce_youth(work: Work, ask: AnnounceYouth) -> CaseFile:
    """Open the case, pass on what the basis covers and start the process, whose first task asks the service.

    One line in its inbox: taking the announcement in charge takes the lead as well.

    Refuses: ReasonMissing, NotYourUnit, each precondition of the basis that fails, and what `attach_person`
    and `give_consent` refuse.
    """
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    unit = own_unit(work)
    service = unit_for(work, UnitKind.OFIJ, None).id or 0
    person = attach_person(
        work,
        AttachPerson(
            ask.avs, ask.last_name, ask.first_name, ask.birth_date, ask.postcode, ask.municipality,
            ask.language, ask.sex,
        ),
        unit,
    )  # fmt: skip
    if ask.consent_given_on is not None and unit != service:
        _consent(work, ask, person, unit, service)
    case = open_case(
        work, person_id=person.id or 0, path=CasePath.YOUTH, opened_by_unit_id=unit, lead_unit_id=unit,
        lead_account_id=work.actor.account_id, restricted=reason_at_opening(work, ask.restricted),
    )  # fmt: skip
    if unit != service:
        _, opened = disclose(
            work, person, case.id, service, sections_for(PartyRole.SFPO), ask.basis, from_unit_id=unit,
            writes=writes_for(PartyRole.SFPO), claims=claims_for(ask.written_reason),
        )  # fmt: skip
        own = own_for(PartyRole.SFPO)
        join(work, case, service, PartyRole.SFPO, own, own, basis=ask.basis, until=opened.valid_until)
    told = {name: getattr(ask, name) for name in ("origin", "without_training", "problems", "able_to_work")}
    known = {name: value for name, value in told.items() if value is not None}
    keep_stated(work, case, unit, known, note=ask.reason)
    fired = start(
        work, CasePath.YOUTH.value, subject=CASE, subject_id=case.id or 0, subject_ref=case.ref,
        person_id=case.person_id, facts={},
        roles={"SFPO": (service,), "lead": (service,), "announcing": (unit,)},
    )  # fmt: skip
    see_to(work, fired, {})
    return case


def _consent(work: Work, ask: AnnounceYouth, person: Person, unit: int, service: int) -> None:
    given = ask.consent_given_on or work.today
    until = given
    for _ in range(work.parameter("consent_default_months")):
        until = next_month(until)
    give_consent(
        work,
        GiveConsent(
            person.ref, (institution_of(work, service).ref,), SHARED, Purpose.COORDINATION, given, until,
            TEXT_VERSION, ask.consent_how,
        ),
        unit,
    )  # fmt: skip


def own_unit(work: Work) -> int:
    """The unit for which the actor acts; refuses NotYourUnit when it is not one and only one."""
    if len(work.actor.units) == 1:
        return work.actor.units[0]
    raise NotYourUnit(field="unit")
