"""What an agreement in force says, written as it is stored: a text in force is no longer open to its own acts."""

from cii.agreements.queries import agreement_by_ref
from cii.conventions.actions import stored
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.store.work import HOUSE, working
from tests.conftest import NOW


def says(site, agreement_ref: str, **parts: object) -> str:
    """Write parts of an agreement's text by their names (`price=Price(…)`); returns its number."""
    with working(site.engine, HOUSE, NOW) as work:
        held = agreement_by_ref(work, agreement_ref)
        for name, said in parts.items():
            part = Part(name)
            work.session.add(
                ConventionPart(agreement_id=held.id or 0, part=part, body=stored(part, said), recorded_at=NOW)
            )
        return held.number
