"""Notices about a person, their cases, places and referrals go."""

from cii.notices.tables import Notice
from cii.store.erasing import Erased

_OF = " UNION ALL ".join(
    f"SELECT o.ref FROM {table} o WHERE o.person_id = {{person}}.id"
    for table in (
        "case_file", "placement", "referral", "waiting_entry", "observation_contract", "wf_instance",
    )
)  # fmt: skip
ROWS = (Erased(Notice, mark=f"{{row}}.subject_ref = {{person}}.ref OR {{row}}.subject_ref IN ({_OF})"),)
