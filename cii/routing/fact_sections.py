"""Which section of a case a fact of a decision belongs to: who may not read it there does not read it here.

Deny by default: a fact that nobody has placed counts as medical. Source: product.md §10 (table of sections).
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from cii.access.vocabulary import NOTHING, Section
from cii.decisions.rulebook import Table

_S = Section
SECTION_OF: Mapping[str, Section] = {
    "followed": _S.PLAN,
    "may_owe": _S.PLAN,
    "systems": _S.PLAN,
    "in_perimeter": _S.PLAN,
    "consent_or_basis": _S.PLAN,
    "reinsertion_potential": _S.PLAN,
    "already_followed": _S.PLAN,
    "training": _S.PLAN,
    "age": _S.PLAN,
    "in_canton": _S.PLAN,
    "problems": _S.PLAN,
    "months_since_registration": _S.PLAN,
    "framework_days_left": _S.PLAN,
    "social_aid_months": _S.SOCIAL_FACTS,
    "heavy_social_problem": _S.SOCIAL_FACTS,
    "dependants": _S.SOCIAL,
    "debts": _S.SOCIAL,
    "work_capacity": _S.FUNCTIONAL,
    "incapacity_months": _S.FUNCTIONAL,
    "productivity": _S.FUNCTIONAL,
    "able_to_work": _S.FUNCTIONAL,
    "grave_psychic_disorder": _S.MEDICAL,
    "addiction": _S.MEDICAL,
    "pregnancy": _S.MEDICAL,
}
"""Fact → section. Age and the counts stand in the announcement, which every reader of the plan sees."""


def section_of(name: str) -> Section:
    """The section of a fact; medical when nobody has placed it."""
    return SECTION_OF.get(name, Section.MEDICAL)


def sections_of(table: Table) -> Section:
    """All sections that the facts of a table belong to, and the plan, in which decisions stand."""
    return reduce(or_, (section_of(one.name) for one in table.inputs), Section.PLAN)


def hidden(names: Iterable[str], may_read: Section) -> frozenset[str]:
    """Of these facts those that a reader of these sections may not see."""
    return frozenset(name for name in names if section_of(name) & may_read == NOTHING)
