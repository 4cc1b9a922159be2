"""What a person asked about their own data follows them."""

from cii.rights.tables_requests import PersonRequest
from cii.store.moving import Followed

ROWS = (Followed(PersonRequest),)
