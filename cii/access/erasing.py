"""Nobody sees an erased person: links, grants, restrictions and their readers go."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from cii.access.tables import AccessGrant, SignedLink
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.store.erasing import Erased, rows_by_case, theirs
from cii.store.work import Work

BY_BOTH = (("person_id",), *rows_by_case())

ROWS = (
    Erased(SignedLink, BY_BOTH),
    Erased(AccessGrant, BY_BOTH),
    Erased(CaseReader, rows_by_case()),
    Erased(CaseRestriction, rows_by_case()),
)


def sent_to(work: Work, person_ids: Collection[int]) -> set[tuple[datetime, str]]:
    """When links of these persons were sent by mail, and the keyed hash of the address."""
    rows = work.session.exec(
        select(SignedLink.created_at, SignedLink.address_hash).where(
            theirs(ROWS[0], person_ids), col(SignedLink.address_hash).is_not(None)
        )
    )
    return {(at, address) for at, address in rows if address is not None}
