"""Why somebody asked for access or opened a case, and whom they typed, goes; that they did stays.

Of a request that concerned no case the same goes at the end of its term (`retaining.forget_unknown`).
"""

from cii.requests.tables import AccessQuestion, AccessRequest, BreakGlass, BreakGlassStep
from cii.store.erasing import GONE, Erased

_TYPED = (
    "EXISTS (SELECT 1 FROM access_question q WHERE q.request_id = {row}.id AND q.person_id = {person}.id) "
    "OR {row}.avs_hash = {person}.avs_hash OR EXISTS (SELECT 1 FROM identity i WHERE i.person_id = "
    "{person}.id AND i.folded = {row}.folded AND i.birth_date = {row}.birth_date)"
)
_FORGOTTEN = (
    "(EXISTS (SELECT 1 FROM access_request_step s WHERE s.request_id = {row}.id AND s.kind = 'forgotten' "
    "AND s.at >= {row}.lapses_at) AND NOT EXISTS "
    "(SELECT 1 FROM access_question q WHERE q.request_id = {row}.id))"
)
TYPED: dict[str, str | None] = {
    "reason": GONE,
    "avs_sealed": None,
    "avs_hash": None,
    "typed_name": None,
    "folded": None,
    "birth_date": None,
}
"""What an asker typed about somebody, and what stands there instead."""
ROWS = (
    Erased(AccessRequest, (), blank=TYPED, mark=_TYPED, over=_FORGOTTEN),
    Erased(AccessQuestion, blank={"answer_reason": GONE}),
    Erased(BreakGlassStep, (("opening_id", "break_glass.person_id"),), blank={"reason": GONE}),
    Erased(BreakGlass, blank={"reason": GONE, "case_number": None}),
)  # fmt: skip
