"""The texts that persons consent to: one file for each version in `workflows/consents/`, never changed.

A consent names the version that the person read (product.md §9).
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from ruamel.yaml import YAML

from cii.kernel.errors import Refusal
from cii.store.settings import HOUSE

FOLDER = HOUSE / "workflows" / "consents"


class UnknownConsentText(Refusal):
    """No text of that version was in force that day; `known` names those that were."""

    code = "unknown-consent-text"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of the text, in every language, and its first day."""

    version: str
    valid_from: date
    text: dict[str, str]


@cache
def consent_texts() -> tuple[ConsentText, ...]:
    """Every version, the oldest first."""
    yaml = YAML(typ="safe")
    held = [yaml.load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.yaml"))]
    texts = [ConsentText(one["consent"], one["valid_from"], dict(one["text"])) for one in held]
    return tuple(sorted(texts, key=lambda one: (one.valid_from, one.version)))


def text_fault(version: str, day: date) -> Refusal | None:
    """Why nobody can have consented to that version on that day, or None."""
    known = [one.version for one in consent_texts() if one.valid_from <= day]
    if version in known:
        return None
    return UnknownConsentText(field="text_version", known=", ".join(known))
