"""Counts over cases that a reader may not see: told so that no draft, nor two of them, single out a case.

Pure. A crafted draft could count the cases of one age, or two drafts differ by one case: what is told of
closed cases is a lower bound, a multiple of five, whose slack hangs on which cases they are. Who tries many
drafts still learns tendencies: what-if needs a permit of its own and stands in the journal.
Source: product.md §7.
"""

from dataclasses import dataclass
from hashlib import blake2b

STEP = 5
"""Cases that the reader may not see are told in steps of so many, and not at all below."""


@dataclass(slots=True)
class Tally:
    """Cases counted one after another: those the reader may see, the others, and which these are (`mark`)."""

    seen: int = 0
    closed: int = 0
    mark: int = 0

    def add(self, ref: str, *, seen: bool) -> None:
        """Count a case by its reference, which is random."""
        if seen:
            self.seen += 1
        else:
            self.closed += 1
            self.mark ^= int(ref, 36)

    @property
    def cases(self) -> int:
        """All of them; not for the reader's eyes."""
        return self.seen + self.closed

    @property
    def at_least(self) -> int:
        """So many at least: the seen ones exactly, of the closed ones `least`."""
        return self.seen + least(self.closed, self.mark)


def least(closed: int, mark: int) -> int:
    """A multiple of five that is not above `closed` and at most eight below; the same for the same cases.

    A slack of 0 to 4 drawn from `mark` is taken off before rounding down, so that one case more or less never
    shows for certain: of two sets that differ by one case the larger may be told as the smaller.
    """
    slack = blake2b(f"{closed} {mark}".encode(), digest_size=4).digest()
    return max(0, closed - int.from_bytes(slack) % STEP) // STEP * STEP
