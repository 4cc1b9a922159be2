"""The cases of a person follow it; one that was changed in the meantime does not return."""

from cii.cases.tables import CaseFile
from cii.cases.tables_follow import OutcomeCheck
from cii.store.moving import Followed

ROWS = (Followed(CaseFile, ("version",)), Followed(OutcomeCheck, ("version",)))
