"""Every target by its name; later rooms add theirs here."""

from benchmarks import engine
from benchmarks.measure import Target

_ALL = [
    Target(
        "decision",
        "200 decisions with trace and input gate",
        "the same table as bare Python",
        3,
        engine.decision,
    ),
    Target("step", "200 pure steps of the network's process", "a dictionary look-up", 4, engine.pure_step),
    Target("load", "read and check all processes and tables", "1 second", 1, engine.load_all),
    Target("proof", "gaps and overlaps of the triage table", "200 milliseconds", 1, engine.proof),
]
TARGETS = {target.name: target for target in _ALL}
