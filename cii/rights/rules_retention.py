"""Terms of keeping: how long each runs, when it is over, which one keeps a person longest; pure decisions.

Source: LPGA 46, CPDT-JUNE, OPDo 4; the numbers are dated rows (`workflows/parameters/retention.yaml`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cii.kernel.period import months_later
from cii.rights.vocabulary_retention import Keeping


class Unit(StrEnum):
    """In what a term is counted."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Term:
    """A term in force: so many days, months or years."""

    count: int
    unit: Unit

    def last_day(self, since: date) -> date:
        """The last day on which what began to run then is kept."""
        if self.unit is Unit.DAYS:
            return since + timedelta(days=self.count)
        return months_later(since, self.count * (12 if self.unit is Unit.YEARS else 1))

    def over_before(self, on: date) -> date:
        """The first day from which a term still runs on that day: what began earlier is over."""
        if self.unit is Unit.DAYS:
            return on - timedelta(days=self.count)
        first = months_later(on, -self.count * (12 if self.unit is Unit.YEARS else 1))
        while self.last_day(first) < on:
            first += timedelta(days=1)
        return first


PARAMETERS: Mapping[str, tuple[str, Unit]] = {
    **{one.value: (f"retention_{one}_years", Unit.YEARS) for one in Keeping if one.startswith("case_")},
    Keeping.PLACEMENT: ("retention_placement_years", Unit.YEARS),
    Keeping.CONSENT: ("retention_consent_years", Unit.YEARS),
    Keeping.DETECTION: ("retention_detection_months", Unit.MONTHS),
    Keeping.ACCESS_ANSWER: ("retention_access_answer_months", Unit.MONTHS),
    Keeping.PERSON_REQUEST: ("retention_person_request_months", Unit.MONTHS),
    Keeping.ENTRY: ("retention_entry_months", Unit.MONTHS),
    Keeping.JOURNAL: ("journal_retention_months", Unit.MONTHS),
    "draft": ("retention_draft_days", Unit.DAYS),
    "visit": ("retention_visit_months", Unit.MONTHS),
    "sent_mail": ("retention_sent_mail_days", Unit.DAYS),
    "read_notice": ("retention_read_notice_months", Unit.MONTHS),
    "link": ("retention_link_months", Unit.MONTHS),
    "session": ("retention_session_days", Unit.DAYS),
    "attempt": ("retention_attempt_days", Unit.DAYS),
    "request_key": ("retention_request_key_days", Unit.DAYS),
    "account": ("retention_account_months", Unit.MONTHS),
    "withdrawn_document": ("retention_withdrawn_document_months", Unit.MONTHS),
}
"""Rule → its dated number and what it counts."""


@dataclass(frozen=True, slots=True)
class Held:
    """Something keeps a person under a rule until a last day."""

    rule: Keeping
    last_day: date


def longest(held: Iterable[Held]) -> Held | None:
    """What keeps the person longest; None when nothing does."""
    return max(held, key=lambda one: (one.last_day, one.rule), default=None)
