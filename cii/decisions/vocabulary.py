"""Words of the decision tables: what a table does with the rules that hold.

Source: DMN 1.3 §8.2.10.
"""

from enum import StrEnum


class HitPolicy(StrEnum):
    """What a decision table does with the rules that hold (DMN 1.3 §8.2.10)."""

    UNIQUE = "U"
    ANY = "A"
    FIRST = "F"
    PRIORITY = "P"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"
    SUM = "C+"
    MIN = "C<"
    MAX = "C>"
    COUNT = "C#"
