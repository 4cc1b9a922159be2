"""How talks and visits are told."""

from cii.appointments.queries import AppointmentRow, AppointmentShown, TalkDue
from cii.wire.answers import answer_schema, only

APPOINTMENT = answer_schema(AppointmentShown)
APPOINTMENT_ROW = only(
    AppointmentRow, "ref", "kind", "agreement_ref", "number", "starts_at", "place", "state", "held_on",
    called="AppointmentRowAnswer",
)  # fmt: skip
TALK_DUE = only(
    TalkDue, "agreement_ref", "number", "times_a_year", "due_on", "last_on", called="TalkDueAnswer"
)
