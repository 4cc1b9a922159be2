"""What a person rated, as their file tells it."""

from cii.partners.tables import Satisfaction
from cii.store.telling import Part

RATINGS = Part("ratings", Satisfaction, "subject informed listened useful overall note at")
