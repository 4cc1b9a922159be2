"""The one table of the checks: each finding with its indication, for whom, how grave, where it is mended.

A demand of the guide blocks a signature only where a law, a model contract (`by_law`) or the canton (the
dated number `guide_binds_<profile>`) makes it binding; elsewhere it is a warning, to be justified.
Source: product.md §3, §4; 000 §4.1-4.3 (which indications the guide lists for whom).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cii.agreements.vocabulary import Instrument, Profile
from cii.conformity.vocabulary import Chapter, Place, Severity

E, W, C = Severity.ERROR, Severity.WARNING, Severity.CHECK
AC, AI, AS, FR, BE = Profile.AC, Profile.AI, Profile.AS, Profile.FR_IAE, Profile.BE_POIAS
GUIDE = frozenset(map(str, range(1, 45)))


def _span(*parts: tuple[int, int]) -> frozenset[str]:
    return frozenset(str(one) for first, last in parts for one in range(first, last + 1))


APPLIES: Mapping[Profile, frozenset[str]] = {
    AC: _span((3, 15), (18, 18), (21, 42), (44, 44)),
    AI: _span((3, 13), (26, 37), (40, 41), (43, 44)),
    AS: GUIDE,
    FR: GUIDE,
    BE: GUIDE,
}
"""The indications that the guide lists for each payer; social aid, and whoever follows it, all of them."""

OF_INSTRUMENT: Mapping[Instrument, frozenset[str]] = {
    Instrument.AGREEMENT: GUIDE,
    Instrument.FRAMEWORK: GUIDE,
    Instrument.SUBSIDY_DECISION: GUIDE - _span((1, 1), (44, 44)),
    Instrument.COOPERATION: _span((2, 2), (4, 7), (13, 13)),
    Instrument.CASE_BY_CASE: _span((2, 2), (5, 5), (13, 13), (24, 24), (35, 35)),
}
"""What the lighter instruments owe: a decision is not negotiated, cooperation buys no service (000 §4.1)."""


@dataclass(frozen=True)
class Line:
    """A finding in the table; `only`: the profiles for which a rule of theirs exists."""

    indication: str
    kind: Severity
    place: Place
    by_law: frozenset[Profile] = frozenset()
    only: frozenset[Profile] = frozenset()


def _guide(indication: int, kind: Severity, place: Place, *by_law: Profile) -> Line:
    return Line(str(indication), kind, place, frozenset(by_law))


def _rule(name: str, kind: Severity, place: Place, *only: Profile) -> Line:
    return Line(name, kind, place, frozenset(only if kind is E else ()), frozenset(only))


TABLE: Mapping[str, Line] = {
    "pages-outside": _guide(1, W, Place.WHOLE),
    "legal-basis-missing": _guide(2, E, Place.BASES),
    "reference-without-version": _guide(2, E, Place.BASES),
    "concept-without-version": _guide(2, E, Place.SERVICES),
    "goal-not-reported": _guide(3, E, Place.REPORTS),
    "bought-without-offer": _guide(3, E, Place.SERVICES),
    "offer-not-bought": _guide(3, E, Place.SERVICES),
    "bought-without-price": _guide(3, E, Place.TARIFFS),
    "expectations": _guide(4, C, Place.AIMS),
    "goals-missing": _guide(5, E, Place.GOALS),
    "goal-without-wording": _guide(5, E, Place.GOALS),
    "goal-without-owner": _guide(5, E, Place.GOALS),
    "goals-too-many": _guide(5, W, Place.GOALS),
    "level-missing": _guide(6, E, Place.GOALS),
    "levels-mixed": _guide(6, E, Place.GOALS),
    "integration-goal-missing": _guide(7, E, Place.GOALS),
    "main-goals-several": _guide(8, W, Place.GOALS),
    "requirements": _guide(9, C, Place.AIMS),
    "indicators-too-many": _guide(10, W, Place.GOALS),
    "target-missing": _guide(11, E, Place.GOALS),
    "minimum-beyond": _guide(11, E, Place.GOALS),
    "interruptions-unchosen": _guide(11, E, Place.GOALS),
    "goal-without-indicator": _guide(12, E, Place.GOALS),
    "offer-without-target-group": _guide(13, E, Place.SERVICES),
    "risk-unsaid": _guide(14, E, Place.VOLUME),
    "risk-guarantee-unset": _guide(14, E, Place.VOLUME),
    "risk-month-not-in-tariff": _guide(14, E, Place.TARIFFS),
    "risk-none-unjustified": _guide(14, E, Place.VOLUME),
    "responsibilities": _guide(15, C, Place.VOLUME),
    "price-covers-part": _guide(16, W, Place.PRICE),
    "fixed-costs-unknown": _guide(16, W, Place.PRICE),
    "extras-undeclared": _guide(17, E, Place.PRICE),
    "extras-contradict": _guide(17, E, Place.PRICE),
    "extra-without-price": _guide(17, E, Place.PRICE),
    "extras-not-uniform": _guide(17, E, Place.PRICE),
    "adjustment-unsaid": _guide(18, E, Place.VOLUME),
    "retention-unsaid": _guide(18, E, Place.VOLUME),
    "reserves": _guide(19, C, Place.SURPLUS),
    "surplus-unsaid": _guide(20, E, Place.SURPLUS),
    "surplus-fully-deducted": _guide(20, E, Place.SURPLUS),
    "surplus-for-profit": _guide(20, E, Place.SURPLUS),
    "surplus-without-purpose": _guide(20, E, Place.SURPLUS),
    "labels-accepted": _guide(21, C, Place.PRINCIPLES),
    "label-expired": _guide(21, W, Place.PROVIDER),
    "standard-without-equivalent": _guide(22, W, Place.PRINCIPLES),
    "extra-rules": _guide(23, C, Place.PRINCIPLES),
    "information-missing": _guide(24, E, Place.PRINCIPLES),
    "information-without-deadline": _guide(24, E, Place.PRINCIPLES),
    "absence-reported-late": _guide(24, E, Place.PRINCIPLES),
    "information-too-much": _guide(24, W, Place.PRINCIPLES),
    "general-duties": _guide(25, C, Place.PRINCIPLES),
    "priorities-unsaid": _guide(26, E, Place.EVALUATION),
    "goal-without-rank": _guide(26, E, Place.GOALS),
    "goal-without-weight": _guide(26, E, Place.GOALS),
    "weights-not-whole": _guide(26, E, Place.GOALS),
    "basic-unsaid": _guide(26, W, Place.GOALS),
    "missed-unsaid": _guide(27, E, Place.EVALUATION),
    "incentive-unwritten": _guide(28, E, Place.EVALUATION),
    "incentive-not-computable": _guide(28, E, Place.EVALUATION),
    "incentive-without-scheme": _guide(28, E, Place.EVALUATION),
    "report-serves-nothing": _guide(29, E, Place.REPORTS),
    "report-serves-unknown": _guide(29, E, Place.REPORTS),
    "report-duplicated": _guide(30, W, Place.REPORTS),
    "report-form-unset": _guide(31, E, Place.REPORTS),
    "reports-missing": _guide(32, E, Place.REPORTS),
    "list-not-closed": _guide(32, E, Place.REPORTS),
    "report-without-deliverable": _guide(32, E, Place.REPORTS),
    "deliverable-without-date": _guide(32, E, Place.OWED),
    "deliverable-without-content": _guide(32, E, Place.REPORTS),
    "deliverable-late": _guide(32, W, Place.OWED),
    "template-missing": _guide(33, W, Place.REPORTS),
    "template-changed": _guide(33, W, Place.REPORTS),
    "data-graveyard": _guide(34, W, Place.REPORTS),
    "figures-twice": _guide(34, W, Place.REPORTS),
    "individual-reports": _guide(35, C, Place.REPORTS),
    "talks-unset": _guide(36, E, Place.TALKS),
    "talks-without-purpose": _guide(36, E, Place.TALKS),
    "visits": _guide(37, C, Place.TALKS),
    "term-short": _guide(38, W, Place.WHOLE),
    "notice-short": _guide(38, W, Place.WHOLE),
    "changes-in-term": _guide(38, W, Place.TERM),
    "termination-unsaid": _guide(38, W, Place.TERM),
    "renewal-differs": _guide(39, W, Place.TERM),
    "criterion-not-in-call": _guide(40, E, Place.EVALUATION),
    "criterion-not-published": _guide(40, E, Place.CALL),
    "criterion-left-out": _guide(40, W, Place.EVALUATION),
    "award-unsaid": _guide(40, W, Place.CALL),
    "document-differs": _guide(41, W, Place.SERVICES),
    "call-missing": _guide(42, E, Place.CALL),
    "call-lacks": _guide(42, E, Place.CALL),
    "direct-unpublished": _guide(43, E, Place.CALL),
    "never-negotiated": _guide(44, E, Place.NEGOTIATION),
    "ac-item-missing": _rule("AC1", E, Place.WHOLE, AC),
    "ac-price-not-costs": _rule("AC2", E, Place.PRICE, AC),
    "ac-surplus-kept": _rule("AC2", E, Place.SURPLUS, AC),
    "ac-repayment-unsaid": _rule("AC3", W, Place.PRICE, AC),
    "ac-for-profit": _rule("AC5", E, Place.PROVIDER, AC),
    "ac-competition-unexcluded": _rule("AC5", E, Place.PRINCIPLES, AC),
    "ac-control-unsaid": _rule("AC8", E, Place.PRINCIPLES, AC),
    "ac-new-rights": _rule("AC8", E, Place.PRINCIPLES, AC),
    "ac-attestation-missing": _rule("AC8", W, Place.PROVIDER, AC),
    "ac-attestation-old": _rule("AC8", W, Place.PROVIDER, AC),
    "ac-notice-unusual": _rule("AC9", W, Place.WHOLE, AC),
    "ai-model-missing": _rule("AI1", E, Place.BASES, AI),
    "ai-conditions-missing": _rule("AI1", E, Place.BASES, AI),
    "ai-not-flat-rate": _rule("AI2", E, Place.PRICE, AI),
    "ai-surplus-not-carried": _rule("AI3", E, Place.SURPLUS, AI),
    "ai-not-open-ended": _rule("AI4", E, Place.WHOLE, AI),
    "ai-notice-differs": _rule("AI4", E, Place.WHOLE, AI),
    "ai-price-old": _rule("AI5", W, Place.TARIFFS, AI),
    "ai-guarantee": _rule("AI6", E, Place.VOLUME, AI),
    "ai-criterion-missing": _rule("AI7", E, Place.EVALUATION, AI),
    "ai-report-missing": _rule("AI7", E, Place.REPORTS, AI),
    "ai-purpose-missing": _rule("AI7", E, Place.TALKS, AI),
    "as-law-missing": _rule("AS1", W, Place.BASES, AS),
    "as-wages-unfit": _rule("AS1", W, Place.PRICE, AC),
    "fr-axis-missing": _rule("FR1", E, Place.INSERTION, FR),
    "fr-opinion-missing": _rule("FR1", E, Place.INSERTION, FR),
    "fr-opinion-unfavourable": _rule("FR1", W, Place.INSERTION, FR),
    "fr-funders-missing": _rule("FR1", W, Place.INSERTION, FR),
    "fr-means-missing": _rule("FR1", W, Place.INSERTION, FR),
    "fr-signatory-missing": _rule("FR1", E, Place.PARTIES, FR),
    "fr-trajectory-missing": _rule("FR1", E, Place.INSERTION, FR),
    "fr-trajectory-low": _rule("FR1", W, Place.INSERTION, FR),
    "fr-positive-unsaid": _rule("FR1", W, Place.INSERTION, FR),
    "fr-former-results": _rule("FR2", C, Place.TERM, FR),
    "be-categories-missing": _rule("B1", W, Place.OUTCOME_PAY, BE),
    "be-content-missing": _rule("B1", W, Place.OUTCOME_PAY, BE),
    "be-subcontracting-unsaid": _rule("B1", W, Place.OUTCOME_PAY, BE),
    "be-reserves": _rule("B2", E, Place.SURPLUS, BE),
    "be-referral-unsaid": _rule("B3", W, Place.OUTCOME_PAY, BE),
}
"""Each finding by its code, in the order in which it is shown."""

ORDER: Mapping[str, int] = {code: number for number, code in enumerate(TABLE)}

_CHAPTERS = (
    (4, Chapter.FORM), (13, Chapter.AIMS), (20, Chapter.MONEY), (25, Chapter.DELIVERY),
    (28, Chapter.EVALUATION), (37, Chapter.REPORTS), (39, Chapter.TERM), (44, Chapter.AWARD),
)  # fmt: skip
_PROFILE_CHAPTERS = {"AC": Chapter.AC, "AI": Chapter.AI, "AS": Chapter.AS, "FR": Chapter.FR, "B": Chapter.BE}


def chapter_of(indication: str) -> Chapter:
    """The chapter of the guide, or the profile, to which an indication belongs."""
    if indication.isdigit():
        return next(chapter for last, chapter in _CHAPTERS if int(indication) <= last)
    return _PROFILE_CHAPTERS[indication.rstrip("0123456789")]


def severity_of(code: str, profile: Profile, instrument: Instrument, *, binding: bool) -> Severity | None:
    """How grave a finding is in an agreement of this profile and instrument; None where it does not apply."""
    line = TABLE[code]
    if line.only:
        return line.kind if profile in line.only else None
    if line.indication not in APPLIES[profile] or line.indication not in OF_INSTRUMENT[instrument]:
        return None
    if line.kind is not E or binding or profile in line.by_law:
        return line.kind
    return W
