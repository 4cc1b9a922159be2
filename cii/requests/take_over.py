"""Questions and emergency openings about a person follow it; a question that was answered does not return."""

from cii.requests.tables import AccessQuestion, BreakGlass
from cii.store.moving import Followed

ROWS = (Followed(AccessQuestion, ("answered_at",)), Followed(BreakGlass))
