"""How what was found is told."""

from cii.cases.schemas import CASE_ROW
from cii.people.schemas import PERSON
from cii.search.queries import Found, Thing
from cii.wire.answers import only

THING = only(Thing, "ref", "code", "name", called="ThingAnswer")
FOUND = only(
    Found, "more", persons=PERSON, cases=CASE_ROW, measures=THING, providers=THING, called="FoundAnswer"
)
