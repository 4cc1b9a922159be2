"""Where the stages of a process lead: what can follow, what must, what comes back. Pure."""

from cii.workflow.definition import Definition, Stage


def exits(stage: Stage) -> tuple[str, ...]:
    """The stages that may come straight after this one, each once, in the order of the file."""
    timeout = [stage.timeout.to] if stage.timeout else []
    return tuple(dict.fromkeys([*(way.to for way in stage.next), *timeout]))


def reached(definition: Definition, start: str, without: str = "") -> frozenset[str]:
    """The stages to which a stage leads, over others or straight, as if `without` were not there."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for to in exits(definition.stages[todo.pop()]):
            if to not in found and to != without:
                found.add(to)
                todo.append(to)
    return frozenset(found)


def comes_back(definition: Definition, stage: Stage) -> bool:
    """Whether a stage may be entered again."""
    return stage.key in reached(definition, stage.key)


def certain(definition: Definition, start: str, key: str) -> bool:
    """Whether every way from a stage to an end leads through another one."""
    ends = {one.key for one in definition.stages.values() if one.end is not None}
    return start != key and not (reached(definition, start, without=key) & ends - {key})
