"""Cases keep their person for a term after they were closed, by the path they followed."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath
from cii.store.retaining import kept
from cii.store.work import Work

RULES = {
    CasePath.EVERYDAY: "case_everyday",
    CasePath.NETWORK: "case_network",
    CasePath.YOUTH: "case_youth",
    CasePath.SOCIAL_ENTERPRISE: "case_social_enterprise",
}
"""Path → its rule."""

KEPT = tuple(
    kept(rule, col(CaseFile.person_id), col(CaseFile.closed_at), col(CaseFile.path) == path)
    for path, rule in RULES.items()
)


def filed(work: Work, person_ids: Collection[int]) -> dict[int, list[tuple[CasePath, datetime | None]]]:
    """The cases of these persons, each by its path and the moment of its closing, if it was closed."""
    found: dict[int, list[tuple[CasePath, datetime | None]]] = {one: [] for one in person_ids}
    rows = work.session.exec(
        select(CaseFile.person_id, CaseFile.path, CaseFile.closed_at)
        .where(col(CaseFile.person_id).in_(found))
        .order_by(col(CaseFile.id))
    )
    for person_id, path, closed_at in rows:
        found[person_id].append((CasePath(path), closed_at))
    return found
