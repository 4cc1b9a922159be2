"""Refusals: a stable code and facts; never a sentence, never an HTTP status.

`wire.problems` maps `kind` to a status, `texts.say` maps `code` to a sentence in the reader's language.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

Kind = Literal[
    "unfit", "conflict", "forbidden", "unknown", "stale", "unmet", "malformed", "limited", "closed"
]
"""unfit 422 · conflict 409 · forbidden 403 · unknown 404 · stale 412 · unmet 428 · malformed 400
· limited 429 · closed 401."""


class Refusal(Exception):  # noqa: N818 - the word of the house for a decision that says no
    """A business decision that says no.

    `code` is the stable name of the reason (kebab-case; its sentence stands in the catalogues under
    `refusal.<code>`), `facts` the values that the sentence needs, `field` the input it concerns, if one.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = "unfit"

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.facts: Mapping[str, object] = facts

    @property
    def reasons(self) -> tuple["Refusal", ...]:
        """Each reason by itself; a simple refusal is its own and only reason."""
        return (self,)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


class Refusals(Refusal):
    """Several reasons at once: the reader learns all of them in one go.

    Takes the kind of its gravest reason (forbidden before conflict before unfit).
    """

    code = "refused"
    _gravity: ClassVar[tuple[Kind, ...]] = (
        "unknown", "closed", "forbidden", "limited", "stale", "unmet", "conflict", "malformed", "unfit",
    )  # fmt: skip

    def __init__(self, reasons: Iterable[Refusal]) -> None:
        super().__init__()
        self._reasons = tuple(one for reason in reasons for one in reason.reasons)
        if not self._reasons:
            raise ValueError("a refusal needs a reason")
        self.kind = min((reason.kind for reason in self._reasons), key=self._gravity.index)  # type: ignore[misc]

    @property
    def reasons(self) -> tuple[Refusal, ...]:
        """Each reason by itself, in the order found."""
        return self._reasons

    def __str__(self) -> str:
        return "; ".join(map(str, self._reasons))


def refuse(reasons: Iterable[Refusal]) -> None:
    """Raise all `reasons` together, or do nothing when there are none."""
    found = list(reasons)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


class UnknownThing(Refusal):
    """There is no such thing, or it is not yours to know that there is."""

    code, kind = "unknown", "unknown"


class NotAllowed(Refusal):
    """You see it, and this act is not yours."""

    code, kind = "not-allowed", "forbidden"
