"""Pure rules of an agreement's dates: when a notice takes effect, and what is warned of how long before.

Source: CG AI 8.2 (open-ended, to 31 July with six months), CG AI 5.3.2 (prices renegotiated as a rule every
three years), 000 i.38 (notice), product.md §4 AI4, AI5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cii.agreements.vocabulary import EndGrounds, Profile
from cii.kernel.errors import Refusal
from cii.kernel.period import ONE_DAY, month_of, months_later

AI_MONTH, AI_NOTICE_MONTHS = 7, 6
"""An agreement of the AI ends on the last day of July, after six months of notice (CG 8.2)."""


class NoticeTooShort(Refusal):
    """An ordinary notice of that day ends the agreement later; `first` is the first possible last day."""

    code, kind = "notice-too-short", "unfit"


class EndInThePast(Refusal):
    """An agreement does not end before today: what has been placed and stated stays."""

    code, kind = "end-in-the-past", "unfit"


class EndsAlready(Refusal):
    """The agreement ends on `last` anyway, by its term or by an earlier notice: none ends it later."""

    code, kind = "ends-already", "conflict"


class PriceTalkAhead(Refusal):
    """A talk on prices is recorded on its day or later."""

    code, kind = "price-talk-ahead", "unfit"


class PriceTalkTooEarly(Refusal):
    """The prices stand `since` that day already: only a later talk keeps them for longer."""

    code, kind = "price-talk-too-early", "unfit"


class NoticeNotReceived(Refusal):
    """A notice was received today or before."""

    code, kind = "notice-not-received", "unfit"


def notice_effect(profile: Profile, notice_months: int, received_on: date) -> date:
    """The last day of an agreement whose ordinary notice was received on that day.

    AI: the 31 July that lies at least six months ahead (received 31.1.2027 → 31.7.2027, 1.2.2027 →
    31.7.2028).
    Else the end of the month in which the agreed months are over.
    """
    if profile is Profile.AI:
        ends = date(received_on.year, AI_MONTH, 31)
        latest = month_of(months_later(ends, -AI_NOTICE_MONTHS)).last
        return ends if received_on <= latest else date(received_on.year + 1, AI_MONTH, 31)
    return month_of(months_later(received_on, notice_months)).last


class NoticeBeforeAgreement(Refusal):
    """A notice ends an agreement that was signed or had begun: none comes before that."""

    code, kind = "notice-before-agreement", "unfit"


@dataclass(frozen=True, slots=True)
class Ending:
    """An agreement as its end sees it; `since`: its signature, or its first day if earlier.

    `agreed_last`: the day on which it ends without this notice; None is open-ended.
    """

    profile: Profile
    notice_months: int
    last_day: date
    grounds: EndGrounds
    received_on: date
    today: date
    since: date
    agreed_last: date | None


def ending_faults(one: Ending) -> list[Refusal]:
    """Everything that stands against ending the agreement on that day.

    By agreement of both sides, or on serious grounds, no notice is needed; no end lies in the past.
    """
    found: list[Refusal] = []
    if one.received_on > one.today:
        found.append(NoticeNotReceived(field="received_on", last=one.today))
    if one.received_on < one.since:
        found.append(NoticeBeforeAgreement(field="received_on", first=one.since))
    if one.last_day < one.today:
        found.append(EndInThePast(field="last_day", first=one.today))
    if one.agreed_last is not None and one.last_day > one.agreed_last:
        found.append(EndsAlready(field="last_day", last=one.agreed_last))
    first = notice_effect(one.profile, one.notice_months, one.received_on)
    if one.grounds is EndGrounds.ORDINARY and one.last_day < first:
        found.append(NoticeTooShort(field="last_day", first=first, months=one.notice_months))
    return found


class DateKind(StrEnum):
    """What happens to an agreement on a date."""

    END = "end"
    NOTICE = "notice"
    RENEGOTIATION = "renegotiation"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class AgreementDate:
    """A date of an agreement, and the days on which it is warned of."""

    kind: DateKind
    due_on: date
    warned_on: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Dated numbers: months before an end at which it is told, the rhythm of prices, their preparation."""

    end_months: tuple[int, ...] = (3, 1)
    price_months: int = 36
    price_ahead_months: int = 6


@dataclass(frozen=True, slots=True)
class Dated:
    """An agreement as its dates see it; `last_day` None is open-ended, `priced_on` when its price was agreed.

    `noticed`: it ends by a notice, so that nothing but its end lies ahead.
    """

    profile: Profile
    notice_months: int
    last_day: date | None
    priced_on: date | None
    option_months: int | None = None
    noticed: bool = False


def dates_of(one: Dated, today: date, limits: Limits) -> Iterator[AgreementDate]:
    """The dates ahead, each with the days of its warnings, in the order in which they come up.

    An end is warned of three months and one month before; an open-ended agreement of the AI has its last day
    for a notice (31 January); prices of the AI are talked over every three years, prepared six months before.
    """
    if one.last_day is not None:
        before = tuple(months_later(one.last_day, -count) for count in limits.end_months)
        yield AgreementDate(DateKind.END, one.last_day, before)
        if one.option_months and not one.noticed:
            yield AgreementDate(DateKind.OPTION, one.last_day, before)
    elif one.profile is Profile.AI:
        ends = date(today.year, AI_MONTH, 31)
        latest = month_of(months_later(ends, -AI_NOTICE_MONTHS)).last
        if latest < today:
            latest = month_of(months_later(date(today.year + 1, AI_MONTH, 31), -AI_NOTICE_MONTHS)).last
        yield AgreementDate(DateKind.NOTICE, latest, (months_later(latest, -1),))
    if one.profile is Profile.AI and one.priced_on is not None and not one.noticed:
        due = months_later(one.priced_on, limits.price_months)
        yield AgreementDate(DateKind.RENEGOTIATION, due, (months_later(due, -limits.price_ahead_months),))


def reminded_on(due_on: date, days: int) -> date:
    """The day on which a deliverable is asked for, so many days before it is due."""
    return due_on - timedelta(days=days)


def late_since(due_on: date) -> date:
    """The first day on which a deliverable is late."""
    return due_on + ONE_DAY
