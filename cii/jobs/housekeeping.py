"""Small cleaning that no room owns."""

from cii.store.work import Work
from cii.wire.idempotency import forget_old


def forget_keys(work: Work) -> int:
    """Forget the answers kept for repeated requests after a day."""
    return forget_old(work.session, work.now)
