"""What single accounts kept about a case goes: drafts, mentions, visits, the cases they stood in for."""

from cii.desk.tables import CaseVisit, Draft, Mention, SubstitutedCase
from cii.store.erasing import Erased, rows_by_case

ROWS = (
    Erased(Draft, rows_by_case()),
    Erased(Mention, rows_by_case("note_id", "case_note.case_id")),
    Erased(CaseVisit, rows_by_case()),
    Erased(SubstitutedCase, rows_by_case()),
)
