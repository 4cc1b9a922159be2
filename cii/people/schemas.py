"""How a person is told: as the reader's unit knows them."""

from cii.people.queries import PersonLabel
from cii.wire.answers import only

PERSON = only(PersonLabel, "ref", "name", "birth_date", "municipality", "language", called="PersonAnswer")
