"""Every act of routing under one roof; each topic lives in the module it is imported from."""

from cii.routing.actions_announce import Announce, Announced, ConsentAsk, Recipient, announce, recipients
from cii.routing.actions_case import (
    CompleteTask,
    RecordGrid,
    RecordMedical,
    complete_task,
    put_plan,
    record_grid,
    record_medical,
    reply_to_plan,
    sign_assessment,
    take_back_consent,
)
from cii.routing.actions_detection import (
    DetectPerson,
    DismissDetection,
    ImportDetections,
    Imported,
    detect_person,
    dismiss_detection,
    import_detections,
)
from cii.routing.actions_place import facts_for_place, place_person, propose_places
from cii.routing.actions_referral import (
    MoveReferral,
    NameLead,
    RequestReferral,
    move_referral,
    name_lead,
    request_referral,
)
from cii.routing.flow import advance
from cii.routing.referring import advance_referral, send_referral

__all__ = [
    "Announce",
    "Announced",
    "CompleteTask",
    "ConsentAsk",
    "DetectPerson",
    "DismissDetection",
    "ImportDetections",
    "Imported",
    "MoveReferral",
    "NameLead",
    "Recipient",
    "RecordGrid",
    "RecordMedical",
    "RequestReferral",
    "advance",
    "advance_referral",
    "announce",
    "complete_task",
    "detect_person",
    "dismiss_detection",
    "facts_for_place",
    "import_detections",
    "move_referral",
    "name_lead",
    "place_person",
    "propose_places",
    "put_plan",
    "recipients",
    "record_grid",
    "record_medical",
    "reply_to_plan",
    "request_referral",
    "send_referral",
    "sign_assessment",
    "take_back_consent",
]  # fmt: skip
