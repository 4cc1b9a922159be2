"""Words of the allocation: the parts of a suitability mark, and where a place stands for a case."""

from enum import StrEnum


class Part(StrEnum):
    """What a suitability mark is made of."""

    TARGET_GROUP = "target_group"
    REGION = "region"
    LANGUAGE = "language"
    AVAILABILITY = "availability"
    PRICE = "price"


class Access(StrEnum):
    """Whether a place can be had; the order of the words is the order of the list."""

    OPEN = "open"
    FULL = "full"
    UNPAYABLE = "unpayable"
    MISSING_FACTS = "missing_facts"
    UNDECIDED = "undecided"
    CLOSED = "closed"


class PinKind(StrEnum):
    """What was decided of a case before the round is solved."""

    TAKEN = "taken"
    REFUSED = "refused"


class Who(StrEnum):
    """How a policy decides who gets a place; where is always decided by suitability."""

    STRICT_RANK = "strict_rank"
    CLASS_THEN_SUITABILITY = "class_then_suitability"
    MAX_PERSONS = "max_persons"


class Engine(StrEnum):
    """Which procedure made an allocation."""

    FLOW = "flow"
    MILP = "milp"
    GREEDY = "greedy"
    REFERENCE = "reference"


class RankProof(StrEnum):
    """Whether the choice of persons is proven to be the best one in rank order."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    NOT_ASKED = "not_asked"


class Left(StrEnum):
    """Why a case has no place.

    `together`: a place and money are there, but not together with everybody of better rank.
    """

    NO_OPTION = "no_option"
    EXCLUDED = "excluded"
    PLACES = "places"
    BUDGET = "budget"
    TOGETHER = "together"
    SUITABILITY = "suitability"


class Bar(StrEnum):
    """What stands between a case and one of its options.

    `worse`: it is worth no more than the place the case has. `together`: it is free and paid, but all
    together come out better otherwise.
    """

    HELD = "held"
    DECISION = "decision"
    WORSE = "worse"
    QUOTA = "quota"
    PLACES = "places"
    MONEY = "money"
    TOGETHER = "together"


class NeedKind(StrEnum):
    """What a case without a place would have needed; `decision`: that a refusal be lifted."""

    DECISION = "decision"
    QUOTA = "quota"
    PLACE = "place"
    MONEY = "money"


class Conflict(StrEnum):
    """On what pins contradict each other."""

    TWO_PLACES = "two_places"
    TAKEN_AND_REFUSED = "taken_and_refused"
    NOT_ADMISSIBLE = "not_admissible"
    QUOTA = "quota"
    PLACES = "places"
    BUDGET = "budget"


class Flaw(StrEnum):
    """What a verifier can find wrong with an allocation."""

    OTHER_PROBLEM = "other_problem"
    CASES = "cases"
    NOT_ADMISSIBLE = "not_admissible"
    QUOTA = "quota"
    PLACES = "places"
    BUDGET = "budget"
    PIN = "pin"
    OBJECTIVE = "objective"
    BOUND = "bound"
    TIGHT_SET = "tight_set"
    REASON = "reason"
    WASTE = "waste"
    ENVY = "envy"
    RANK = "rank"
    PERSONS = "persons"
