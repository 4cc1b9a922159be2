"""Faults of a process or decision file: where, which, what was probably meant, in the reader's language.

A fault has a stable code and a sentence `problem.<code>` of the catalogues; a hint is a sentence
`problem.hint.<name>`, a place a sentence `problem.at.<name>`. Lawyers and social workers read them: French
first, German and English beside. Source: workflow.md §2, load-time checks.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cii.kernel.errors import Refusal
from cii.texts.speech import Saying, say, written

_FEW = 20
_SOUGHT = 20_000
"""Among words of more letters in all, none is sought: it would take longer than to read the file."""


class Mark(NamedTuple):
    """Where something stands in a file, both from 1; column 0 is the line as a whole."""

    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file: `file:line:column`, a stable code, a plain sentence, what was probably meant.

    `severity` is "error" (the file is not taken) or "warning" (a translation is missing).
    """

    file: str
    line: int
    code: str
    message: str
    suggestion: str | None = None
    severity: str = "error"
    column: int = 0

    @property
    def place(self) -> str:
        """`file:line:column`, as editors read it."""
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"

    def said(self, lang: str) -> str:
        """The whole fault in one line: place, severity when it is a warning, sentence, suggestion."""
        mild = f"{say('problem.warning', lang)} " if self.severity == "warning" else ""
        hint = f" {written(self.suggestion, lang)}" if self.suggestion else ""
        return f"{self.place}: {mild}{written(self.message, lang)}{hint}"

    def told(self, lang: str) -> dict[str, object]:
        """The fault for machines: file, line, column, code, text, suggestion, severity."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column or None,
            "code": self.code,
            "text": written(self.message, lang),
            "suggestion": written(self.suggestion, lang) if self.suggestion else None,
            "severity": self.severity,
        }

    def __str__(self) -> str:
        return self.said("fr")


class BrokenFile(Refusal):
    """A process or decision file that cannot be taken; `problems` lists every fault with its line."""

    code, kind = "definition-broken", "unfit"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = next((one for one in self.problems if one.severity == "error"), self.problems[0])
        super().__init__(file=first.file, line=first.line, message=first.message, count=len(self.problems))


def problem(
    file: str,
    at: Mark | int,
    code: str,
    hint: str | None = None,
    /,
    *,
    warning: bool = False,
    **facts: object,
) -> Problem:
    """A fault whose sentence is `problem.<code>`, filled with the facts."""
    mark = Mark(at) if isinstance(at, int) else at
    severity = "warning" if warning else "error"
    return Problem(file, mark.line, code, Saying(f"problem.{code}", **facts), hint, severity, mark.column)


def at(kind: str, name: str = "") -> Saying:
    """A place within a file in words: `at("stage", "plan")` is « Étape « plan » »."""
    return Saying(f"problem.at.{kind}", name=name)


def hint(name: str, **facts: object) -> Saying:
    """What was probably meant: the sentence `problem.hint.<name>`."""
    return Saying(f"problem.hint.{name}", **facts)


def example(text: str) -> Saying:
    """A hint that shows how it may be written."""
    return hint("example", text=text)


def did_you_mean(word: str, known: Iterable[str]) -> Saying | None:
    """A hint that names the nearest known word, or all of them when none is near and they are few."""
    words = sorted(set(known))
    if sum(map(len, words)) > _SOUGHT:
        return None
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    lower = {one.lower(): one for one in words}
    if near or word.lower() in lower:
        return hint("did-you-mean", word=near[0] if near else lower[word.lower()])
    return hint("known", words=", ".join(words)) if 0 < len(words) <= _FEW else None
