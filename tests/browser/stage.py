"""The canton of the browser tests: the stage of the story, and an account for every role that the story does not need."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import text

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.queries import account_actor
from cii.access.vocabulary import Role
from cii.calls.queries import papers_of
from cii.institutions.queries import unit_by_code
from cii.store.work import Work
from tests.calls.build_calls import a_direct_award, a_told_award, an_open_call, handed_in
from tests.journeys.stage import PASSWORD, Stage, a_stage

KEYS = {
    "case_manager": "orp",
    "social_manager": "gsr",
    "ai_manager": "ai",
    "physician": "doctor",
    "contract_manager": "contracts",
    "coordination_member": "group",
    "data_protection_officer": "officer",
}
"""Role (or part in the case) → account of the story's stage; every other role has an account of its own name."""
MORE = {
    "supervisor": ("Hélène Rosselet", "ORP-LITTORAL"),
    "dashboard_reference": ("Paul Matthey", "SEMP-DIR"),
    "coordination_guest": ("René Sandoz", "GC"),
    "steering": ("Irène Robert", "GPCII"),
    "referral_service": ("Odile Chopard", "CAISSE"),
}
ROLES = tuple(role.value for role in Role)
WHO = (*ROLES, "social_manager")
"""Every role, and the lead of the case that everybody looks at."""


@dataclass
class Canton:
    """What the tests need to find again; references only."""

    stage: Stage = field(default_factory=Stage)
    password: str = PASSWORD
    refs: dict[str, str] = field(default_factory=dict)
    """What some months left behind, by name: case, detection, placement:running, …"""

    @staticmethod
    def email(who: str) -> str:
        return f"{KEYS.get(who, who)}@cii.example"


def hand(work: Work, who: str, day: date | None = None) -> Work:
    """The same transaction in that person's hands, at noon of another day if one is named."""
    now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC) if day else work.now
    return replace(work, actor=account_actor(work, Canton.email(who)), now=now, seen=[])


def a_canton(work: Work) -> Canton:
    """The stage of the story, with everybody at work."""
    made = Canton(a_stage(work))
    register = work.session.execute(text("SELECT ref FROM provider ORDER BY id")).scalars().first()
    hands = hand(work, "contract_manager"), hand(work, "signer")
    offer = a_told_award(*hands, a_direct_award(work), register)
    made.refs["offer"], made.refs["paper"] = offer.ref, papers_of(work, [offer.id])[offer.id][0].ref
    call = an_open_call(hands[0], made.stage.measure, date(2027, 6, 30))
    made.refs["open_call"] = call.ref
    sealed = handed_in(hand(work, "provider"), call, price="118181", wording="Un atelier sous scellé")
    made.refs["sealed_offer"] = sealed.ref
    made.refs["sealed_paper"] = papers_of(work, [sealed.id])[sealed.id][0].ref
    for key, (name, unit) in MORE.items():
        account = add_account(work, AddAccount(Canton.email(key), name, password=PASSWORD))
        add_membership(work, account, unit_by_code(work, unit).id, Role(key))
        made.refs["account"] = account.ref
    return made
