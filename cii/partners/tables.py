"""Rows of the links: what the bearer is asked and has answered, and how satisfied persons were."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.store.columns import key, link, moment, plain_json, ref, text
from cii.store.guards import append_only


class LinkRequest(SQLModel, table=True):
    """What the bearer of a link is asked, and what was recorded when they answered.

    `terms` hold what is asked beyond the question: the parts of the plan that are shown, the terms of a
    consent. `answer` holds words of vocabularies only, never a text: the text stands in the room concerned.
    """

    __tablename__ = "link_request"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_with_answer"),
    )

    id: int | None = key()
    link_id: int = link("signed_link.id", unique=True)
    question: str | None = text(nullable=True)
    sections: int
    terms: dict[str, Any] = plain_json()
    answered_at: datetime | None = moment(nullable=True)
    answer: str | None = text(40, nullable=True)


class Satisfaction(SQLModel, table=True):
    """How the person rates a case or a placement, once: 1 (not at all) to 5 (fully), and what they add."""

    __tablename__ = "satisfaction"
    __table_args__ = (
        UniqueConstraint("person_id", "subject", "subject_id"),
        *(
            CheckConstraint(f"{rated} BETWEEN 1 AND 5", name=f"{rated}_in_scale")
            for rated in ("informed", "listened", "useful", "overall")
        ),
    )

    id: int | None = key()
    ref: str = ref()
    person_id: int = link("person.id", index=False)
    case_id: int = link("case_file.id")
    subject: str = text(40)
    subject_id: int
    informed: int
    listened: int
    useful: int
    overall: int
    note: str | None = text(nullable=True)
    at: datetime = moment()


append_only(Satisfaction, moving=("person_id",))
