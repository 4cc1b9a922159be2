"""Pay and subsidies in words, where a placement shows them."""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from flask import url_for

from cii.access.permits import Permit
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.texts import formats
from cii.wages.queries import grants_of
from cii.wages.vocabulary import GrantKind, GrantState
from cii.web.choices import t, word
from cii.wire import language

GRANT_TONES = {GrantState.ASKED: "info", GrantState.GRANTED: "good", GrantState.DECLINED: "neutral"}


def terms_of(row: Any) -> str:  # noqa: ANN401 - a row of a list, or the decision
    """By what a decision pays: the category of the scale, or the share of the normal pay."""
    if row.kind is GrantKind.PAY:
        return word(row.category)
    percent = formats.percent(Fraction(row.permille, 1000), language.lang())
    return t("web.wages.share-of", percent=percent, pay=row.normal_pay)


def pay_of_placements(work: Work, placement_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The decisions on pay of each placement, for who may see them."""
    found: dict[int, list[dict[str, Any]]] = {}
    if not placement_ids or Permit.SEE_WAGES.value not in work.actor.permits:
        return found
    for row in grants_of(work, placement_ids):
        found.setdefault(row.placement_id, []).append(
            {
                "kind": {"label": word(row.kind), "url": url_for("wage_grants.one", ref=row.ref)},
                "terms": terms_of(row),
                "from": row.starts_on,
                "until": row.ends_on,
                "paid": Chf(int(row.paid)),
                "state": {"label": word(row.state), "tone": GRANT_TONES[row.state]},
            }
        )
    return found
