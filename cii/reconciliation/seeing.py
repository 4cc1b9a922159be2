"""Who sees a finding: whoever may see the thing it is about, and its line; readers of all lines see all.

A finding names what it is about by its number or ref; its key names the line or share where the thing has
several. Places of a measure are no money and everybody's. Source: product.md §10 (budgets by sector).
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, cast, not_, or_, select, true
from sqlmodel import col

from cii.agreements.owed import deliverables_overdue
from cii.agreements.queries import bought
from cii.budgets.queries import ALL_READERS, own_sector
from cii.final_accounts.queries import visible_refs as accounts_seen
from cii.institutions.queries import line_facts
from cii.kernel.period import Period
from cii.outcomes.proofs import visible_refs as outcomes_seen
from cii.placements.queries import shares_in
from cii.reconciliation.tables import Finding
from cii.settlement.queries import visible_refs as statements_seen
from cii.store.work import HOUSE, Work

_kind, _key, _ref = col(Finding.object_kind), col(Finding.object_key), col(Finding.object_ref)
_EVER = Period(date(1900, 1, 1), date(2200, 1, 1))
_OF_LINES = ("account", "budget_year", "budget_ceiling")
"""Kinds whose ref begins with the code of their line."""
_LINE_IN_KEY = {
    "agreement:%:line:%": "agreement:%:line:{}",
    "volume:%": "volume:%:{}:%",
    "release:%": "release:%:{}",
}
"""Keys that name a line by its id, and where."""


def reads_every_line(work: Work) -> bool:
    """Whether the actor reads the money of every sector."""
    return work.actor == HOUSE or work.actor.has_role(*ALL_READERS)


def visible_to(work: Work) -> ColumnElement[bool]:
    """Findings about what the actor may see; all for those who read every line."""
    if reads_every_line(work):
        return true()
    actor = work.actor
    own = select(line_facts.c.line_id).where(own_sector(actor))
    shares = shares_in(_EVER).subquery("seen_shares")
    mine = shares.c.line_id.in_(own)
    agreements = bought.c.line_id.in_(own)
    late = deliverables_overdue(work.today).subquery("late")
    coded = select(line_facts.c.line_id).where(own_sector(actor), _ref.like(line_facts.c.code + " %"))
    return and_(
        or_(
            _kind == "measure",
            and_(_kind.in_(_OF_LINES), coded.exists()),
            _about("agreement", select(bought.c.number).where(agreements)),
            _about(
                "deliverable",
                select(late.c.ref).where(
                    late.c.agreement_id.in_(select(bought.c.agreement_id).where(agreements))
                ),
            ),
            _about("statement", statements_seen(actor)),
            _about("year_account", accounts_seen(actor)),
            _about("outcome", outcomes_seen(work)),
            _about("placement", select(shares.c.placement_ref).where(mine)),
        ),
        *_of_own_line(own),
        or_(
            not_(_key.like("share:%")),
            select(shares.c.share_id)
            .where(mine, _key.like("share:" + cast(shares.c.share_id, String) + ":%"))
            .exists(),
        ),
    )


def _about(kind: str, refs: Select[str]) -> ColumnElement[bool]:
    return and_(_kind == kind, _ref.in_(refs))


def _of_own_line(own: Select[int]) -> Iterable[ColumnElement[bool]]:
    """A key that names a line names one of one's own."""
    lines = own.subquery("own_lines")
    for names, where in _LINE_IN_KEY.items():
        before, after = where.split("{}")
        named = _key.like(before + cast(lines.c.line_id, String) + after)
        yield or_(not_(_key.like(names)), select(lines.c.line_id).where(named).exists())
