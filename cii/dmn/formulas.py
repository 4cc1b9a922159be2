"""Decisions written as one simple expression instead of a table: `12 * salaire mensuel`.

Such a decision is a table of one rule that asks nothing, whose output is the expression; so it chains with
tables in both directions. A result of another kind than its declared type is no value (null).
Source: DMN 1.3 §7.3.1 (literal expression), §9 (S-FEEL), §10.3.2.9.4 (conversion to a type).
"""

from cii.decisions.domain import Domain
from cii.dmn.cells import fitting
from cii.dmn.decision_tables import Scope
from cii.dmn.feel import Expression, NotTaken, Values, compile_expression
from cii.dmn.model import DmnOutput, DmnRule
from cii.files.xml_reading import Node
from cii.texts.speech import Saying

FORMULA = "literalExpression"


def formula_of(logic: Node, scope: Scope, decision: Node) -> tuple[DmnOutput, DmnRule] | None:
    """The output and the one rule of a decision by expression; one that cannot be taken is a fault."""
    try:
        made = compile_expression(logic.words(), scope.known)
    except NotTaken as no:
        said = Saying("problem.dmn.formula", name=decision.label, why=no.said)
        scope.reader.fault(logic.line, "not-taken", said, no.suggestion)
        return None
    name, domain = decision.get("name"), scope.own.domain
    held = _of_kind(made, domain) if domain is not None and not scope.own.collection else made
    output = DmnOutput(name, domain or Domain("text"), None, decision.get("label"), decision.line)
    return output, DmnRule("R1", (), (held,), "r1", {}, logic.line)


def _of_kind(made: Expression, domain: Domain) -> Expression:
    def run(values: Values) -> object:
        return fitting(made.run(values), domain)

    return Expression(made.text, made.names, run)
