"""The answers kept for repeated requests go once nobody can ask for them again."""

from sqlmodel import col

from cii.store.retaining import Going
from cii.wire.tables import IdempotencyRecord

GOING = (Going("request_key", IdempotencyRecord, lambda before: col(IdempotencyRecord.claimed_at) < before),)
