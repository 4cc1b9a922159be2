"""The notices about a person follow it; reading one in the meantime is no change."""

from cii.notices.tables import Notice
from cii.store.moving import Followed

ROWS = (Followed(Notice),)
