"""What is told of a person in their file: who they are to each unit, where they stand, what was passed on."""

from cii.people.tables import Consent, ConsentRecipient, Disclosure, Identity, RightEndWarning, SystemStatus
from cii.store.telling import AUTHOR, Part

IDENTITIES = Part(
    "identities", Identity,
    "last_name first_name birth_date postcode municipality language sex recorded_at" + AUTHOR,
)  # fmt: skip
STATUSES = Part(
    "statuses", SystemStatus,
    "system kind since until remaining_days note source effective_on recorded_at" + AUTHOR,
    parts=(Part("warnings", RightEndWarning, "unit_id>unit at", "status_id"),),
)  # fmt: skip
CONSENTS = Part(
    "consents", Consent,
    "purpose text_version sections given_on valid_until withdrawn_at how recorded_at recorded_unit>unit "
    "recorded_by>by",
    parts=(Part("recipients", ConsentRecipient, "institution_id>institution", "consent_id", flat=True),),
)  # fmt: skip
DISCLOSURES = Part(
    "disclosures", Disclosure, "from_unit_id>from to_unit_id>to sections basis reason account_id>by at"
)
