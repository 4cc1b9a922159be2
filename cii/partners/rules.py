"""Which link may be made: the permit of its purpose, what it opens, how long, how it reaches its bearer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cii.access.permits import Permit
from cii.access.vocabulary import LinkDelivery, LinkPurpose, Section
from cii.kernel.clock import local_day, local_midnight
from cii.kernel.errors import Refusal
from cii.partners.vocabulary import LinkState

PERMITS: Mapping[LinkPurpose, Permit] = {
    LinkPurpose.PLACE_ANSWER: Permit.ASSIGN_PLACEMENT,
    LinkPurpose.MEDICAL_OPINION: Permit.DISCLOSE,
    LinkPurpose.NETWORK_VIEW: Permit.DISCLOSE,
    LinkPurpose.CONSENT: Permit.RECORD_CONSENT,
    LinkPurpose.PLAN: Permit.PROPOSE_PLAN,
    LinkPurpose.OBJECTIVES: Permit.ASSIGN_PLACEMENT,
    LinkPurpose.SATISFACTION: Permit.PROPOSE_PLAN,
}
"""Who may make a link for a purpose: whoever may do or ask the same inside the house."""

OPENS: Mapping[LinkPurpose, Section] = {
    LinkPurpose.PLACE_ANSWER: Section.IDENTITY | Section.PLACEMENT,
    LinkPurpose.MEDICAL_OPINION: Section.IDENTITY,
    LinkPurpose.NETWORK_VIEW: Section.IDENTITY | Section.PLAN,
    LinkPurpose.CONSENT: Section.IDENTITY,
    LinkPurpose.PLAN: Section.IDENTITY | Section.PLAN,
    LinkPurpose.OBJECTIVES: Section.IDENTITY | Section.PLACEMENT,
    LinkPurpose.SATISFACTION: Section.IDENTITY,
}
"""What the grant of a link opens; the page shows less, field by field."""

FOR_A_UNIT = frozenset({LinkPurpose.MEDICAL_OPINION, LinkPurpose.NETWORK_VIEW})
WITH_PLACE = frozenset({LinkPurpose.PLACE_ANSWER, LinkPurpose.OBJECTIVES})
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


class LinkTooLong(Refusal):
    """A link lives at most as many days as the parameter of its purpose says (`most`)."""

    code = "link-too-long"


class BearerUnnamed(Refusal):
    """A link names who is to use it."""

    code = "link-bearer-unnamed"


class MailAddressUnfit(Refusal):
    """A link sent by mail needs one mail address."""

    code = "link-address-unfit"


class LinkPartMissing(Refusal):
    """The purpose needs something that was not named: the place, the partner, the question."""

    code = "link-part-missing"


class NoBirthDate(Refusal):
    """Without a date of birth on file the person's own link cannot be opened."""

    code, kind = "link-no-birth-date", "conflict"


class NothingToAnswer(Refusal):
    """There is nothing for the bearer to answer: no waiting place, no proposed plan, rated already."""

    code, kind = "link-nothing-to-answer", "conflict"


class LinkStands(Refusal):
    """A link for the same purpose and bearer is still open; revoke it before making another."""

    code, kind = "link-stands", "conflict"


class LinkOver(Refusal):
    """The link has been used, revoked or is past its date: there is nothing left to revoke."""

    code, kind = "link-over", "conflict"


class RatingMissing(Refusal):
    """Each question is rated from 1 to 5."""

    code = "rating-missing"


class RatedBefore(Refusal):
    """The person has rated this already; a rating is given once."""

    code, kind = "rated-before", "conflict"


@dataclass(frozen=True, slots=True)
class Wish:
    """A link as it is wished: what decides whether it may be made."""

    purpose: LinkPurpose
    bearer: str
    delivery: LinkDelivery
    address: str | None
    days: int
    most: int
    question: str
    has_unit: bool
    has_place: bool
    has_terms: bool


def wish_faults(wish: Wish) -> list[Refusal]:
    """Everything that stands against the wish, by its field."""
    faults: list[Refusal] = []
    if not wish.bearer.strip():
        faults.append(BearerUnnamed(field="bearer"))
    if wish.delivery is LinkDelivery.MAIL and not _ADDRESS.fullmatch((wish.address or "").strip()):
        faults.append(MailAddressUnfit(field="address"))
    if not 1 <= wish.days <= wish.most:
        faults.append(LinkTooLong(field="days", most=wish.most))
    if wish.purpose in FOR_A_UNIT and not wish.has_unit:
        faults.append(LinkPartMissing(field="unit_ref"))
    if wish.purpose is LinkPurpose.MEDICAL_OPINION and not wish.question.strip():
        faults.append(LinkPartMissing(field="question"))
    if wish.purpose in WITH_PLACE and not wish.has_place:
        faults.append(LinkPartMissing(field="placement_ref"))
    if wish.purpose is LinkPurpose.CONSENT and not wish.has_terms:
        faults.append(LinkPartMissing(field="institutions"))
    return faults


def ends_at(now: datetime, days: int) -> datetime:
    """The first moment after a link: the Swiss midnight that ends its last day, made today is day 0."""
    return local_midnight(local_day(now) + timedelta(days=days + 1))


def state_at(
    now: datetime,
    *,
    expires_at: datetime,
    opened_at: datetime | None,
    used_at: datetime | None,
    revoked_at: datetime | None,
) -> LinkState:
    """Where a link stands at that moment."""
    if used_at is not None:
        return LinkState.USED
    if revoked_at is not None:
        return LinkState.REVOKED
    if expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.OPENED if opened_at is not None else LinkState.WAITING


def birth_date_said(text: str) -> str:
    """A date of birth however it is written (17.5.1980, 17/05/1980), as 1980-05-17; else the text as said."""
    plain = text.strip()
    if found := re.fullmatch(r"(\d{1,2})[./ ](\d{1,2})[./ ](\d{4})", plain, re.ASCII):
        return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    return plain


def factor_said(text: str) -> str:
    """What the bearer typed, as it was kept: a date of birth as a date, a code without its spaces."""
    dated = birth_date_said(text)
    return "".join(dated.split())
