"""Every act of routing under one roof; each topic lives in the module it is imported from."""

from cii.routing.actions_announce import Announce, Announced, ConsentAsk, announce
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
from cii.routing.actions_referral import (
    MoveReferral,
    NameLead,
    expire_referrals,
    move_referral,
    name_lead,
    send_referral,
)
from cii.routing.flow import advance

__all__ = [
    "Announce", "Announced", "CompleteTask", "ConsentAsk", "DetectPerson", "DismissDetection",
    "ImportDetections", "Imported", "MoveReferral", "NameLead", "RecordGrid", "RecordMedical", "advance",
    "announce", "complete_task", "detect_person", "dismiss_detection", "expire_referrals",
    "import_detections", "move_referral", "name_lead", "put_plan", "record_grid", "record_medical",
    "reply_to_plan", "send_referral", "sign_assessment", "take_back_consent",
]  # fmt: skip
