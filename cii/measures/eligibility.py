"""Whether a measure is open to a person: its eligibility table, read, judged and explained. Pure.

An eligibility table is a decision file with one output `eligible` (yes/no). With hit policy C it is a list
of obstacles: every rule that holds and says `no` is a reason, and no rule at all means eligible. With any
other policy the rule that holds decides, and the failed conditions of the rules that would have said `yes`
are the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cii.decisions.decision import NoRule, RulesOverlap, RuleVerdict, counterfactual, decide, trace
from cii.decisions.domain import MissingFacts
from cii.decisions.rulebook import Table, parse_table
from cii.decisions.vocabulary import HitPolicy
from cii.files.problems import BrokenFile
from cii.files.vocabulary import LANGUAGES
from cii.kernel.errors import Refusal, refuse

OUTPUT = "eligible"
ELIGIBILITY = "eligibility"
"""The name under which a published table is read: measures with the same text share what was read."""


class NotAnEligibilityTable(Refusal):
    """The table does not answer `eligible` with yes or no."""

    code, kind = "not-an-eligibility-table", "unfit"


class TableFault(Refusal):
    """A fault of the table's text: its line, the sentence, what was probably meant."""

    code, kind = "table-fault", "unfit"


class Standing(StrEnum):
    """What the table says about a person."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    MISSING_FACTS = "missing_facts"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition against one fact: `holds`, `fails` or `missing`."""

    input: str
    verdict: str
    required: str
    observed: Any = None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the table against the facts; `eligible` is what it would answer."""

    rule: str
    verdict: str
    eligible: bool
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class WouldChange:
    """One fact that alone would open the measure: from `observed` to `needed` (as the table writes it)."""

    input: str
    observed: Any
    needed: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with its reasons.

    `reasons`: sentence per language of each rule that decided. `failed`: conditions that stand in the way.
    `missing`: facts that could still change the answer. `fault`: code of what kept the table from answering.
    """

    standing: Standing
    rules: tuple[RuleLine, ...] = ()
    reasons: tuple[Mapping[str, str], ...] = ()
    failed: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()
    changes: tuple[WouldChange, ...] = ()
    fault: str | None = None
    version: int | None = None
    digest: str | None = None


OPEN_TO_ALL = Verdict(Standing.ELIGIBLE)
"""The verdict of a measure without a table."""


@lru_cache(maxsize=2048)
def read_table(source: str, name: str) -> Table:
    """The eligibility table of a measure from its text.

    Refuses: BrokenFile (every fault with its line) · NotAnEligibilityTable.
    """
    table = parse_table(source, name)
    if [(one.name, one.domain.kind) for one in table.outputs] != [(OUTPUT, "yes/no")]:
        raise NotAnEligibilityTable(field="source", outputs=", ".join(one.name for one in table.outputs))
    return table


def typed_table(source: str, name: str, field: str) -> Table:
    """The table out of a text that somebody sent in this field.

    Refuses: TableFault, once for each fault, all at once · NotAnEligibilityTable.
    """
    try:
        return read_table(source.replace("\r\n", "\n"), name)
    except BrokenFile as broken:
        faults = [one for one in broken.problems if one.severity == "error"]
        refuse(
            TableFault(field=field, line=one.line, message=one.message, hint=one.suggestion or "")
            for one in faults
        )
        raise


def judge(table: Table, facts: Mapping[str, object]) -> Verdict:
    """The verdict of the table on these facts; facts that it does not ask for are left aside.

    A fact of a wrong type or out of its domain, a gap or an overlap of the table give `UNDECIDED` with the
    fault's code: never an answer by accident.
    """
    asked = {name: value for name, value in facts.items() if name in table.domains and value is not None}
    named: dict[str, Any] = {"version": table.version, "digest": table.digest}
    try:
        lines = trace(table, asked)
    except Refusal as no:
        return Verdict(Standing.UNDECIDED, fault=no.reasons[0].code, **named)
    named["rules"] = tuple(_line(one) for one in lines)
    try:
        decision = decide(table, asked)
    except MissingFacts as no:
        return Verdict(Standing.MISSING_FACTS, missing=tuple(no.names), **named)
    except (NoRule, RulesOverlap) as no:
        return Verdict(Standing.UNDECIDED, fault=no.code, **named)
    eligible = all(one[OUTPUT] for one in decision.results)
    said = [decision.explain(lang) for lang in LANGUAGES]
    reasons = tuple(dict(zip(LANGUAGES, sentences, strict=True)) for sentences in zip(*said, strict=True))
    if eligible:
        return Verdict(Standing.ELIGIBLE, reasons=reasons, **named)
    return Verdict(
        Standing.NOT_ELIGIBLE,
        reasons=reasons,
        failed=_in_the_way(table, named["rules"]),
        changes=tuple(
            WouldChange(one.input, one.observed, one.needed)
            for one in counterfactual(table, asked)
            if one.outputs.get(OUTPUT, table.hit_policy is HitPolicy.COLLECT)
        ),
        **named,
    )


def _line(one: RuleVerdict) -> RuleLine:
    conditions = tuple(Condition(c.input, c.verdict, c.required, c.observed) for c in one.cells)
    return RuleLine(one.rule, one.verdict, bool(one.outputs[OUTPUT]), conditions)


def _in_the_way(table: Table, lines: tuple[RuleLine, ...]) -> tuple[Condition, ...]:
    """What stands in the way: conditions met by an obstacle, or failed by a rule that would have said yes."""
    if table.hit_policy is HitPolicy.COLLECT or not any(line.eligible for line in lines):
        found = [
            c for line in lines if line.verdict == "holds" and not line.eligible for c in line.conditions
        ]
    else:
        found = [c for line in lines if line.eligible for c in line.conditions if c.verdict == "fails"]
        found = found or [
            c for line in lines if line.verdict == "holds" and not line.eligible for c in line.conditions
        ]
    return tuple(dict.fromkeys(found))
