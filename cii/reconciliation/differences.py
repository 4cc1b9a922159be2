"""What a comparison says: how much it compared, and where two sources disagree."""

from dataclasses import dataclass, field
from typing import Any

from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sources that disagree about one object, or something late; numbers in `unit`."""

    kind: FindingKind
    object_kind: str
    key: str
    ref: str | None
    expected: int
    found: int
    unit: FindingUnit = FindingUnit.CENTIMES
    severity: Severity = Severity.ERROR
    facts: dict[str, Any] = field(default_factory=dict)
    owner_unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What one comparison found."""

    compared: int
    sum: int
    differences: tuple[Difference, ...]

    def and_(self, more: tuple[Difference, ...]) -> "Proof":
        """The same comparison with further differences."""
        return Proof(self.compared, self.sum, (*self.differences, *more))
