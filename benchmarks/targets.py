"""Every target by its name; later rooms add theirs here."""

from benchmarks import canton, decisions, engine, process, rows
from benchmarks.measure import Target

_ALL = [
    Target(
        "decision",
        "200 decisions, 12 rules × 10 inputs, with trace and input gate",
        "the same table as bare Python",
        3,
        decisions.decision,
    ),
    Target("decide-many", "100 000 persons decided", "5 seconds", 1, decisions.many),
    Target(
        "step",
        "ten answers of a network case, purely",
        "the same answers looked up in a dictionary",
        4,
        process.pure_step,
    ),
    Target(
        "step-sqlite",
        "an answer kept, on SQLite",
        "its statements raw in one transaction",
        1 / 0.6,
        rows.kept_sqlite,
    ),
    Target(
        "step-postgresql",
        "an answer kept, on PostgreSQL",
        "its statements raw in one transaction",
        1 / 0.6,
        rows.kept_postgresql,
    ),
    Target(
        "inbox-many", "the inbox among CII_BENCH_CASES cases", "its statement, raw", 2, rows.inbox_of_many
    ),
    Target("inbox-growth", "the inbox among ten times the cases", "among a tenth", 3, rows.inbox_growth),
    Target("load", "read and check all processes and tables", "1 second", 1, engine.load_all),
    Target("proof", "gaps and overlaps of 30 rules × 12 inputs", "200 milliseconds", 1, decisions.proof),
    Target("inbox", "the inbox of a unit", "its statement, raw", 2, canton.inbox_page),
    Target("case-list", "fifty cases as JSON, whole request", "raw fetch of fifty rows", 4, canton.case_list),
    Target("case-page", "the list of cases as a page", "the same list as JSON", 1.6, canton.case_page),
    Target(
        "reconcile",
        "a night's reconciliation",
        "bare sums over ledger and attendance",
        7,
        canton.reconciliation,
    ),
    Target("fold", "every process folded and compared", "reading all events", 10, canton.fold_of_all),
]
TARGETS = {target.name: target for target in _ALL}
