"""What bearers of links were asked goes; a rating stays as numbers without its words."""

from cii.partners.tables import LinkRequest, Satisfaction
from cii.store.erasing import Erased

_BY_LINK = (
    ("link_id", "signed_link.person_id"),
    ("link_id", "signed_link.case_id", "case_file.person_id"),
)
ROWS = (
    Erased(LinkRequest, _BY_LINK),
    Erased(Satisfaction, blank={"note": None}),
)
