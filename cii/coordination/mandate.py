"""The mandate of the coordination group: its tasks and rules as published, and what is due now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from cii.coordination.mandates import mandates_open
from cii.coordination.monthly import missing_months
from cii.coordination.queries import corrective_measures
from cii.coordination.vocabulary import CorrectiveState
from cii.kernel.period import ONE_DAY
from cii.rounds.queries_pages import rounds_list
from cii.rounds.vocabulary import RoundState
from cii.store.settings import HOUSE
from cii.store.work import Work

FILE = HOUSE / "workflows" / "mandates" / "groupe-coordination-2013.yaml"
Said = Mapping[str, str]
"""A text by language: fr, de, en."""
_S = CorrectiveState
BEYOND = frozenset({_S.NEEDS_CONTRACT_CHANGE, _S.AT_STEERING, _S.APPROVED, _S.IMPLEMENTED})
"""Corrective measures of task 3; the other open ones are of task 2."""


@dataclass(frozen=True, slots=True)
class MandateRule:
    """A rule of the mandate and how the product holds it."""

    text: Said
    held_by: Said


@dataclass(frozen=True, slots=True)
class PublishedMandate:
    """The mandate as published: tasks 1-9 and rules 1-6 by number."""

    name: str
    issued_on: date
    valid_from: date
    title: Said
    tasks: Mapping[int, Said]
    rules: Mapping[int, MandateRule]


@cache
def the_mandate() -> PublishedMandate:
    """The mandate in force."""
    held: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    rules = {number: MandateRule(one["text"], one["held_by"]) for number, one in held["rules"].items()}
    return PublishedMandate(
        held["mandate"], held["issued_on"], held["valid_from"], held["title"], held["tasks"], rules
    )


def due_now(work: Work) -> dict[int, int]:
    """How much waits for the group, by number of the task; tasks of which nothing can wait are left out.

    2 and 3: open corrective measures; 7: open rounds of allocation; 8: sectors whose last month is missing;
    9: mandates of analysis that are open.
    """
    found = [row.state in BEYOND for row in corrective_measures(work, only_open=True)]
    month = (work.today.replace(day=1) - ONE_DAY).replace(day=1)
    return {
        2: found.count(False),
        3: found.count(True),
        7: len(rounds_list(work, state=RoundState.OPEN)),
        8: len(missing_months(work, month)),
        9: len(mandates_open(work)),
    }
