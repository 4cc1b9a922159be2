"""What is known of a person goes; who passed what to whom on which basis stays, without the reason given."""

from cii.people.tables import Disclosure, Identity, RightEndWarning, SystemStatus
from cii.store.erasing import Erased

ROWS = (
    Erased(RightEndWarning, (("status_id", "system_status.person_id"),)),
    Erased(SystemStatus),
    Erased(Disclosure, blank={"reason": None}),
)
LAST = (Erased(Identity),)
"""Goes last: other rows find the person by what was typed of them. The words of the name go with it."""
