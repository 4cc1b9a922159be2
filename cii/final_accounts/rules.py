"""Pure rules of a year's account: what is attested, what is owed or owed back, what surplus may become.

Source: LACI 59cbis al. 2 and 4, OACI 97 (AC2, AC3); AI CG 3.4 (AI3), AI6; 000 i.14, i.19, i.20.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cii.agreements.vocabulary import Profile
from cii.final_accounts.vocabulary import (
    COST_PROFILES,
    AccountEvent,
    AccountState,
    Purpose,
    SurplusRule,
)
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf

RULE_VERSION = "final-account/1"
_WHOLE = 1000

MOVES: Mapping[AccountState, Mapping[AccountEvent, AccountState]] = {
    AccountState.BUDGETED: {
        AccountEvent.BUDGET: AccountState.BUDGETED,
        AccountEvent.APPROVE: AccountState.APPROVED,
    },
    AccountState.APPROVED: {AccountEvent.SUBMIT: AccountState.SUBMITTED},
    AccountState.SUBMITTED: {
        AccountEvent.RETURN: AccountState.RETURNED,
        AccountEvent.SETTLE: AccountState.SETTLED,
    },
    AccountState.RETURNED: {AccountEvent.SUBMIT: AccountState.SUBMITTED},
}
"""The life of a year's account; what is paid or given back afterwards hangs on it."""

PROVIDER_EVENTS = frozenset({AccountEvent.BUDGET, AccountEvent.SUBMIT})
"""What the provider does."""
PAYER_EVENTS: Mapping[str, frozenset[AccountEvent]] = {
    "contract_manager": PROVIDER_EVENTS | {AccountEvent.RETURN},
    "supervisor": frozenset({AccountEvent.RETURN}),
    "finance": frozenset({AccountEvent.APPROVE, AccountEvent.RETURN, AccountEvent.SETTLE}),
}
"""What each role of the paying sector does."""


class CostsNotSettled(Refusal):
    """Agreements of this profile are not settled by costs: AI pays flat rates per person."""

    code, kind = "account-not-by-costs", "unfit"


class NoCosts(Refusal):
    """A budget and a final account name at least one cost."""

    code, kind = "account-without-costs", "unfit"


class CostTypeUnknown(Refusal):
    """There is no such type of cost or revenue, or it is named twice."""

    code, kind = "account-cost-type-unknown", "unfit"


class NothingContributed(Refusal):
    """The planned revenue covers the planned costs: there is nothing to contribute."""

    code, kind = "account-nothing-to-contribute", "unfit"


class AccountFourEyes(Refusal):
    """Who enters a budget does not approve it, who submits does not settle, who prepares does not pay."""

    code, kind = "account-four-eyes", "forbidden"


class InstalmentNotDue(Refusal):
    """An instalment is paid from its day on."""

    code, kind = "account-instalment-not-due", "conflict"


class PaymentGone(Refusal):
    """The payment has been released, or the final account has replaced it."""

    code, kind = "account-payment-gone", "conflict"


class ReceiptInFuture(Refusal):
    """What was owed back comes in on a day that has come."""

    code, kind = "account-receipt-in-future", "unfit"


class YearNotOver(Refusal):
    """A year is settled once it is over."""

    code, kind = "account-year-not-over", "conflict"


class AuditReportMissing(Refusal):
    """The audit report of the year has not been received (000 i.32)."""

    code, kind = "account-audit-report-missing", "conflict"


class BeyondBudget(Refusal):
    """The attested need exceeds the approved contribution; a further engagement is to be decided."""

    code, kind = "account-beyond-budget", "conflict"


class NothingToPrint(Refusal):
    """An unused minimum volume has no account by type to print."""

    code, kind = "account-nothing-to-print", "conflict"


class PlacesBound(Refusal):
    """Places bind the year by their tariffs: settled by costs as well, they would be paid twice."""

    code, kind = "account-places-bound", "conflict"


class SurplusNotAllowed(Refusal):
    """The unemployment insurance and the Bern agreements leave no surplus with the provider (AC2, B2)."""

    code, kind = "surplus-not-allowed", "unfit"


class SurplusShareUnfit(Refusal):
    """A share kept is 1 to 999 per thousand; kept or returned in full needs no share."""

    code, kind = "surplus-share-unfit", "unfit"


class SurplusToCarryOver(Refusal):
    """The AI's surplus goes to the profit carry-over account (CG 3.4)."""

    code, kind = "surplus-to-carry-over", "unfit"


class CarryOverNotAllowed(Refusal):
    """Only agreements of the AI have a profit carry-over account."""

    code, kind = "carry-over-not-allowed", "unfit"


class CarryOverPurpose(Refusal):
    """The carry-over offsets operating results of the agreement and serves nothing else (CG 3.4)."""

    code, kind = "carry-over-purpose", "unfit"


class CarryOverTransfer(Refusal):
    """The carry-over stays with its agreement: it is not moved to another unit."""

    code, kind = "carry-over-transfer", "unfit"


class CarryOverFloor(Refusal):
    """The account holds less than what is to be taken from it."""

    code, kind = "carry-over-floor", "conflict"


class CarryOverNothing(Refusal):
    """A result of zero moves nothing."""

    code, kind = "carry-over-nothing", "unfit"


class VolumeNotGuaranteed(Refusal):
    """No minimum volume is agreed for that line and year; only social aid guarantees one."""

    code, kind = "volume-not-guaranteed", "unfit"


class VolumeUsed(Refusal):
    """The guaranteed volume was used: nothing is due beside the statements."""

    code, kind = "volume-used", "conflict"


@dataclass(frozen=True, slots=True)
class Item:
    """A sum of one type of cost or revenue."""

    code: str
    amount: Chf
    revenue: bool = False
    administration: bool = False


@dataclass(frozen=True, slots=True)
class Attested:
    """The costs of a year as they count: administration beyond its limit is cut."""

    costs: Chf
    administration: Chf
    limit: Chf
    cut: Chf
    revenue: Chf

    @property
    def accepted(self) -> Chf:
        """The costs that count."""
        return self.costs - self.cut

    @property
    def need(self) -> Chf:
        """What the costs leave to be borne; all revenue is deducted in full (OACI 97)."""
        return max(self.accepted - self.revenue, Chf())


def attested(items: Iterable[Item], administration_permille: int) -> Attested:
    """The attested costs; administration counts up to so many per thousand of all other costs."""
    found = list(items)
    costs = Chf.total(one.amount for one in found if not one.revenue)
    administration = Chf.total(one.amount for one in found if one.administration)
    others = costs - administration
    limit = Chf.rounded(Fraction(others.centimes * administration_permille, _WHOLE))
    cut = max(administration - limit, Chf())
    return Attested(costs, administration, limit, cut, Chf.total(one.amount for one in found if one.revenue))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a year comes to: the subsidy, less what was paid, is paid (`balance`) or owed back (`reclaim`)."""

    attested: Attested
    agreed: Chf
    surplus: Chf
    kept: Chf
    excess: Chf
    subsidy: Chf
    paid: Chf
    balance: Chf
    reclaim: Chf


def settle(
    counted: Attested, agreed: Chf, paid: Chf, rule: SurplusRule, share_permille: int = 0
) -> Settlement:
    """What is owed for a year whose approved contribution was `agreed` and of which `paid` has gone out.

    Surplus is what the provider did not need of the contribution; the clause says how much of it stays.
    A reclaim is a receivable, never a negative line.
    """
    surplus, excess = max(agreed - counted.need, Chf()), max(counted.need - agreed, Chf())
    permille = {SurplusRule.RETURN: 0, SurplusRule.KEEP: _WHOLE}.get(rule, share_permille)
    kept = Chf.rounded(Fraction(surplus.centimes * permille, _WHOLE))
    subsidy = counted.need + kept
    return Settlement(
        counted, agreed, surplus, kept, excess, subsidy, paid,
        max(subsidy - paid, Chf()), max(paid - subsidy, Chf()),
    )  # fmt: skip


def item_faults(items: Iterable[Item], known: Iterable[str]) -> list[Refusal]:
    """What is wrong with the items of a budget or final account."""
    found, codes = list(items), set(known)
    names = [one.code for one in found]
    faults: list[Refusal] = [
        CostTypeUnknown(text=name, field="items")
        for name in dict.fromkeys(names)
        if name not in codes or names.count(name) > 1
    ]
    if not any(one.amount and not one.revenue for one in found):
        faults.append(NoCosts())
    return faults


def budget_faults(profile: Profile, items: Iterable[Item], known: Iterable[str]) -> list[Refusal]:
    """Every reason why a provider's budget cannot be entered like this."""
    found = list(items)
    faults = item_faults(found, known)
    if profile not in COST_PROFILES:
        faults.append(CostsNotSettled(profile=profile.value))
    if not faults and not contribution(found):
        faults.append(NothingContributed())
    return faults


def contribution(items: Iterable[Item]) -> Chf:
    """What the sector contributes by a budget: costs less all revenue, never below zero."""
    return max(Chf.total(-one.amount if one.revenue else one.amount for one in items), Chf())


def clause_faults(profile: Profile, rule: SurplusRule, share_permille: int) -> list[Refusal]:
    """Every reason why a clause on surplus cannot be agreed."""
    faults: list[Refusal] = []
    if profile is Profile.AI:
        faults.append(SurplusToCarryOver(field="rule"))
    elif profile in {Profile.AC, Profile.BE_POIAS} and rule is not SurplusRule.RETURN:
        faults.append(SurplusNotAllowed(field="rule"))
    if (rule is SurplusRule.SHARE) != (0 < share_permille < _WHOLE) or share_permille < 0:
        faults.append(SurplusShareUnfit(field="share_permille"))
    return faults


@dataclass(frozen=True, slots=True)
class Carried:
    """A movement of the profit carry-over: a year's result, positive or negative, and what it is for."""

    profile: Profile
    purpose: Purpose
    amount: Chf
    elsewhere: bool
    held: Chf


def carry_over_faults(wish: Carried) -> list[Refusal]:
    """Every reason why the profit carry-over cannot be moved like this (AI3)."""
    faults: list[Refusal] = []
    if wish.profile is not Profile.AI:
        faults.append(CarryOverNotAllowed(profile=wish.profile.value))
    if wish.purpose is not Purpose.OPERATING_RESULT:
        faults.append(CarryOverPurpose(field="purpose"))
    if wish.elsewhere:
        faults.append(CarryOverTransfer(field="to_agreement_ref"))
    if not wish.amount:
        faults.append(CarryOverNothing(field="amount"))
    if wish.held + wish.amount < Chf():
        faults.append(CarryOverFloor(held=wish.held, field="amount"))
    return faults
