"""Pure rules on providers: legal forms and profit, labels in time, shares of subcontractors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cii.agreements.rules import enterprise_uid
from cii.agreements.vocabulary import LegalForm
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.providers.vocabulary import LabelStanding, OverrunKind

WITHOUT_PROFIT = frozenset({LegalForm.FOUNDATION, LegalForm.ASSOCIATION, LegalForm.PUBLIC})
"""Legal forms that distribute no profit. Source: guide (000) §2.1."""
WHOLE = 100
"""All services of a provider, in percent."""


class FormForbidsProfit(Refusal):
    """A foundation, an association or a public body may not distribute profit (000 §2.1)."""

    code, kind = "form-forbids-profit", "unfit"


class UidTaken(Refusal):
    """Another provider is registered with this enterprise number."""

    code, kind = "uid-taken", "conflict"


class RegisteredAlready(Refusal):
    """The institution is a provider already."""

    code, kind = "provider-registered-already", "conflict"


class LabelExpired(Refusal):
    """A label whose last day is over is no evidence (indication 21)."""

    code, kind = "label-expired", "unfit"


class LabelTwice(Refusal):
    """The provider has this label on some of these days already."""

    code, kind = "label-twice", "conflict"


class LabelWithdrawn(Refusal):
    """The label is withdrawn already."""

    code, kind = "label-withdrawn-already", "conflict"


class NotYetAttested(Refusal):
    """What is attested lies in the past: the day of an attestation is today at the latest."""

    code, kind = "attested-in-future", "unfit"


class SharesBeyondWhole(Refusal):
    """Subcontractors deliver more than the whole of the services on some day (indication 17)."""

    code, kind = "provider-shares-beyond-whole", "unfit"


class TalkAnswered(Refusal):
    """The request for a talk is answered already."""

    code, kind = "talk-answered-already", "conflict"


class OverrunUnmeasured(Refusal):
    """An overrun is told in its unit: francs of a budget, days of a volume, more than none."""

    code, kind = "overrun-unmeasured", "unfit"


class OverrunPast(Refusal):
    """What is foreseen lies today or ahead."""

    code, kind = "overrun-in-past", "unfit"


class OverrunOutside(Refusal):
    """The day does not lie in the agreement's term."""

    code, kind = "overrun-outside-agreement", "unfit"


class StaffUnsaid(Refusal):
    """A change of staff says neither function nor qualification."""

    code, kind = "staff-unsaid", "unfit"


class OverrunUnsaid(Refusal):
    """An overrun and its answer are told in words."""

    code, kind = "overrun-unsaid", "unfit"


class OverrunToldAlready(Refusal):
    """An overrun of this kind was told before and is not answered yet."""

    code, kind = "overrun-told-already", "conflict"


class OverrunAnswered(Refusal):
    """The notice of an overrun is answered already."""

    code, kind = "overrun-answered-already", "conflict"


class AgreementNotRunning(Refusal):
    """An overrun is told under an agreement in force."""

    code, kind = "overrun-agreement-not-running", "conflict"


@dataclass(frozen=True, slots=True)
class Part:
    """What a subcontractor delivers, in percent, on the days from `start` up to and with `last`."""

    share: int
    start: date
    last: date | None


def uid_told(written: str | None, field: str = "uid") -> str | None:
    """The enterprise number as the register writes it, None where none is told; refuses UidInvalid."""
    if not written:
        return None
    try:
        return enterprise_uid(written)
    except Refusal as no:
        raise type(no)(field=field, **no.facts) from no


def form_faults(form: LegalForm, *, non_profit: bool) -> list[Refusal]:
    """A form that distributes no profit is entered as such."""
    if form in WITHOUT_PROFIT and not non_profit:
        return [FormForbidsProfit(field="non_profit", form=form)]
    return []


def label_standing(
    valid_from: date, valid_to: date | None, withdrawn_on: date | None, day: date, warning_days: int
) -> LabelStanding:
    """What a label is worth on a day; `valid_to` is the first day no more."""
    if withdrawn_on is not None and withdrawn_on <= day:
        return LabelStanding.WITHDRAWN
    if day < valid_from:
        return LabelStanding.COMING
    if valid_to is None:
        return LabelStanding.VALID
    if valid_to <= day:
        return LabelStanding.EXPIRED
    near = valid_to <= day + timedelta(days=warning_days)
    return LabelStanding.EXPIRING if near else LabelStanding.VALID


def share_faults(held: Iterable[Part], new: Part) -> list[Refusal]:
    """Days on which the subcontractors, with the new one, deliver more than everything: the first is told."""
    parts = [*held, new]
    starts = sorted({one.start for one in parts if one.start >= new.start} | {new.start})
    for day in starts:
        total = subcontracted(parts, day)
        inside = new.last is None or day <= new.last
        if inside and total > WHOLE:
            return [SharesBeyondWhole(field="share", total=total, on=day)]
    return []


def subcontracted(parts: Iterable[Part], day: date) -> int:
    """Percent of the services that others deliver on a day."""
    return sum(one.share for one in parts if one.start <= day and (one.last is None or day <= one.last))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An overrun as it is told; `amount` of a budget, `days` of a volume."""

    kind: OverrunKind
    expected_on: date
    amount: Chf | None
    days: int | None
    wording: str


def overrun_faults(told: Foreseen, today: date, first: date, until: date | None) -> list[Refusal]:
    """Everything that stands against a notice under an agreement from `first` on, before `until`."""
    budget = told.kind is OverrunKind.BUDGET
    named, said, other = ("amount", told.amount, told.days) if budget else ("days", told.days, told.amount)
    found: list[Refusal] = []
    if not said or other is not None:
        found.append(OverrunUnmeasured(field=named, kind=told.kind))
    if told.expected_on < first or (until is not None and told.expected_on >= until):
        last = until - timedelta(days=1) if until else None
        found.append(OverrunOutside(field="expected_on", first=first, last=last))
    elif told.expected_on < today:
        found.append(OverrunPast(field="expected_on", on=told.expected_on))
    if not told.wording.strip():
        found.append(OverrunUnsaid(field="wording"))
    return found
