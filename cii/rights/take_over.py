"""What a person asked about their own data, was offered to the archive of them, or holds it, follows them."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.rights.tables_erasing import LegalHold
from cii.rights.tables_requests import PersonRequest
from cii.rights.tables_retention import ArchiveOffer, RetentionProposal
from cii.store.moving import Followed


def _unproposed(person_id: int) -> ColumnElement[bool]:
    """One proposal is enough; what is left behind goes in the night."""
    there = aliased(RetentionProposal)
    return ~select(there.id).where(col(there.person_id) == person_id).exists()


ROWS = (
    Followed(PersonRequest),
    Followed(RetentionProposal, only=_unproposed),
    Followed(ArchiveOffer),
    Followed(LegalHold, ("lifted_at",)),
)
