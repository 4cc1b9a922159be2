"""Notices about a person, as their file tells them."""

from typing import Any

from sqlalchemy import and_, or_

from cii.notices.tables import Notice
from cii.store.telling import AUTHOR, Condition, Part, Scope


def _about(table: Any, scope: Scope) -> Condition:  # noqa: ANN401 - columns of any table
    told = and_(table.c.subject == "case", table.c.subject_ref.in_(scope.case_refs))
    return or_(table.c.person_id.in_(scope.person_ids), told)


NOTICES = Part("notices", Notice, "kind created_at read_at" + AUTHOR, of=_about)
