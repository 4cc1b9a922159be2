"""Templates that others import: made once for a page; of the bundle `parts/ui.html` what it asks for."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jinja2 import Template, nodes
from jinja2.environment import TemplateModule

BUNDLE = "parts/ui.html"
"""All parts behind one name: it imports their files and says which macro is of which."""


class Part(Template):
    """A template whose macros are made once for a page, however many of its parts import them."""

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - Jinja's name
        shared: bool = False,  # noqa: FBT001, FBT002 - Jinja's way
        locals: Mapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> TemplateModule:
        """The macros as this page holds them; without a page, made anew."""
        known = vars or {}
        made: dict[str, TemplateModule] = known.get("parts_made", {})
        name = self.name or ""
        if name not in made:
            made[name] = Bundle(self, known) if name == BUNDLE else super().make_module(vars, shared, locals)
        return made[name]

    @cached_property
    def homes(self) -> dict[str, str]:
        """Each name that the bundle sets → the file of its macro."""
        loader: Any = self.environment.loader
        tree = self.environment.parse(loader.get_source(self.environment, BUNDLE)[0])
        files: dict[str, str] = {one.target: _said(one.template) for one in tree.find_all(nodes.Import)}
        found: dict[str, str] = {}
        for one in tree.find_all(nodes.Assign):
            names, macros = _all(one.target), _all(one.node)
            found |= {name.name: files[macro.node.name] for name, macro in zip(names, macros, strict=True)}
        return found


class Bundle(TemplateModule):
    """The bundle on a page: the file of a part is made when the page first asks for one of its macros."""

    def __init__(self, part: Part, known: dict[str, Any]) -> None:
        """Stand for what the bundle sets."""
        self.__name__ = part.name
        self._part, self._known = part, known

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a macro
        """The macro of that name; refuses AttributeError."""
        if name not in self._part.homes:
            raise AttributeError(name)
        home: Any = self._part.environment.get_template(self._part.homes[name])
        macro = self.__dict__[name] = getattr(home.make_module(self._known, shared=True), name)
        return macro


def _all(node: Any) -> list[Any]:  # noqa: ANN401 - one name or several
    return node.items if isinstance(node, nodes.Tuple) else [node]


def _said(node: Any) -> str:  # noqa: ANN401 - a constant
    return str(node.value)
