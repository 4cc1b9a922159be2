"""What was told and read goes by itself after a term."""

from sqlmodel import col

from cii.notices.tables import Notice
from cii.store.retaining import Going

GOING = (Going("read_notice", Notice, lambda before: col(Notice.read_at) < before),)
