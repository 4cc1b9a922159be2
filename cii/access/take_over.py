"""Grants and signed links on a person follow it: nobody sees a case more, for a case keeps its own grants."""

from cii.access.tables import AccessGrant, SignedLink
from cii.store.moving import Followed

ROWS = (Followed(AccessGrant), Followed(SignedLink))
