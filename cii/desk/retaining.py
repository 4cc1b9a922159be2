"""Texts that nobody sent and visits long past go by themselves, and calendars that were closed."""

from sqlmodel import col

from cii.desk.tables import CalendarFeed, CaseVisit, Draft
from cii.store.retaining import Going

GOING = (
    Going("draft", Draft, lambda before: col(Draft.saved_at) < before),
    Going("visit", CaseVisit, lambda before: col(CaseVisit.seen_at) < before),
    Going("session", CalendarFeed, lambda before: col(CalendarFeed.revoked_at) < before),
)
