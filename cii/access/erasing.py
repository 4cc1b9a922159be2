"""Nobody sees an erased person: links, grants, restrictions and their readers go."""

from cii.access.tables import AccessGrant, SignedLink
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.store.erasing import Erased, rows_by_case

BY_BOTH = (("person_id",), *rows_by_case())

ROWS = (
    Erased(SignedLink, BY_BOTH),
    Erased(AccessGrant, BY_BOTH),
    Erased(CaseReader, rows_by_case()),
    Erased(CaseRestriction, rows_by_case()),
)
