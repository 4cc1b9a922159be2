"""The facts with which many cases began, in one statement; nothing of it is shown unfiltered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.routing.tables import Detection
from cii.store.work import Work


def detected_facts(work: Work, cases: Any) -> dict[int, Mapping[str, Any]]:  # noqa: ANN401 - ids or a select
    """What the detection was told, by case; cases that began without one are absent."""
    return {
        case: facts
        for case, facts in work.session.execute(
            select(col(Detection.case_id), col(Detection.facts))
            .where(col(Detection.case_id).in_(cases))
            .order_by(col(Detection.id).desc())
        )
        if case is not None
    }


__all__ = ["detected_facts"]
