"""How requests of persons are told; by outward names, never by ids."""

from cii.rights.queries_requests import Handed, PersonRequestRow, RequestEvent
from cii.wire.answers import only

EVENT = only(RequestEvent, "kind", "at", "by", "reason", "due_on", called="PersonRequestEventAnswer")
HANDED = only(Handed, "at", "by", "form", called="PersonFileHandedAnswer")
PERSON_REQUEST = only(
    PersonRequestRow, "ref", "kind", "state", "person_ref", "person", "proof", "form", "medical", "physician",
    "matter", "asked_on", "due_on", "closed", "file", "recorded_at", "recorded_by", events=EVENT,
    handed=HANDED, called="PersonRequestAnswer",
)  # fmt: skip
