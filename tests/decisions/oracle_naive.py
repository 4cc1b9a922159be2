"""A decision file read as a person would: its Markdown rows, cell by cell, by a parser of its own."""

import operator
import re
from decimal import Decimal

ORDER = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
INTERVAL = re.compile(r"([\[(\]])(\S+?)\.\.(\S+?)([\])\[])")


class Naive:
    """The rows of a decision file as they stand there, each cell tried in turn."""

    def __init__(self, text):
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in text.splitlines()
            if line.startswith("|")
        ]
        self.policy = re.search(r"^hit_policy: (\w)", text, re.MULTILINE)[1]
        front = text.split("\noutputs:")[0].split("\ninputs:")[1]
        asked = re.findall(r"^  (\w+):", front, re.MULTILINE)
        header = rows[0]
        assert header[1 : 1 + len(asked)] == asked
        self.inputs, self.outputs, self.rows = asked, header[1 + len(asked) : -1], rows[2:]

    def decide(self, facts):
        """The rule that holds and its outputs: the first one of F, the only one of U."""
        hits = [row for row in self.rows if self._holds(row, facts)]
        assert hits, facts
        assert self.policy == "F" or (self.policy == "U" and len(hits) == 1), hits
        row = hits[0]
        said = row[1 + len(self.inputs) : -1]
        return row[0], {
            name: one.strip('"') if one[0] == '"' else one == "yes"
            for name, one in zip(self.outputs, said, strict=True)
        }

    def _holds(self, row, facts):
        cells = row[1 : 1 + len(self.inputs)]
        return all(meets(cell, facts[name]) for name, cell in zip(self.inputs, cells, strict=True))


def meets(cell, value):  # noqa: PLR0911 - a line per form
    """Whether a value meets a cell of numbers, texts or yes and no."""
    if cell == "-":
        return True
    if found := re.fullmatch(r"not\((.*)\)", cell):
        return not meets(found[1], value)
    if "," in cell:
        return any(meets(part.strip(), value) for part in cell.split(","))
    if found := INTERVAL.fullmatch(cell):
        low, high = Decimal(found[2]), Decimal(found[3])
        above = value >= low if found[1] == "[" else value > low
        return above and (value <= high if found[4] == "]" else value < high)
    if found := re.fullmatch(r"(<=|>=|<|>)\s*(\S+)", cell):
        return ORDER[found[1]](value, Decimal(found[2]))
    if cell in {"yes", "no"}:
        return value is (cell == "yes")
    return value == (cell.strip('"') if cell.startswith('"') else Decimal(cell))
