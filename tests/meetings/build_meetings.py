"""Builders of meetings: the group with its seats, a stage with persons placed; they name only what matters."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from pypdf import PdfWriter

from cii.access.queries import account_actor
from cii.access.tables import Account
from cii.access.vocabulary import Role
from cii.coordination.actions_members import AppointMember, appoint_member
from cii.coordination.members import members
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import unit_by_code
from cii.meetings.actions import PlanMeeting, plan_meeting
from cii.meetings.queries import invitations
from cii.meetings.tables import Meeting
from cii.store.work import Work
from tests.access.build_access import an_account

AT_TWO = datetime(2026, 12, 10, 13, tzinfo=UTC)
"""10 December 2026, 14:00 at Neuchâtel."""


@dataclass
class Group:
    """The coordination group: three permanent members, SFPO and OAI by invitation, a guest, the GP CII."""

    work: Work
    accounts: dict[str, Account]

    def as_(self, code: str, work: Work | None = None) -> Work:
        """The same transaction in the hands of the member of that institution (GUEST, GPCII)."""
        return replace(work or self.work, actor=account_actor(self.work, self.accounts[code].email), seen=[])

    def unit(self, code: str) -> int:
        """The id of a unit of the directory."""
        return unit_by_code(self.work, code).id or 0

    def invitation(self, meeting: Meeting, code: str) -> str:
        """The outward name of that member's invitation."""
        own = self.accounts[code].id
        return next(one.ref for one in invitations(self.house, meeting) if one.account_id == own)

    def seat(self, code: str) -> str:
        """The outward name of that member's seat."""
        own = self.accounts[code].id
        seats = members(self.work, Body.COORDINATION, self.work.today)
        return next(one.ref for one in seats if one.account_id == own)

    @property
    def house(self) -> Work:
        """Who leads the group: the member of the SEMP."""
        return self.as_("SEMP")

    def planned(
        self, at: datetime = AT_TWO, body: Body = Body.COORDINATION, work: Work | None = None
    ) -> Meeting:
        who = "GPCII" if body is Body.STEERING else "SEMP"
        day = at.date()
        return plan_meeting(
            self.as_(who, work), PlanMeeting(body, day, "", at, "Salle du Château, Neuchâtel")
        )


def the_group(work: Work) -> Group:
    """Everybody with their seats; the directory and the numbers must be there."""
    gc, steering = unit_by_code(work, "GC"), unit_by_code(work, "GPCII")
    homes = {"SEMP": "LMMT", "SASO": "ODAS", "SMIG": "OSAS", "SFPO": "OFIJ", "OAI": "OAI-REA"}
    accounts = {
        code: an_account(
            work, (unit_by_code(work, unit), Role.CONTRACT_MANAGER), (gc, Role.COORDINATION_MEMBER)
        )
        for code, unit in homes.items()
    }
    accounts["GUEST"] = an_account(work, (gc, Role.COORDINATION_GUEST))
    accounts["GPCII"] = an_account(
        work, (unit_by_code(work, "LMMT"), Role.CONTRACT_MANAGER), (steering, Role.STEERING)
    )
    since, group = work.today - timedelta(days=300), Group(work, accounts)

    def sits(body: Body, standing: Standing, who: str, institution: str | None) -> None:
        ask = AppointMember(body, standing, since, institution, accounts[who].ref)
        appoint_member(group.as_("GPCII"), ask)

    for code in homes:
        standing = Standing.INVITED if code in {"SFPO", "OAI"} else Standing.PERMANENT
        sits(Body.COORDINATION, standing, code, code)
    sits(Body.STEERING, Standing.PERMANENT, "GPCII", "SEMP")
    appoint_member(
        group.house,
        AppointMember(Body.COORDINATION, Standing.GUEST, since, None, accounts["GUEST"].ref),
    )
    return group


def a_pdf(width: int = 200) -> bytes:
    """An empty page as a PDF; another width, other bytes."""
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(width, 200)
    writer.write(out)
    return out.getvalue()


def on(work: Work, day: date) -> Work:
    """The same transaction at noon of another day."""
    return replace(work, now=datetime(day.year, day.month, day.day, 11, tzinfo=UTC))
