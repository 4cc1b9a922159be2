"""What the budgets, the places and the files of the story say, and a planted difference."""

import hashlib
import json
from fractions import Fraction
from typing import Any

from sqlalchemy import text


def money(story: Any, *stages: str) -> dict[str, tuple[str, ...]]:
    """What LACI and SAS hold in these stages in 2026."""
    rows = story.finance.get("/budgets", year=2026)["items"]
    return {
        row["line"]: tuple(row[name] for name in stages) for row in rows if row["line"] in {"LACI", "SAS"}
    }


def places(story: Any, day: str = "2026-11-16") -> tuple[int, dict[str, int]]:
    """How many places of the measure are taken on a day, in all and by line."""
    rows = story.orp.get("/measures/capacity", day=day)["items"]
    taken = [one for one in rows if one["measure_code"] == "AT-01"]
    if not taken:
        return 0, {}
    return taken[0]["taken"], {one["line_code"]: one["taken"] for one in taken[0]["lines"]}


def plant(story: Any, measure: int, by: int) -> None:
    """Change the counter of a day behind the house's back."""
    with story.site.engine.begin() as connection:
        connection.execute(
            text("UPDATE measure_day SET taken = taken + :by WHERE measure_id = :id AND day = '2026-11-16'"),
            {"by": by, "id": measure},
        )


def round_centimes(exact: Fraction) -> int:
    """Half away from zero."""
    return int(exact + Fraction(1, 2))


def francs(centimes: int) -> str:
    return f"{centimes // 100}.{centimes % 100:02d}"


def fingerprint(data: object) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data, sort_keys=True).encode()
    return hashlib.sha256(raw).hexdigest()
