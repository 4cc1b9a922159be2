"""What a kind of notice is about, and when the daily digest is due."""

from collections.abc import Mapping
from datetime import datetime, time

from cii.kernel.clock import ZURICH
from cii.notices.vocabulary import Topic

DIGEST_AT = time(7)
"""Swiss hour of the daily digest: before the counters open."""
_BEGINS: Mapping[str, Topic] = {
    "task": Topic.TASKS,
    "check": Topic.TASKS,
    "case": Topic.CASES,
    "plan": Topic.CASES,
    "consent": Topic.CASES,
    "mention": Topic.CASES,
    "mentioned": Topic.CASES,
    "redirects": Topic.COORDINATION,
    "budget": Topic.COORDINATION,
    "referral": Topic.REFERRALS,
    "placement": Topic.PLACEMENTS,
    "wage": Topic.PLACEMENTS,
    "admission": Topic.OBSERVATIONS,
    "observation": Topic.OBSERVATIONS,
    "recognition": Topic.RECOGNITIONS,
    "agreement": Topic.AGREEMENTS,
    "award": Topic.AGREEMENTS,
    "deliverable": Topic.AGREEMENTS,
    "evaluation": Topic.AGREEMENTS,
    "provider": Topic.AGREEMENTS,
    "talk": Topic.AGREEMENTS,
    "visit": Topic.AGREEMENTS,
    "overrun": Topic.AGREEMENTS,
    "corrective": Topic.COORDINATION,
    "mandate": Topic.COORDINATION,
    "quarter": Topic.COORDINATION,
    "meeting": Topic.COORDINATION,
    "report": Topic.COORDINATION,
    "attendance": Topic.COORDINATION,
    "monthly": Topic.COORDINATION,
    "access": Topic.ACCESS,
    "break": Topic.ACCESS,
    "link": Topic.ACCESS,
    "person": Topic.ACCESS,
    "retention": Topic.ACCESS,
    "erasure": Topic.ACCESS,
}
"""First word of a kind → topic; every other kind is of the topic `other`."""


def topic_of(kind: str) -> Topic:
    """What a kind of notice is about."""
    return _BEGINS.get(kind.replace("_", "-").partition("-")[0], Topic.OTHER)


def beginnings(topic: Topic) -> tuple[str, ...]:
    """The first words of the kinds of a topic; for `other`, of all topics but this one."""
    if topic is Topic.OTHER:
        return tuple(_BEGINS)
    return tuple(word for word, about in _BEGINS.items() if about is topic)


def digest_cut(now: datetime) -> datetime | None:
    """The moment up to which notices go into the digest of today; None before its hour."""
    local = now.astimezone(ZURICH)
    cut = datetime.combine(local.date(), DIGEST_AT, tzinfo=ZURICH)
    return cut if local >= cut else None
