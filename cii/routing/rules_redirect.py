"""Pure rule against the revolving door: how often a person may be sent on before the institutions sit down.

A redirect is a referral that the institution asked passes on to another one. It counts for the person, over
all institutions and cases. A referral that was declined, withdrawn or has expired sends nobody on and does
not count: the case stays with, or falls back to, the institution that asked. At the `limit`-th redirect
within the window nobody is asked next: a joint assessment opens. Until the window has moved on, no further
one is possible.
Source: rapport CII 2009-2013, point 4 (« effet tourniquet »); product.md P1; a period of months ends on the
day that bears the same number (CO 77 al. 1 ch. 3), so that a redirect of 15 October still counts on the next
15 October and no longer on the 16th.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.period import ONE_DAY, months_later


class RedirectLimit(Refusal):
    """The person was redirected as often as may be; `until`: from when a redirect is possible again."""

    code, kind = "redirect-limit", "conflict"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with redirects: the days of those that count, the limit, the window in months."""

    days: tuple[date, ...]
    limit: int
    months: int

    @property
    def full(self) -> bool:
        """Whether no further redirect is possible."""
        return len(self.days) >= self.limit

    @property
    def free_from(self) -> date | None:
        """From when a redirect is possible again, if no other comes; None when one is possible now."""
        if not self.full:
            return None
        return months_later(sorted(self.days)[-self.limit], self.months) + ONE_DAY


def counts(day: date, today: date, months: int) -> bool:
    """Whether a redirect of `day` still counts on `today`: up to and with the same day `months` later."""
    return day <= today <= months_later(day, months)


def standing(days: Sequence[date], today: date, limit: int, months: int) -> Standing:
    """The redirects that count today, in order."""
    return Standing(tuple(sorted(one for one in days if counts(one, today, months))), limit, months)


def refuse_when_full(held: Standing) -> None:
    """Refuse a redirect beyond the limit, with the days of those that count and what would change it."""
    if held.full:
        raise RedirectLimit(
            field="event",
            count=len(held.days),
            months=held.months,
            days=", ".join(f"{one:%d.%m.%Y}" for one in held.days),
            until=held.free_from,
        )
