"""Pure rules of who sits in a body.

Source: mandate of the coordination group (002, annex 2), point 3 and rules 3 and 6: designated by the GP CII,
three represented permanently, others on invitation or at their own wish, further guests where needed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cii.coordination.rules import PERMANENT, NotPermanent
from cii.coordination.vocabulary import Body, Standing
from cii.kernel.errors import Refusal

TURN = ("SASO", "SEMP", "SMIG")
"""The order in which the permanent members preside (rule 2): SASO 2027, SEMP 2028, SMIG 2029."""


class SteeringAppoints(Refusal):
    """The GP CII designates the members of both bodies; the group itself invites its guests."""

    code, kind = "steering-appoints", "forbidden"


class AlwaysPermanent(Refusal):
    """The mandate makes this institution a permanent member of the group."""

    code, kind = "always-permanent", "unfit"


class InstitutionMissing(Refusal):
    """Whoever is no guest sits for an institution."""

    code, kind = "member-without-institution", "unfit"


class GuestUnknown(Refusal):
    """A guest has an account: the agenda items assigned are opened to it."""

    code, kind = "guest-without-account", "unfit"


class SeatedElsewhere(Refusal):
    """The account has no seat in a unit of that institution."""

    code, kind = "account-of-another-institution", "unfit"


class SeatTaken(Refusal):
    """The seat is taken in that time."""

    code, kind = "seat-taken", "conflict"


class SeatEnded(Refusal):
    """The seat has its end already."""

    code, kind = "seat-ended", "conflict"


class SeatTooShort(Refusal):
    """A seat lasts a day at least."""

    code, kind = "seat-too-short", "unfit"


def may_appoint(bodies: Collection[Body], body: Body, standing: Standing) -> bool:
    """Whether who acts for these bodies may fill that seat."""
    return Body.STEERING in bodies or (standing is Standing.GUEST and body in bodies)


def seat_of(body: Body, standing: Standing, institution_id: int | None, account_id: int | None) -> int:
    """Whose seat it is: an institution has one in a body, a guest has its own."""
    whose = -(account_id or 0) if standing is Standing.GUEST else institution_id or 0
    return 2 * whose + (1 if body is Body.STEERING else 0)


def standing_faults(
    body: Body, standing: Standing, institution: str | None, *, with_account: bool
) -> list[Refusal]:
    """What speaks against a seat of that standing for this institution (code) or account."""
    found: list[Refusal] = []
    if standing is Standing.GUEST:
        return found if with_account else [GuestUnknown(field="account")]
    if institution is None:
        return [InstitutionMissing(field="institution")]
    if body is Body.COORDINATION and (standing is Standing.PERMANENT) != (institution in PERMANENT):
        wrong = NotPermanent if standing is Standing.PERMANENT else AlwaysPermanent
        found.append(wrong(field="standing", institution=institution))
    return found


def overlapping(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Whether two seats share a day; `end` is the first day without, None for ever."""
    return (end is None or other_start < end) and (other_end is None or start < other_end)


@dataclass(frozen=True, slots=True)
class Chair:
    """Who presides in a year: an institution's code, named by a body or expected by turn."""

    year: int
    institution: str
    named: bool


def turn_ahead(presided: Mapping[int, str], first: int, count: int) -> tuple[Chair, ...]:
    """Who presides in `count` years from `first` on: as named, else the next in turn (rule 2).

    `presided` is year → institution. Whoever is named for the year after is passed over: nobody presides
    two years in a row.
    """
    found: list[Chair] = []
    before = presided.get(first - 1, TURN[(first - 2028) % len(TURN)])
    for year in range(first, first + count):
        code = presided.get(year)
        if code is None:
            at = TURN.index(before) + 1 if before in TURN else 0
            code = next(
                one for one in (TURN[(at + step) % len(TURN)] for step in range(len(TURN)))
                if one not in {before, presided.get(year + 1)}
            )  # fmt: skip
        found.append(Chair(year, code, named=year in presided))
        before = code
    return tuple(found)
