"""Commands over the decision tables: check, decide, explain."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cii.cli.files import findings, tables_in
from cii.cli.rules_facts import facts_of, in_json, is_file, published, read_file, table_facts, usable
from cii.cli.telling import DONE, FINDINGS, Told
from cii.kernel.errors import Refusal
from cii.store.settings import Settings
from cii.texts.speech import refusal, say, written


def rules_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check the decision tables in workflows/decisions: form, gaps, overlaps, what is still to be written."""
    from cii.decisions.proof import prove  # noqa: PLC0415
    from cii.dmn.markdown import to_complete  # noqa: PLC0415

    found: list[Any] = []
    count = 0
    for table, problems in tables_in(asked.folder or settings.workflows_dir):
        count += 1
        found += problems
        if table is not None and prove(table).status == "gaps":
            found.append(f"{table.id} v{table.version}: {len(prove(table).gaps)} gap(s)")
        if table is not None and (open_places := to_complete(table)):
            found.append(say("rules.to-complete", "fr", table=table.id, places=", ".join(open_places)))
    return findings(found, count)


@usable
def rules_eval(asked: argparse.Namespace, settings: Settings) -> Told:
    """Decide by a .dmn file, a decision file or a published table; facts in JSON or as name=value.

    Facts bear the names of the inputs, exactly: {"Age": 18, "Applicant": {"Monthly Income": 0.35}, "From":
    "2026-10-15"}. With --json the answer is {"decisions": {NAME: {"status": …, "result": …}}}: the result is
    a value, an object of the outputs, or a list of either; the status is decided, no-rule, missing-facts
    (with "missing"), refused or not-taken (with "reasons"). Facts that cannot be taken: {"reasons": […]}.
    """
    facts = facts_of(asked)
    if is_file(asked.table) and Path(asked.table).suffix.lower() != ".md":
        return _by_model(asked, facts)
    table = _table(asked, settings)
    status: str = "decided"
    decision: Any = None
    data: dict[str, Any] = {}
    one: dict[str, Any]
    try:
        decision = _decided(table, facts)
    except Refusal as no:
        status = "missing-facts" if no.code == "missing-facts" else "refused"
        data = {"reasons": _reasons(no, asked.lang)}
    if decision is None:
        one = {"status": status, "result": None, "outputs": {}, "rules": [], "why": [], **data}
        lines = [reason["text"] for reason in data["reasons"]]
        told = {"table": table.id, "version": table.version, **data, "decisions": {table.id: one}}
        return Told(lines, in_json(told), FINDINGS)
    said = decision.explain(asked.lang)
    lines = [f"{name} = {written(value, asked.lang)}" for name, value in decision.outputs.items()]
    one = {
        "status": status,
        "result": _result(table, decision),
        "outputs": decision.outputs,
        "results": decision.results,
        "rules": decision.rules,
        "why": said,
    }
    head = {"table": table.id, "version": table.version, "outputs": decision.outputs}
    return Told([*lines, *said], in_json({**head, "decisions": {table.id: one}}))


def _table(asked: argparse.Namespace, settings: Settings) -> Any:  # noqa: ANN401 - a Table
    from cii.decisions.rulebook import parse_table  # noqa: PLC0415
    from cii.files.reading import decoded  # noqa: PLC0415

    if is_file(asked.table):
        name = Path(asked.table).name
        return parse_table(decoded(read_file(Path(asked.table)), name), name)
    return published(asked, settings, asked.table)


def _decided(table: Any, facts: Mapping[str, object]) -> Any:  # noqa: ANN401 - a Table, a Decision
    from cii.decisions.decision import decide  # noqa: PLC0415
    from cii.decisions.matching import STEPS, matcher  # noqa: PLC0415

    matcher(table).allow(STEPS)
    return decide(table, table_facts(table, facts))


def _result(table: Any, decision: Any) -> object:  # noqa: ANN401 - a Table, a Decision
    from cii.decisions.decision import SEVERAL  # noqa: PLC0415

    alone = len(table.outputs) == 1
    rows = [next(iter(one.values())) if alone else one for one in decision.results]
    return rows if table.hit_policy in SEVERAL else rows[0] if rows else None


def _reasons(no: Refusal, lang: str) -> list[dict[str, Any]]:
    return [{"code": one.code, "field": one.field, "text": refusal(one, lang)} for one in no.reasons]


def _by_model(asked: argparse.Namespace, facts: Mapping[str, object]) -> Told:
    from cii.dmn.deciding import answers  # noqa: PLC0415
    from cii.dmn.reading import read_dmn  # noqa: PLC0415
    from cii.files.problems import BrokenFile  # noqa: PLC0415

    try:
        model = read_dmn(read_file(Path(asked.table)), Path(asked.table).name)
        found = answers(model, facts, asked.decision, asked.lang)
    except BrokenFile as broken:
        faults = [one.told(asked.lang) for one in broken.problems]
        said = [one.said(asked.lang) for one in broken.problems]
        return Told(said, in_json({"reasons": faults}), FINDINGS)
    except Refusal as no:
        reasons = _reasons(no, asked.lang)
        return Told([one["text"] for one in reasons], in_json({"reasons": reasons}), FINDINGS)
    decisions: dict[str, Any] = {}
    lines: list[str] = []
    if asked.decision is None:
        for name, refused in model.refused.items():
            why = written(refused, asked.lang)
            decisions[name] = {
                "status": "not-taken",
                "result": None,
                "outputs": {},
                "rules": [],
                "reason": why,
                "reasons": [{"code": "decision-not-taken", "field": None, "text": why}],
            }
            lines.append(f"{name} : {why}")
    for answer in found.values():
        if asked.decision is None or answer.decision in asked.decision:
            names = [one.name for one in (model.decision(answer.decision) or _NOTHING).outputs]
            one = decisions[answer.decision] = _told(answer, names, asked.lang)
            why_not = "; ".join(reason["text"] for reason in one.get("reasons", []))
            lines += [
                f"{answer.decision} = {why_not or _shown(answer.result)}",
                *(f"  {why}" for why in answer.why),
            ]
    fine = all(one["status"] in {"decided", "no-rule"} for one in decisions.values())
    return Told(lines, in_json({"decisions": decisions}), DONE if fine else FINDINGS)


class _NOTHING:
    outputs: tuple[Any, ...] = ()


def _told(answer: Any, names: list[str], lang: str) -> dict[str, Any]:  # noqa: ANN401 - a DmnAnswer
    first = answer.result[0] if isinstance(answer.result, list) and answer.result else answer.result
    outputs = first if isinstance(first, Mapping) else dict.fromkeys(names[:1], first)
    told = {
        "status": answer.status,
        "result": answer.result,
        "outputs": outputs if answer.status in {"decided", "no-rule"} else {},
        "rules": answer.rules,
        "why": answer.why,
    }
    if answer.missing:
        told["missing"] = answer.missing
    if answer.refusal is not None:
        told["reasons"] = _reasons(answer.refusal, lang)
    return told


def _shown(value: object) -> str:
    from cii.decisions.domain import shown  # noqa: PLC0415

    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    return f"[{'; '.join(map(_shown, value))}]" if isinstance(value, list) else shown(value)


@usable
def rules_explain(asked: argparse.Namespace, settings: Settings) -> Told:
    """Show rule by rule how a table judges the facts, and which facts would change the answer."""
    facts = facts_of(asked)
    if is_file(asked.table) and Path(asked.table).suffix.lower() != ".md":
        from cii.dmn.deciding import tables_for  # noqa: PLC0415
        from cii.dmn.reading import read_dmn  # noqa: PLC0415

        model = read_dmn(read_file(Path(asked.table)), Path(asked.table).name)
        every = tables_for(model, facts, asked.decision)
    else:
        table = _table(asked, settings)
        every = {table.id: (table, table_facts(table, facts))}
    told = {name: _explained(table, known, asked.lang) for name, (table, known) in every.items()}
    lines = [line for name, one in told.items() for line in (f"# {name}", *_lines(one, asked.lang))]
    return Told(lines, in_json({"decisions": told}))


def _explained(table: Any, facts: Mapping[str, Any], lang: str) -> dict[str, Any]:  # noqa: ANN401 - a Table
    from cii.decisions.decision import counterfactual, decide, trace  # noqa: PLC0415
    from cii.decisions.matching import STEPS, matcher  # noqa: PLC0415

    matcher(table).allow(STEPS)
    rules = [
        {
            "rule": one.rule,
            "verdict": one.verdict,
            "cells": [
                {"input": c.input, "verdict": c.verdict, "required": c.required, "observed": c.observed}
                for c in one.cells
            ],
            "outputs": one.outputs,
        }
        for one in trace(table, facts)
    ]
    told: dict[str, Any] = {"rules": rules, "outputs": None, "why": [], "changes": []}
    try:
        made = decide(table, facts)
        said = [one for one in made.explain(lang) if one not in made.why]
        told |= {"outputs": made.outputs, "why": said, "hit": made.rules}
        told["changes"] = [
            {
                "input": c.input,
                "observed": c.observed,
                "needed": c.needed,
                "example": c.example,
                "outputs": c.outputs,
            }
            for c in counterfactual(table, facts)
        ]
    except Refusal as no:
        told["reasons"] = _reasons(no, lang)
    return told


_VERDICTS = {
    "holds": "rules.verdict.holds",
    "fails": "rules.verdict.fails",
    "missing": "rules.verdict.missing",
}


def _lines(told: Mapping[str, Any], lang: str) -> list[str]:
    found = []
    for rule in told["rules"]:
        found.append(f"{rule['rule']} : {say(_VERDICTS[rule['verdict']], lang)}")
        for cell in rule["cells"]:
            mark = {"holds": "+", "fails": "-", "missing": "?"}[cell["verdict"]]
            seen = "" if cell["verdict"] == "missing" else f" ({_shown(cell['observed'])})"
            found.append(f"  {mark} {cell['input']} {cell['required']}{seen}")
    if told["outputs"] is not None:
        found.append(f"= {_shown(told['outputs'])}")
    found += [f"  {one}" for one in told["why"]] + [one["text"] for one in told.get("reasons", [])]
    for one in told["changes"]:
        then = _shown(one["outputs"]) if one["outputs"] else say("rules.no-rule", lang)
        found.append(say("rules.change", lang, input=one["input"], needed=one["needed"], then=then))
    return found
