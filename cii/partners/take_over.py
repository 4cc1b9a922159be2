"""How a person rated cases and placements follows it; a rating is never changed."""

from cii.partners.tables import Satisfaction
from cii.store.moving import Followed

ROWS = (Followed(Satisfaction),)
