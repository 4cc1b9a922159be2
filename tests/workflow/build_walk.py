"""One process walked by the pure step alone, with units that hold every role of the network."""

from datetime import UTC, datetime
from pathlib import Path

from cii.kernel.calendar import WorkingDays
from cii.workflow import events as ev
from cii.workflow.definition import parse
from cii.workflow.machine import step

FILES = Path(__file__).parents[2] / "workflows"
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
CALENDAR = WorkingDays("NE")
ROLES = {
    "lead": ("ORP",), "AC": ("ORP",), "AI": ("OAI",), "AS": ("GSR",), "physician": ("SMR",), "coordination": ("GC",),
    "partner": ("OAI", "GSR"), "sending": ("ORP",), "receiving": ("GSR",), "SFPO": ("OCOSP",), "announcing": ("ORP",),
    "requesting": ("ORP",), "provider": ("Atelier",), "respondent": ("SEMP",), "steering": ("GP",),
}  # fmt: skip
CII = parse((FILES / "reseau-cii.yaml").read_text("utf-8"), "reseau-cii.yaml")


class Walk:
    """One process under test: keeps the state and all records."""

    def __init__(self, definition=CII, roles=ROLES, now=NOW):
        self.definition, self.roles, self.now, self.state, self.records = definition, roles, now, None, []
        self.do(ev.Start())

    def do(self, event, **facts):
        found = step(self.definition, self.state, event, facts, self.now, CALENDAR, self.roles)
        self.state = found.state
        self.records += found.records
        self.effects = found.effects
        return self

    def done(self, task, outcome, **more):
        return self.do(ev.TaskDone(task, outcome, **more))

    def open(self):
        return {(task.key, task.unit) for task in self.state.open_tasks}

    def assessed(self):
        self.done("take_lead", "accept")
        for task in ("grid_ac", "grid_ai", "grid_as", "medical"):
            self.done(task, "done")
        return self.done("sign", "signed")

    def followed(self):
        self.assessed().done("propose", "proposed")
        return self.done("agree", "agree").done("agree", "agree")


def by(*roles, unit=None):
    return ev.By(frozenset(roles), frozenset({unit} if unit else ()))
