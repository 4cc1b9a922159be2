"""Nodes and flows of a BPMN process before they are written: what they mean and where they lie, in pixels.

Pure. `y` grows downwards; positions are those of the whole drawing, as BPMN DI wants them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

Point = tuple[int, int]

ROUND, DIAMOND = 36, 50
TASK_WIDTH, TASK_HEIGHT = 180, 84


@dataclass(slots=True)
class Node:
    """An element of the process; `inside` is its sub-process, `on` the activity on whose edge it sits.

    `event`: timer, signal or terminate, with its `value`; `many`: one instance per unit of that role. `row`
    and `under` are for the drawing: the task in whose row it stands, the element beneath which it stands.
    """

    id: str
    tag: str
    name: str = ""
    docs: tuple[str, ...] = ()
    inside: str = ""
    on: str = ""
    interrupting: bool = True
    event: str = ""
    value: str = ""
    role: str = ""
    many: str = ""
    script: str = ""
    default: str = ""
    row: str = ""
    under: str = ""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0

    @property
    def middle(self) -> int:
        """Half its height, from the top of the drawing."""
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def round(self) -> bool:
        """Whether it is an event."""
        return self.tag.endswith("Event")

    def size(self) -> None:
        """Take the usual size of its kind; a sub-process gets its own from what it holds."""
        if self.round:
            self.width = self.height = ROUND
        elif self.tag.endswith("Gateway"):
            self.width = self.height = DIAMOND
        elif self.tag == "scriptTask":
            self.width, self.height = 120, 60
        else:
            self.width, self.height = TASK_WIDTH, TASK_HEIGHT


@dataclass(slots=True)
class Flow:
    """An arrow from a node to another, taken when `condition` holds; `points` is its way in the drawing."""

    source: str
    target: str
    name: str = ""
    condition: str = ""
    inside: str = ""
    points: tuple[Point, ...] = ()
    id: str = ""


@dataclass(slots=True)
class Sketch:
    """A process on its way to BPMN: nodes by id, flows, variables, signals."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def add(self, node: Node) -> Node:
        """Take a node in, with the size of its kind."""
        node.size()
        self.nodes[node.id] = node
        return node

    def link(self, source: Node, target: Node, name: str = "", condition: str = "") -> Flow:
        """An arrow between two nodes of one level."""
        flow = Flow(source.id, target.id, name, condition, source.inside, id=f"flow_{len(self.flows) + 1}")
        self.flows.append(flow)
        return flow

    def outgoing(self, node: Node) -> list[Flow]:
        """The arrows that leave a node."""
        return [one for one in self.flows if one.source == node.id]

    def incoming(self, node: Node) -> list[Flow]:
        """The arrows that come to a node."""
        return [one for one in self.flows if one.target == node.id]

    def settle(self) -> None:
        """Where a gateway asks, its arrow without condition is the default."""
        for node in self.nodes.values():
            out = self.outgoing(node)
            plain = [one for one in out if not one.condition]
            if node.tag == "exclusiveGateway" and len(out) > 1 and plain:
                node.default = plain[0].id

    def within(self, parent: str) -> Iterator[Node]:
        """The nodes of a level, in the order in which they were made."""
        return (one for one in self.nodes.values() if one.inside == parent)
