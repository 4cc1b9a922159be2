"""How units and funding lines are told; by outward names, never by ids."""

from cii.institutions.employers import EmployerRow, NeedRow
from cii.institutions.queries import UnitLabel
from cii.institutions.tables import FundingLine
from cii.wire.answers import only

UNIT = only(UnitLabel, "ref", "code", "name", "institution", "sector", called="UnitAnswer")
LINE = only(FundingLine, "ref", "code", "name", "sector", called="LineAnswer")
NEED = only(NeedRow, "ref", "need", "wanted", "since", "until", unit=UNIT, called="EmployerNeedAnswer")
EMPLOYER = only(
    EmployerRow, "ref", "name", "branch", "postcode", "place", "spokesperson", "phone", "email", needs=NEED,
    called="EmployerAnswer",
)  # fmt: skip
