"""Why a decision about a person came out as it did: rules, facts with their source, what would change it.

A decision is explained from its row and the exact version that took it, as long as the case is kept. A fact
of a section that the reader may not see is not shown, nor any rule, sentence or answer that would give it
away. Source: workflow.md §3; product.md §10.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cii.access.queries import account_names, sections_on_case, sections_on_person
from cii.access.vocabulary import Section
from cii.cases.queries import cases_of
from cii.decisions.decision import counterfactual
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Rule
from cii.decisions.whatif import revived
from cii.files.vocabulary import Title
from cii.kernel.errors import Refusal, UnknownThing
from cii.routing.fact_sections import hidden
from cii.routing.queries import detection_by_ref
from cii.store.work import Work
from cii.workflow.decided import Kept, kept_about, kept_as, kept_rows

BROUGHT = Section.PLAN | Section.SOCIAL_FACTS | Section.FUNCTIONAL
"""What a unit reads of a person that it has entered or imported itself."""


@dataclass(frozen=True)
class ChangeShown:
    """One fact that alone would change the answer: what it would have to be, and what would then come out.

    `needed` is a condition as the files write it; `outputs` is empty where no rule would hold.
    """

    fact: str
    needed: str
    outputs: dict[str, Any]
    why: tuple[Title, ...]


@dataclass(frozen=True)
class Explained:
    """A decision as the reader may see it, with all that explains it.

    `inputs` and `sources` are by fact; `hidden` says that something is kept from the reader, `answered`
    whether any of the answer is shown. `by`: the name of the account, None where the process asked.
    """

    ref: str
    table: str
    version: int
    title: Title
    valid_from: date
    valid_to: date | None
    legal_basis: tuple[str, ...]
    inputs: dict[str, Any]
    sources: dict[str, Any]
    outputs: Any
    rules: tuple[str, ...]
    why: tuple[Title, ...]
    changes: tuple[ChangeShown, ...]
    hidden: bool
    at: datetime
    by: str | None
    law: Table


def explanations(work: Work, case_id: int, person_id: int) -> list[Explained]:
    """The decisions about a case, and about its person before it was opened, in order, as the reader may see.

    Whoever calls has seen that the plan of the case is open to the actor.
    """
    rows = kept_about(work, case_id, person_id)
    may_read = sections_on_case(work, case_id)[0]
    names = account_names(work, {one.account_id for one in rows if one.account_id})
    return [_explained(one, may_read, names) for one in rows]


def explanation(work: Work, ref: str) -> Explained:
    """One decision by its reference; refuses UnknownThing unless the actor may read the plan of its case."""
    one = kept_as(work, ref)
    if one is None:
        raise UnknownThing(field="decision")
    may_read = Section(0)
    for case in cases_of(work, one.person_id) if one.person_id else ():
        if one.case_id in {None, case.id}:
            reads = sections_on_case(work, case.id or 0)[0]
            may_read |= reads if reads & Section.PLAN else Section(0)
            if may_read:
                work.saw("case", [case.id or 0], int(Section.PLAN))
                break
    if not may_read:
        raise UnknownThing(field="decision")
    return _explained(one, may_read, account_names(work, {one.account_id} if one.account_id else ()))


def detected(work: Work, ref: str) -> Explained:
    """Why somebody was detected, for the unit that did: it reads what it has brought itself.

    Medical facts stay closed to those of the unit whose role does not open them.
    Refuses: UnknownThing for a detection of another unit.
    """
    row = detection_by_ref(work, ref)
    one = kept_rows(work, [row.decision_id])[row.decision_id]
    may_read = sections_on_person(work, row.person_id)[0] | BROUGHT
    return _explained(one, may_read, account_names(work, {one.account_id} if one.account_id else ()))


def _explained(one: Kept, may_read: Section, names: Mapping[int, str]) -> Explained:
    table = one.law
    closed = hidden(one.inputs, may_read)
    rules = {rule.id: rule for rule in table.rules}
    hits = [rules[name] for name in one.rules if name in rules]
    telling = [rule for rule in hits if _tests(table, rule) & closed]
    why = _sentences(table, hits, one.why, closed)
    return Explained(
        ref=one.ref,
        table=table.id,
        version=table.version,
        title=table.title,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        legal_basis=table.legal_basis,
        inputs={name: value for name, value in one.inputs.items() if name not in closed},
        sources={name: value for name, value in one.sources.items() if name not in closed},
        outputs=_outputs(table, one.outputs, closed) if telling else one.outputs,
        rules=tuple(rule.id for rule in hits if rule not in telling),
        why=why,
        changes=tuple(_changes(table, one, closed)) if not telling else (),
        hidden=bool(closed),
        at=one.at,
        by=names.get(one.account_id) if one.account_id else None,
        law=table,
    )


def _tests(table: Table, rule: Rule) -> frozenset[str]:
    """The facts a rule asks about."""
    return frozenset(
        column.name for column, cell in zip(table.inputs, rule.cells, strict=True) if not cell.any
    )


def _sentences(
    table: Table, hits: Iterable[Rule], said: Iterable[Title], closed: frozenset[str]
) -> tuple[Title, ...]:
    """Of the kept sentences those that give no closed fact away, by their rules or the facts they name."""
    told: dict[str, bool] = {}
    for rule in hits:
        told[rule.why] = told.get(rule.why, True) and not (_tests(table, rule) | _named(table, rule)) & closed
    return tuple(one for one, open_ in zip(said, told.values(), strict=False) if open_)


def _named(table: Table, rule: Rule) -> frozenset[str]:
    texts = table.why.get(rule.why, {}).values()
    return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)


def _outputs(table: Table, kept: Any, closed: frozenset[str]) -> Any:  # noqa: ANN401 - as the row keeps it
    """Of an answer by rules on closed facts, what other rules give as well: it gives nothing away."""
    if not isinstance(kept, dict):
        return {}
    free = [rule for rule in table.rules if not _tests(table, rule) & closed]
    found = {}
    for at, column in enumerate(table.outputs):
        if column.name in kept and kept[column.name] in [rule.outputs[at] for rule in free]:
            found[column.name] = kept[column.name]
    return found


def _changes(table: Table, one: Kept, closed: frozenset[str]) -> Iterable[ChangeShown]:
    asked: dict[str, frozenset[str]] = {}
    for rule in table.rules:
        asked[rule.why] = asked.get(rule.why, frozenset()) | _tests(table, rule) | _named(table, rule)
    try:
        found = counterfactual(table, revived(table.domains, one.inputs))
    except Refusal:
        return
    for change in found:
        telling = any(asked[key] & closed for key in change.why)
        if change.input in closed or telling:
            continue
        yield ChangeShown(
            change.input, change.needed, dict(change.outputs), tuple(table.why[key] for key in change.why)
        )
