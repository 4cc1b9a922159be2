"""Where the elements of a BPMN process lie: stages in one column, tasks in rows, ways on tracks to the right.

Inside a stage, columns follow the order of the flow and each task has a row of its own. Pure; pixels.
"""

from itertools import pairwise

from cii.drawing.bpmn_shapes import ROUND, TASK_HEIGHT, Flow, Node, Point, Sketch

_LEFT, _TOP, _GAP, _BETWEEN = 200, 160, 56, 90
_PAD, _HEAD, _ROOM = 30, 50, 240
_TRACK, _LEAST = 16, 150
_BELL, _DROP = 84, 44


def place(sketch: Sketch) -> None:
    """Give every node its place and every flow its points."""
    stages = [one for one in sketch.within("") if one.id.startswith("stage_") and _is_stage(one)]
    for box in stages:
        if box.tag == "subProcess":
            _inside(sketch, box)
    _outside(sketch, stages)


def _is_stage(node: Node) -> bool:
    return node.tag == "subProcess" or (node.tag == "endEvent" and not node.inside)


def _inside(sketch: Sketch, box: Node) -> None:
    """The nodes of a stage, first with the box at the origin."""
    held = [one for one in sketch.within(box.id) if not one.on and not one.under]
    ranks = _ranks(sketch, held)
    columns: dict[int, int] = {}
    for one in held:
        columns[ranks[one.id]] = max(columns.get(ranks[one.id], 0), one.width)
    starts, x = {}, _PAD
    for rank in sorted(columns):
        starts[rank] = x
        x += columns[rank] + _GAP
    rows = list(dict.fromkeys(one.row for one in held if one.row)) or [""]
    y, tops = _HEAD, {}
    for row in rows:
        tops[row] = y
        y += _row_height(sketch, box, row)
    tops.setdefault("", tops[rows[0]])
    for one in held:
        one.x = starts[ranks[one.id]] + (columns[ranks[one.id]] - one.width) // 2
        one.y = tops[one.row] + (TASK_HEIGHT - one.height) // 2
    _hang(sketch, box)
    box.width = max(x - _GAP + _PAD, 240)
    box.height = max(y + _PAD - 10, _LEAST)


def _ranks(sketch: Sketch, held: list[Node]) -> dict[str, int]:
    """The column of each node: the longest way to it, back flows left out."""
    order = {one.id: at for at, one in enumerate(held)}
    ranks = dict.fromkeys(order, 0)
    for _ in held:
        for flow in sketch.flows:
            if flow.source in order and flow.target in order and not _back(sketch, flow):
                ranks[flow.target] = max(ranks[flow.target], ranks[flow.source] + 1)
    return ranks


def _back(sketch: Sketch, flow: Flow) -> bool:
    """Whether a flow leads back to the event at which a discretionary task waits."""
    target = sketch.nodes[flow.target]
    waits = target.tag == "intermediateCatchEvent" and target.row
    return bool(waits) and sketch.nodes[flow.source].row == target.row


def _row_height(sketch: Sketch, box: Node, row: str) -> int:
    mine = [one for one in sketch.within(box.id) if one.row == row]
    if any(one.on for one in mine):
        return _BELL + ROUND // 2 + _DROP + ROUND + 60
    return TASK_HEIGHT + (100 if any(one.under for one in mine) else 40)


def _hang(sketch: Sketch, box: Node) -> None:
    """Boundary events on the lower edge of their task, and what stands beneath another element."""
    seen: dict[str, int] = {}
    for one in sketch.within(box.id):
        if one.on:
            host = sketch.nodes[one.on]
            one.x = host.x + 8 + seen.get(host.id, 0) * 100
            one.y = host.bottom - ROUND // 2
            seen[host.id] = seen.get(host.id, 0) + 1
    for one in sketch.within(box.id):
        if one.under:
            above = sketch.nodes[one.under]
            one.x = above.x + (above.width - one.width) // 2
            one.y = above.bottom + _DROP


def _outside(sketch: Sketch, stages: list[Node]) -> None:
    start, begin = sketch.nodes["start"], sketch.nodes["begin"]
    start.x, start.y = 60, 60
    begin.x, begin.y = _LEFT - 42, 48
    gate_x = _LEFT + max(one.width for one in stages) + 70
    rule_x = gate_x + 50 + _ROOM
    y = _TOP
    for box in stages:
        rules = [one for one in sketch.within("") if one.id.startswith(f"{box.id}_decide_")]
        dx, dy = _LEFT - box.x, y - box.y
        box.x, box.y = _LEFT, y
        for one in sketch.within(box.id):
            one.x, one.y = one.x + dx, one.y + dy
        high = max(box.height, _HEAD + len(rules) * 110)
        gate = sketch.nodes.get(f"{box.id}_next")
        if gate:
            gate.x, gate.y = gate_x, box.middle - gate.height // 2
        for at, rule in enumerate(rules):
            rule.x, rule.y = rule_x, y + _HEAD + at * 110
        bell = sketch.nodes.get(f"{box.id}_timeout")
        if bell:
            bell.x, bell.y = box.right - 60, box.bottom - ROUND // 2
        y += high + _BETWEEN
    for flow in sketch.flows:
        if flow.inside:
            flow.points = _inner_points(sketch, flow)
    _tracks(sketch, stages, rule_x)


def _inner_points(sketch: Sketch, flow: Flow) -> tuple[Point, ...]:
    source, target = sketch.nodes[flow.source], sketch.nodes[flow.target]
    if target.under == source.id:
        middle = source.x + source.width // 2
        return (middle, source.bottom), (middle, target.y)
    skips = source.row == target.row and source.row and target.x - source.right > 2 * _GAP
    if skips or _back(sketch, flow):
        over = source.middle - TASK_HEIGHT // 2 - 14
        first, last = source.x + source.width // 2, target.x + target.width // 2
        return (first, source.y), (first, over), (last, over), (last, target.y)
    if source.middle == target.middle:
        return (source.right, source.middle), (target.x, target.middle)
    gathers = len(sketch.incoming(target)) > 1 or not target.row
    bend = target.x - 20 if gathers else source.right + 20
    return (
        (source.right, source.middle),
        (bend, source.middle),
        (bend, target.middle),
        (target.x, target.middle),
    )


def _tracks(sketch: Sketch, stages: list[Node], rule_x: int) -> None:
    """The ways between stages: straight down to the next one, else over a track of their own."""
    below = {one.id: two.id for one, two in pairwise(stages)}
    owner = {f"{one.id}_next": one.id for one in stages} | {one.id: one.id for one in stages}
    ruled = any(one.tag == "businessRuleTask" for one in sketch.nodes.values())
    track = rule_x + (250 if ruled else 30)
    for flow in sketch.flows:
        source, target = sketch.nodes[flow.source], sketch.nodes[flow.target]
        if flow.inside:
            continue
        if flow.source == "start" or target.id.endswith("_next"):
            flow.points = ((source.right, source.middle), (target.x, target.middle))
        elif target.tag == "businessRuleTask":
            bend = target.x - 20
            flow.points = (
                (source.right, source.middle), (bend, source.middle), (bend, target.middle),
                (target.x, target.middle),
            )  # fmt: skip
        elif below.get(owner.get(flow.source, "")) == target.id or (
            flow.source == "begin" and target is stages[0]
        ):
            flow.points = _down(source, target)
        else:
            flow.points = _around(source, target, track)
            track += _TRACK


def _down(source: Node, target: Node) -> tuple[Point, ...]:
    entry = target.x + ROUND // 2
    if source.tag == "subProcess":
        return (entry, source.bottom), (entry, target.y)
    leave = source.x + source.width // 2
    turn = target.y - 30
    return (leave, source.bottom), (leave, turn), (entry, turn), (entry, target.y)


def _around(source: Node, target: Node, track: int) -> tuple[Point, ...]:
    entry = target.middle if target.tag == "endEvent" else target.y + 20
    last = ((track, entry), (target.right, entry))
    if source.tag == "boundaryEvent":
        leave, turn = source.x + ROUND // 2, source.bottom + 18
        return (leave, source.bottom), (leave, turn), (track, turn), *last
    if source.tag == "subProcess":
        low = source.bottom - 20
        return (source.right, low), (track, low), *last
    return (source.right, source.middle), (track, source.middle), *last
