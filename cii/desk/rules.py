"""Pure decisions of the desk: whom a note names, how loaded somebody is, who has room, whom news concern."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cii.kernel.errors import Refusal


class NotOfYourUnit(Refusal):
    """The account has no seat in a unit of yours."""

    code, kind = "not-of-your-unit", "unfit"


class AbsentIsSubstitute(Refusal):
    """Nobody stands in for themselves."""

    code, kind = "absent-is-substitute", "unfit"


class SubstitutionDates(Refusal):
    """A substitution ends on its first day or later, and not before today."""

    code, kind = "substitution-dates", "unfit"


class SubstitutionMeets(Refusal):
    """Somebody else stands in on some of these days already."""

    code, kind = "substitution-meets", "conflict"


class SubstitutionOver(Refusal):
    """The substitution has ended or was revoked."""

    code, kind = "substitution-over", "conflict"


class NotStandingIn(Refusal):
    """You stand in for nobody to whom this task is assigned."""

    code, kind = "not-standing-in", "forbidden"


class PercentOutOfRange(Refusal):
    """A released share lies between 0 and 100 percent."""

    code, kind = "percent-out-of-range", "unfit"


class FilterNameTaken(Refusal):
    """You have a filter of that name for this list."""

    code, kind = "filter-name-taken", "conflict"


class FilterEmpty(Refusal):
    """A saved filter has a name and says what it filters."""

    code, kind = "filter-empty", "unfit"


class NewsIncomplete(Refusal):
    """A change of the law is told in French, German and English."""

    code, kind = "news-incomplete", "unfit"


class NewsWithdrawn(Refusal):
    """The publisher has withdrawn this news."""

    code, kind = "news-withdrawn", "conflict"


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in split if not unicodedata.combining(one))


def mentioned(text: str, members: Mapping[int, str]) -> frozenset[int]:
    """The members whom a text names after an @: by the whole name, or by a part of it that is one person's.

    Accents and case are ignored. `members`: account → name.
    """
    names = {id_: _plain(name) for id_, name in members.items()}
    parts: dict[str, set[int]] = {}
    for id_, name in names.items():
        for part in name.split():
            parts.setdefault(part, set()).add(id_)
    found: set[int] = set()
    for said in _plain(text).split("@")[1:]:
        whole = {id_ for id_, name in names.items() if _begins(said, name)}
        word = next(iter(said.split()), "").strip(".,;:!?()«»\"'")
        one = parts.get(word, set())
        found |= whole or (one if len(one) == 1 else set())
    return frozenset(found)


def _begins(said: str, name: str) -> bool:
    after = said[len(name) : len(name) + 1]
    return said.startswith(name) and not after.isalnum()


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carries: open cases led, open and late tasks, the released part of a full position."""

    account_id: int
    name: str
    cases: int
    tasks: int
    late: int
    percent: int
    absent: bool = False

    @property
    def per_position(self) -> Fraction | None:
        """Cases led for a full position; None when no time is released."""
        return Fraction(self.cases * 100, self.percent) if self.percent else None


def by_room(loads: Iterable[Load]) -> list[Load]:
    """Who has most room comes first; who is absent or has no time released comes last."""

    def order(one: Load) -> tuple[bool, Fraction, int, str]:
        none = one.per_position is None
        return (one.absent or none, one.per_position or Fraction(one.cases), one.tasks, one.name)

    return sorted(loads, key=order)


def proposed(loads: Sequence[Load]) -> Load | None:
    """Who is proposed for the next case or task: most room, present, with time released."""
    first = next(iter(by_room(loads)), None)
    return first if first is not None and not first.absent and first.percent else None


def concerns(roles: Collection[str], institutions: Collection[str], seats: Iterable[tuple[str, str]]) -> bool:
    """Whether a news concerns somebody with these seats (role, institution's code); empty: everybody."""
    return any(
        (not roles or role in roles) and (not institutions or institution in institutions)
        for role, institution in seats
    )
