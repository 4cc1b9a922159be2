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


class BudgetNegative(Refusal):
    """A budget is zero or more, also where the line has no ceiling."""

    code, kind = "budget-negative", "conflict"


class BudgetUnchanged(Refusal):
    """A budget that stands is changed by some amount, or not at all."""

    code, kind = "budget-unchanged", "unfit"


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


class ReversalWaiting(Refusal):
    """A reversal of this entry has been asked for and waits for its second person."""

    code, kind = "reversal-waiting", "conflict"


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


class CeilingExceeded(Refusal):
    """The measure or the agreement may not bind that much of the line's year."""

    code, kind = "budget-ceiling-exceeded", "conflict"


class CeilingBelowUsed(Refusal):
    """A ceiling is not lowered below what is bound under it."""

    code, kind = "budget-ceiling-below-used", "conflict"


class NotBought(Refusal):
    """The agreement, or any agreement of the measure, is not paid by that line."""

    code, kind = "budget-not-bought", "unfit"


class OneOfTwo(Refusal):
    """Of two fields exactly one is filled in: a measure or an agreement, a line or two ceilings."""

    code, kind = "budget-one-of-two", "unfit"


class TransferToItself(Refusal):
    """A transfer goes from one line, or one ceiling, to another."""

    code, kind = "transfer-to-itself", "unfit"


class TransferBetweenSectors(Refusal):
    """Lines of one sector help each other out; another sector decides its own budget."""

    code, kind = "transfer-between-sectors", "unfit"


class TransferByAsker(Refusal):
    """Whoever asks for a transfer does not decide it."""

    code, kind = "transfer-by-asker", "forbidden"


class TransferDecided(Refusal):
    """The transfer has been decided before."""

    code, kind = "transfer-decided", "conflict"


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling as the rule sees it; `label` names the measure or the agreement to the reader."""

    id: int
    label: str
    line: str
    year: int
    amount: Chf
    used: Chf

    @property
    def left(self) -> Chf:
        """What may still be bound under it."""
        return self.amount - self.used


def caps_exceeded(asked: Mapping[Cap, Chf]) -> list[Refusal]:
    """A reason for each ceiling under which more is to be bound than is left."""
    return [
        CeilingExceeded(
            line=cap.line, year=cap.year, ceiling=cap.label, asked=sum_, available=max(cap.left, Chf(0))
        )
        for cap, sum_ in asked.items()
        if sum_ > cap.left
    ]


def at_mark(used: Chf, granted: Chf, permille: int) -> bool:
    """Whether what is used has reached its mark: 900 of a thousand, say. Nothing used warns nobody."""
    return bool(used) and used.centimes * 1000 >= granted.centimes * permille


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
    line_ref: str
    line_name: str
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
        return at_mark(self.used, self.granted, self.warn_permille)


def change_faults(position: Position, change: Chf, *, first: bool) -> list[Refusal]:
    """What keeps a year's budget from being changed by so much; `first`: nothing is granted yet."""
    if not change and not first:
        return [BudgetUnchanged(field="amount")]
    if position.granted + change < Chf():
        facts = {"line": position.line, "year": position.year, "granted": position.granted}
        return [BudgetNegative(field="amount", asked=-change, **facts)]
    return []


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
