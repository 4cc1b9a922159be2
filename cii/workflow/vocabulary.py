"""Words of the process files: roles, effects, subjects, states, delays.

Source: workflow.md §2. Roles are words of the trade, not grammar: a new one needs a line here and its
title.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cii.files.vocabulary import Title

ROLES: dict[str, Title] = {
    "announcing": {
        "fr": "institution annonçante",
        "de": "meldende Institution",
        "en": "announcing institution",
    },
    "lead": {"fr": "institution responsable", "de": "federführende Institution", "en": "lead institution"},
    "partner": {"fr": "institution partenaire", "de": "Partnerinstitution", "en": "partner institution"},
    "sending": {
        "fr": "institution qui oriente",
        "de": "überweisende Institution",
        "en": "sending institution",
    },
    "receiving": {
        "fr": "institution sollicitée",
        "de": "angefragte Institution",
        "en": "receiving institution",
    },
    "requesting": {"fr": "service demandeur", "de": "nachfragende Stelle", "en": "requesting service"},
    "AC": {"fr": "assurance-chômage", "de": "Arbeitslosenversicherung", "en": "unemployment insurance"},
    "AI": {"fr": "assurance-invalidité", "de": "Invalidenversicherung", "en": "disability insurance"},
    "AS": {"fr": "aide sociale", "de": "Sozialhilfe", "en": "social aid"},
    "SFPO": {
        "fr": "formations postobligatoires et orientation",
        "de": "Berufsbildung und Berufsberatung",
        "en": "training and guidance",
    },
    "SMIG": {"fr": "service des migrations", "de": "Migrationsamt", "en": "migration service"},
    "physician": {"fr": "médecin", "de": "Ärztin oder Arzt", "en": "physician"},
    "provider": {"fr": "organisateur de la mesure", "de": "Anbieter der Massnahme", "en": "provider"},
    "respondent": {"fr": "service répondant", "de": "Ansprechstelle", "en": "respondent service"},
    "person": {"fr": "personne concernée", "de": "betroffene Person", "en": "person concerned"},
    "coordination": {"fr": "groupe de coordination", "de": "Koordinationsgruppe", "en": "coordination group"},
    "steering": {"fr": "groupe de pilotage CII", "de": "Steuergruppe IIZ", "en": "CII steering group"},
    "supervisor": {"fr": "responsable hiérarchique", "de": "vorgesetzte Person", "en": "supervisor"},
}
"""Roles of a case; `supervisor` receives escalations and owns no task."""

OWNERS = tuple(role for role in ROLES if role != "supervisor")
MANAGERS = frozenset({"lead", "coordination"})
"""Who may suspend, resume, close, reopen or hand over any process."""

EFFECTS = ("notify", "flag", "grant", "reserve", "release", "invite", "freeze", "publish")
"""What `on_enter` may ask of the owning room: `- notify: lead`, `- flag: coordination` …"""

SUBJECTS = (
    "case",
    "referral",
    "placement",
    "agreement",
    "call",
    "corrective_measure",
    "review",
    "screen",
    "recognition",
    "outcome_check",
)


class Status(StrEnum):
    """Where a process stands as a whole."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Stand(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


_LENGTH = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>wd|d|m)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """A delay as the files write it: `14wd` working days, `60d` calendar days, `3m` calendar months."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Length | None":
        """Read `14wd`, `60d` or `3m`; None when the text is no delay."""
        found = _LENGTH.fullmatch(text.strip())
        return cls(int(found["count"]), found["unit"]) if found else None

    @property
    def rough_days(self) -> int:
        """About how many calendar days: five working days are a week, a month is 30 days."""
        return {"wd": self.count * 7 // 5, "d": self.count, "m": self.count * 30}[self.unit]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"
