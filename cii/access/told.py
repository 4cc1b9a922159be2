"""What access tells of a person in their file: links sent, restrictions; and the function of an account."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from cii.access.tables import Membership, SignedLink
from cii.access.tables_restricted import CaseRestriction
from cii.store.telling import Part, of_case_or_person
from cii.store.work import Work

LINKS = Part(
    "links", SignedLink,
    "purpose made_unit_id>unit made_by>by delivery created_at expires_at opened_at used_at revoked_at",
    of=of_case_or_person,
)  # fmt: skip
RESTRICTIONS = Part("restrictions", CaseRestriction, "reason at account_id>by lifted_at", "case_id")


def functions(work: Work, account_ids: Collection[int]) -> Mapping[int, Mapping[int, str]]:
    """Account → unit → the role it has, or had, there; the first of several, past ones included."""
    found: dict[int, dict[int, str]] = {}
    if not account_ids:
        return found
    rows = work.session.exec(
        select(Membership.account_id, Membership.unit_id, Membership.role)
        .where(col(Membership.account_id).in_(account_ids))
        .order_by(col(Membership.id))
    )
    for account_id, unit_id, role in rows:
        found.setdefault(account_id, {}).setdefault(unit_id, str(role))
    return found
