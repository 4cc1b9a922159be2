"""How providers are shown to a reader, for lists of the rooms above."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from cii.agreements.known import provider_columns
from cii.institutions.queries import institution_name, unit_told, with_units
from cii.store.work import Work


def provider_shown(work: Work, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """Ref and name of each provider; a protected name is for its own people and the ref stands for it."""
    known = provider_columns
    owner = institution_name(known.c.institution_id, work.actor).label("owner")
    query = select(known.c.provider_id, known.c.ref, owner).select_from(known)
    query = query.where(known.c.provider_id.in_(list(ids)))
    found = {}
    for row in work.session.execute(with_units(query, work.actor, provider=known.c.unit_id)):
        told = unit_told(row, "provider")
        found[row.provider_id] = (row.ref, row.owner or (told.name if told else row.ref))
    return found
