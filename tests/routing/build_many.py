"""A builder of many open cases at once: rows written in bulk, each with its triage, for what-if and its measure."""

import random
from datetime import timedelta
from itertools import islice

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from cii.workflow.tables import WfTable

FACTS = {
    "consent_or_basis": (True, True, True, False),
    "followed": (0, 1, 1, 2, 3),
    "may_owe": (0, 1, 1, 2),
    "age": tuple(range(16, 66)),
    "reinsertion_potential": ("none", "low", "medium", "high"),
    "in_perimeter": (True, True, False),
    "work_capacity": tuple(range(0, 101, 5)),
}
"""Values of the triage table's facts from which invented situations are drawn."""


def situations(count, seed=1):
    """So many invented situations, always the same for a seed."""
    chance = random.Random(seed)
    return [{name: chance.choice(values) for name, values in FACTS.items()} for _ in range(count)]


def many_open_cases(work, unit_id, count, seed=1):
    """So many open cases of that unit, each decided by the triage table in force, in a few statements."""
    triage = work.session.exec(
        select(WfTable.id).where(col(WfTable.name) == "triage").order_by(col(WfTable.version).desc())
    ).first()
    digits = "0123456789abcdefghjkmnpqrstvwxyz"

    def ref(kind, number):
        text = ""
        for _ in range(9):
            number, rest = divmod(number, 32)
            text = digits[rest] + text
        return kind + text

    at = work.now - timedelta(days=30)
    first = 900_000
    rows = {"person": [], "case_file": [], "wf_decision": []}
    for number, facts in enumerate(situations(count, seed)):
        id_ = first + number
        rows["person"].append({"id": id_, "ref": ref("p", id_), "created_at": at})
        rows["case_file"].append(
            {
                "id": id_,
                "ref": ref("c", id_),
                "number": f"Q-{id_}",
                "person_id": id_,
                "path": "everyday-cii",
                "opened_at": at,
                "opened_by_unit_id": unit_id,
                "lead_unit_id": unit_id,
                "restricted": False,
                "status": "open",
                "version": 1,
            }
        )
        rows["wf_decision"].append(
            {
                "id": id_,
                "ref": ref("d", id_),
                "table_id": triage,
                "subject": "person",
                "subject_id": id_,
                "person_id": id_,
                "inputs": facts,
                "sources": {},
                "outputs": {},
                "rules": [],
                "why": [],
                "digest": "0" * 64,
                "at": at,
            }
        )
    for name, values in rows.items():
        table, waiting = SQLModel.metadata.tables[name], iter(values)
        while part := list(islice(waiting, 5000)):
            work.session.connection().execute(insert(table), part)
    work.session.flush()
