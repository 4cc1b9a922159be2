"""Draws told stages as SVG: boxes in one column, ways on lanes at their right. Pure; pixels.

All ways to one stage share a lane and enter at its title; a way to the stage below is the arrow between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from cii.drawing.lettering import wrapped
from cii.drawing.signs import sign
from cii.drawing.telling import Line, StageStep

NARROW = 352
"""The width that a telephone of 390 pixels shows in full size."""
_EDGE, _PAD, _GAP, _LANE = 3, 12, 30, 9
_SIZE, _SMALL, _TITLE = 14, 13, 16
_ROW, _LOW, _HIGH = 19, 17, 21


@dataclass(slots=True)
class Box:
    """A stage on the canvas: its height, the row of each way out of it, its markup."""

    step: StageStep
    top: int
    bottom: int = 0
    ports: list[tuple[int, Line]] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)

    @property
    def entry(self) -> int:
        """Where ways from elsewhere come in."""
        return self.top + 22


class Canvas:
    """A drawing in the making."""

    def __init__(self, steps: Sequence[StageStep], width: int) -> None:
        self.width, self.steps = width, steps
        self.wide = width >= 2 * NARROW - 20
        lanes = self._lanes_needed()
        self.right = width - _EDGE - (14 + _LANE * lanes if lanes else 0)
        self.boxes: list[Box] = []
        y = _EDGE
        for step in steps:
            box = self._box(step, y)
            self.boxes.append(box)
            y = box.bottom + _GAP
        self.height = y - _GAP + _EDGE
        self.arrows = self._arrows()

    def whole(self, name: str) -> str:
        """One SVG."""
        body = "".join(part for box in self.boxes for part in box.markup)
        return self._svg(name, 0, self.height, body)

    def pieces(self, name: str) -> list[str]:
        """One for each stage, to stand one under another: paper breaks between two stages, never within one.

        The first carries the name; the others are silent for a screen reader, which has the list.
        """
        middles = [(one.bottom + two.top) // 2 for one, two in pairwise(self.boxes)]
        cuts = zip([0, *middles], [*middles, self.height], self.boxes, strict=True)
        return [
            self._svg(name if top == 0 else "", top, bottom, "".join(box.markup)) for top, bottom, box in cuts
        ]

    def _svg(self, name: str, top: int, bottom: int, body: str) -> str:
        told = f"<title>{escape(name)}</title>" if name else ""
        part = 'role="img"' if name else 'aria-hidden="true"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wf" {part} viewBox="0 {top} {self.width}'
            f' {bottom - top}" width="{self.width}" height="{bottom - top}" font-family="Arial, Helvetica,'
            f" 'Liberation Sans', 'Segoe UI', Roboto, sans-serif\" font-size=\"{_SIZE}\">"
            f"{told}{self.arrows}{body}</svg>"
        )

    # Boxes

    def _box(self, step: StageStep, top: int) -> Box:
        box = Box(step, top)
        inner = self.right - _EDGE - 2 * _PAD
        y = top + 10
        y = self._text(box, step.title, _PAD + 22, y, inner - 22, kind="title")
        if step.stand_text:
            y = self._text(box, step.stand_text, _PAD + 22, y, inner - 22, kind="state")
        if step.share is not None:
            y = self._bar(box, step.share, y, inner)
        for note in step.notes:
            y = self._text(box, note, _PAD + 22, y, inner - 22, kind="note")
        if step.tasks:
            y = self._rule(box, y)
        for line in step.tasks:
            y = self._task(box, line, y, inner)
        if step.ways:
            y = self._rule(box, y)
        for line in step.ways:
            first = y + _ROW // 2
            box.markup.append(_arrowhead(_EDGE + _PAD + 12, first, "wf-point"))
            box.markup.append(
                f'<path class="wf-dash" d="M{_EDGE + _PAD} {first}h10" stroke="currentColor"'
                f' stroke-width="{2 if line.taken else 1}"/>'
            )
            box.ports.append((first, line))
            y = self._text(box, line.text, _PAD + 22, y, inner - 22, kind="way", strong=line.taken)
        box.bottom = y + 8
        box.markup.insert(0, self._frame(box))
        if step.stand:
            box.markup.insert(1, sign(step.stand, _EDGE + _PAD + 7, top + 21))
        box.markup.append("</g>")
        return box

    def _frame(self, box: Box) -> str:
        stand = box.step.stand or "plain"
        thick = {"current": 2.5, "overdue": 2.5, "suspended": 2.5}.get(stand, 1.2)
        dashed = ' stroke-dasharray="5 4"' if stand in {"ahead", "possible", "skipped"} else ""
        return (
            f'<g class="wf-stage wf-{stand}"><rect class="wf-box" x="{_EDGE}" y="{box.top}" rx="6"'
            f' width="{self.right - _EDGE}" height="{box.bottom - box.top}" fill="none" stroke="currentColor"'
            f' stroke-width="{thick}"{dashed}/>'
        )

    def _task(self, box: Box, line: Line, y: int, inner: int) -> int:
        """A task: on a wide drawing its notes stand beside it, else beneath."""
        if line.stand:
            box.markup.append(sign(line.stand, _EDGE + _PAD + 7, y + _ROW // 2 + 1, small=True))
        left = _PAD + 22
        if not self.wide:
            y = self._text(box, line.text, left, y, inner - 22, kind="task")
            for note in line.notes:
                y = self._text(box, note, left, y, inner - 22, kind="note")
            return y + 6
        split = (inner - 22) * 45 // 100
        low = self._text(box, line.text, left, y, split - 14, kind="task")
        beside = y
        for note in line.notes:
            beside = self._text(box, note, left + split, beside, inner - 22 - split, kind="note")
        return max(low, beside) + 6

    def _text(
        self, box: Box, said: str, x: int, y: int, room: int, *, kind: str, strong: bool = False
    ) -> int:
        """A paragraph; returns where the next one begins."""
        size, row = {"title": (_TITLE, _HIGH), "note": (_SMALL, _LOW)}.get(kind, (_SIZE, _ROW))
        bold = kind == "title" or strong
        face = ' font-weight="bold"' if bold else ""
        face += f' font-size="{size}"' if size != _SIZE else ""
        for line in wrapped(said, room, size, bold=bold):
            box.markup.append(
                f'<text class="wf-{kind}" x="{_EDGE + x}" y="{y + row - 5}" fill="currentColor"{face}>'
                f"{escape(line)}</text>"
            )
            y += row
        return y

    def _rule(self, box: Box, y: int) -> int:
        box.markup.append(
            f'<path class="wf-rule" d="M{_EDGE + _PAD} {y + 6}H{self.right - _PAD}" stroke="currentColor"'
            ' stroke-opacity=".3"/>'
        )
        return y + 12

    def _bar(self, box: Box, share: float, y: int, inner: int) -> int:
        long = round((inner - 22) * min(max(share, 0), 1), 1)
        x = _EDGE + _PAD + 22
        box.markup.append(
            f'<rect class="wf-track" x="{x}" y="{y + 4}" width="{inner - 22}" height="8" fill="none"'
            ' stroke="currentColor" stroke-opacity=".35"/>'
        )
        if long:
            box.markup.append(
                f'<rect class="wf-bar" x="{x}" y="{y + 4}" width="{long}" height="8" fill="currentColor"/>'
            )
        return y + 18

    # Ways

    def _lanes_needed(self) -> int:
        """How many lanes the ways need at the most: as many as overlap somewhere, in rows of the list."""
        return len(set(_lanes(self._spans(list(range(len(self.steps))))).values()))

    def _spans(self, rows: Sequence[int]) -> dict[str, tuple[int, int]]:
        """For each stage that is reached over a lane: from where to where the lane runs."""
        order = {one.key: at for at, one in enumerate(self.steps)}
        found: dict[str, list[int]] = {}
        for at, step in enumerate(self.steps):
            for line in step.ways:
                to = order.get(line.to)
                if to is not None and to != at + 1:
                    found.setdefault(line.to, [rows[to]]).append(rows[at])
        return {key: (min(held), max(held)) for key, held in found.items()}

    def _arrows(self) -> str:
        """Every way: an arrow to the stage below, or a lane."""
        lanes = _lanes(self._spans(list(range(len(self.steps)))))
        order = {box.step.key: at for at, box in enumerate(self.boxes)}
        found = []
        for at, box in enumerate(self.boxes):
            for port, line in box.ports:
                to = order.get(line.to)
                if to is None:
                    continue
                thick = 2.5 if line.taken else 1.2
                state = " wf-taken" if line.taken else ""
                pen = f'fill="none" stroke="currentColor" stroke-width="{thick}"'
                if to == at + 1:
                    middle = _EDGE + _PAD + 30
                    path = f"M{middle} {box.bottom}V{self.boxes[to].top - 1}"
                    head = _arrowhead(middle, self.boxes[to].top - 1, "wf-point", down=True)
                else:
                    x = self.right + 12 + _LANE * lanes[line.to]
                    entry = self.boxes[to].entry
                    path = f"M{self.right} {port}H{x}V{entry}H{self.right + 2}"
                    head = _arrowhead(self.right + 1, entry, "wf-point", back=True)
                found.append(f'<path class="wf-arrow{state}" d="{path}" {pen}/>{head}')
        return "".join(found)


def _lanes(spans: dict[str, tuple[int, int]]) -> dict[str, int]:
    """A lane for each target, the short ones inside; two that meet never share one."""
    held: list[list[tuple[int, int]]] = []
    found = {}
    for key, (first, last) in sorted(spans.items(), key=lambda one: (one[1][1] - one[1][0], one[1])):
        at = next(
            (n for n, lane in enumerate(held) if all(last < a or b < first for a, b in lane)), len(held)
        )
        if at == len(held):
            held.append([])
        held[at].append((first, last))
        found[key] = at
    return found


def _arrowhead(x: int, y: int, kind: str, *, down: bool = False, back: bool = False) -> str:
    if down:
        path = f"M{x - 5} {y - 8}L{x} {y}L{x + 5} {y - 8}z"
    elif back:
        path = f"M{x + 8} {y - 5}L{x} {y}L{x + 8} {y + 5}z"
    else:
        path = f"M{x - 4} {y - 4}L{x + 3} {y}L{x - 4} {y + 4}z"
    return f'<path class="{kind}" d="{path}" fill="currentColor"/>'
