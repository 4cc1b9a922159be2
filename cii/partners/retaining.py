"""What was asked over a signed link goes with the link."""

from sqlmodel import col

from cii.access.retaining import over
from cii.partners.tables import LinkRequest
from cii.store.retaining import Going

GOING = (Going("link", LinkRequest, lambda before: col(LinkRequest.link_id).in_(over(before))),)
