"""Pure rules of the ledger: what a line can bear, what a stage holds, when a year may close.

Source: money.md §2; product.md P6 (placement within sectoral budgets).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cii.budgets.vocabulary import Stage, YearState
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf


class BudgetExceeded(Refusal):
    """The line cannot bear the cost."""

    code, kind = "budget-exceeded", "conflict"


class BudgetBelowCommitted(Refusal):
    """A budget is not lowered below what is engaged."""

    code, kind = "budget-below-committed", "conflict"


class StageExceeded(Refusal):
    """More is to be taken from a stage than it holds: paid beyond the statement, say."""

    code, kind = "stage-exceeded", "conflict"


class BudgetYearMissing(Refusal):
    """The line has no budget for that year."""

    code, kind = "budget-year-missing", "conflict"


class BudgetYearClosed(Refusal):
    """The books of that year are closed; a later truth is booked in the open year with its origin date."""

    code, kind = "budget-year-closed", "conflict"


class YearNotSettled(Refusal):
    """Money of that year is still on its way: it is paid or released before the books close."""

    code, kind = "budget-year-not-settled", "conflict"


class LedgerKeyReused(Refusal):
    """The same key came with another content."""

    code, kind = "ledger-key-reused", "conflict"


class AlreadyReversed(Refusal):
    """The entry has been reversed before, or is itself a reversal."""

    code, kind = "already-reversed", "conflict"


class ReversalByAsker(Refusal):
    """Whoever asks for a reversal does not decide it."""

    code, kind = "reversal-by-asker", "forbidden"


@dataclass(frozen=True, slots=True)
class Pocket:
    """One account as the rule sees it; `label` names it to the reader."""

    stage: Stage
    label: str
    year: int
    total: Chf
    floored: bool


def shortfalls(asked: Mapping[Pocket, Chf], *, reduction: bool = False) -> list[Refusal]:
    """A reason for each account that would fall below its floor.

    `asked`: what is to be taken from each account, all legs together. `reduction`: a budget is being lowered.
    """
    found: list[Refusal] = []
    for pocket, sum_ in asked.items():
        if not pocket.floored or sum_ <= pocket.total:
            continue
        facts: dict[str, Any] = {"line": pocket.label, "year": pocket.year}
        facts |= {"asked": sum_, "available": pocket.total}
        if pocket.stage is not Stage.AVAILABLE:
            found.append(StageExceeded(stage=pocket.stage, **facts))
        else:
            found.append(BudgetBelowCommitted(**facts) if reduction else BudgetExceeded(**facts))
    return found


@dataclass(frozen=True, slots=True)
class Position:
    """Where a line's money of a year stands; granted = available + committed + accrued + invoiced + paid."""

    line_id: int
    line: str
    sector: str
    year: int
    state: YearState
    hard: bool
    warn_permille: int
    granted: Chf
    available: Chf
    committed: Chf
    accrued: Chf
    invoiced: Chf
    paid: Chf

    @property
    def used(self) -> Chf:
        """What is bound or spent: everything that is no longer available."""
        return self.granted - self.available

    @property
    def warning(self) -> bool:
        """Whether the share used has reached the line's warning mark."""
        return self.used.centimes * 1000 >= self.granted.centimes * self.warn_permille and bool(self.used)


def closing_faults(position: Position) -> list[Refusal]:
    """What keeps a year's books from closing: each stage that still holds money on its way."""
    held = {
        Stage.COMMITTED: position.committed,
        Stage.ACCRUED: position.accrued,
        Stage.INVOICED: position.invoiced,
    }
    return [
        YearNotSettled(line=position.line, year=position.year, stage=stage, available=sum_)
        for stage, sum_ in held.items()
        if sum_
    ]
