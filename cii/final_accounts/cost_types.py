"""The types of cost and revenue, as the file beside this module states them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from cii.final_accounts.vocabulary import Flow


@dataclass(frozen=True, slots=True)
class CostType:
    """One type of item; `administration`: it counts against the limit on administration costs."""

    code: str
    flow: Flow
    administration: bool


@cache
def cost_types() -> Mapping[str, CostType]:
    """The types by their code, in the order in which they are shown."""
    text = (Path(__file__).parent / "cost_types.yaml").read_text(encoding="utf-8")
    return {
        code: CostType(code, Flow(told["flow"]), told["administration"])
        for code, told in YAML(typ="safe").load(text).items()
    }
