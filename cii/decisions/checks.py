"""What the proof of a table finds wrong with its file, as faults with their line.

A gap, an overlap without justification, a justification without overlap, a rule that never gets a turn: each
is an error, because a person would meet it. A table too large to prove is a warning. Source: workflow.md §3.
"""

from collections.abc import Iterator
from typing import Self

from cii.decisions.domain import shown
from cii.decisions.hits import SEVERAL
from cii.decisions.proof import Proof, Region, idle_justifications, prove
from cii.decisions.rulebook import COLLECTING, Table
from cii.files.problems import Problem, hint, problem
from cii.files.reading import say as worded
from cii.texts.speech import Saying, say

_SAID = 20
"""More gaps than that are not said one by one."""


class RegionWords(Saying):
    """A region in the reader's language: the titles of the inputs and their conditions."""

    __slots__ = ("region", "table")
    table: Table
    region: Region

    def __new__(cls, table: Table, region: Region) -> Self:
        """The region of that table; French as it stands."""
        made = str.__new__(cls, region_words(table, region, "fr"))
        made.key, made.facts = "problem.region.any", {}
        made.table, made.region = table, region
        return made

    def said(self, lang: str) -> str:
        """The region in that language."""
        return region_words(self.table, self.region, lang)

    def __reduce__(self) -> tuple[object, ...]:
        """Copied as its plain words."""
        return str, (str(self),)


def region_words(table: Table, region: Region, lang: str) -> str:
    """A region as people read it: « Âge < 30 et Capacité de travail >= 20 »."""
    titles = {column.name: worded(column.title, lang, column.name) for column in table.inputs}
    parts = [f"{titles[name]} {text}" for name, text in region.where.items()]
    return say("problem.region.and", lang).join(parts) or say("problem.region.any", lang)


def table_problems(table: Table) -> list[Problem]:
    """Every fault that the proof of a table finds, in the order of its lines."""
    proof = prove(table)
    found = [*_gaps(table, proof), *_overlaps(table, proof), *_idle(table), *_without_turn(table, proof)]
    if proof.status == "not proven":
        found.append(
            problem(table.file, 1, "table-not-proven", table=table.id, boxes=proof.boxes, warning=True)
        )
    return sorted(found, key=lambda one: one.line)


def _gaps(table: Table, proof: Proof) -> Iterator[Problem]:
    last = max((rule.line for rule in table.rules), default=1) or 1
    if any(one.has_default for one in table.outputs) or table.hit_policy in SEVERAL | COLLECTING:
        return  # where no rule holds, the table has an answer of its own
    for gap in proof.gaps[:_SAID]:
        facts = ", ".join(f"{name} = {shown(gap.example[name])}" for name in gap.where)
        told = hint("add-rule", example=facts or "-")
        yield problem(table.file, last, "table-gap", told, table=table.id, gap=RegionWords(table, gap))


def _overlaps(table: Table, proof: Proof) -> Iterator[Problem]:
    lines = {rule.id: rule.line for rule in table.rules}
    for one in proof.unjustified:
        first, second = one.rules
        text = f"overlaps: [{{rules: [{first}, {second}], because: …}}]"
        yield problem(
            table.file,
            lines[second] or 1,
            "table-overlap",
            hint("justify", text=text),
            table=table.id,
            one=first,
            two=second,
            region=RegionWords(table, one.region),
        )


def _idle(table: Table) -> Iterator[Problem]:
    for group in idle_justifications(table):
        line, rules = table.overlap_lines.get(group, 1), ", ".join(sorted(group))
        yield problem(table.file, line, "overlap-not-found", hint("remove"), table=table.id, rules=rules)


def _without_turn(table: Table, proof: Proof) -> Iterator[Problem]:
    for rule in table.rules:
        if rule.id in proof.unreachable:
            yield problem(table.file, rule.line or 1, "rule-unreachable", table=table.id, rule=rule.id)
        elif rule.id in proof.shadowed:
            told = hint("move-up")
            yield problem(table.file, rule.line or 1, "rule-shadowed", told, table=table.id, rule=rule.id)
