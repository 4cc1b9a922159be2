"""Every target by its name; later rooms add theirs here."""

from benchmarks import (
    beside,
    canton,
    contention,
    decisions,
    engine,
    explained,
    finding,
    journal,
    ledger,
    lists,
    outcomes,
    places,
    process,
    quarter,
    rights,
    rows,
    search,
    storage,
    streams,
    whatif,
)
from benchmarks.measure import Target
from cii.allocation.vocabulary import Who

_ALL = [
    Target(
        "decision",
        "a decision, 12 rules × 10 inputs, with trace and input gate",
        "the same table as bare Python",
        3,
        decisions.decision,
        decisions.DECISIONS,
    ),
    Target(
        "decision-zen",
        "the same decision",
        "zen-engine as its documentation begins",
        1 / 10,
        beside.decision_zen,
        decisions.DECISIONS,
    ),
    Target(
        "decision-zen-kept",
        "the same decision",
        "zen-engine at its fastest, compiled and kept",
        1 / 2,
        beside.decision_zen_kept,
        decisions.DECISIONS,
    ),
    Target(
        "decision-spiff",
        "the same decision",
        "SpiffWorkflow on our DMN export",
        1 / 10,
        beside.decision_spiff,
        decisions.DECISIONS,
    ),
    Target("decide-many", "100 000 persons decided", "5 seconds", 1, decisions.many),
    Target("proof", "gaps and overlaps of 30 rules × 12 inputs", "200 milliseconds", 1, decisions.proof),
    Target(
        "what-if", "a draft over 100 000 open cases, reading included", "10 seconds", 1, whatif.whole_canton
    ),
    Target("load", "read, check and prove all processes and tables", "1 second", 1, engine.load_all),
    Target(
        "step",
        "an answer of a network case, purely",
        "the same answer looked up in a dictionary",
        4,
        process.pure_step,
        process.ANSWERS,
    ),
    Target(
        "step-spiff",
        "the same answer, purely",
        "SpiffWorkflow on our BPMN export",
        1 / 10,
        beside.step_spiff,
        process.ANSWERS,
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
        "inbox-many",
        "the inbox's query among 100 000 cases (--large: a million)",
        "its statement on the driver",
        2,
        rows.inbox_of_many,
    ),
    Target(
        "inbox-page",
        "the page as objects, with labels and mark",
        "its statement on the driver",
        5,
        rows.inbox_whole,
    ),
    Target("inbox-growth", "the inbox among ten times the cases", "among a tenth", 3, rows.inbox_growth),
    Target("inbox", "the inbox's query for a unit of the demo", "its statement, raw", 2, canton.inbox_page),
    Target(
        "storage",
        "a case of 8 tasks and 14 events, indexes included",
        "3 KB (why more: benchmarks/storage.py)",
        1.5,
        storage.storage,
        unit="bytes",
    ),
    Target("fold", "every process folded and compared", "reading all events", 10, canton.fold_of_all),
    Target("case-list", "fifty cases, from the query to JSON", "its statement, raw", 4, canton.case_list),
    Target(
        "case-request",
        "fifty cases as JSON, whole request",
        "its statements raw, journal on the disk",
        4,
        canton.case_request,
    ),
    *(
        Target(name, f"{what} as JSON, whole request", "its statements raw, journal on the disk", 4, sides)
        for name, what, sides in (
            ("person-request", "persons of a name", lists.persons),
            ("detection-request", "fifty detected persons", lists.detections),
            ("referral-request", "fifty referrals", lists.referrals),
            ("journal-request", "fifty entries of the journal", lists.journal),
        )
    ),
    Target("case-page", "the list of cases as a page", "the same list as JSON", 1.6, canton.case_page),
    Target("search-sqlite", "the slowest search among 100 000 cases", "50 milliseconds", 1, search.on_sqlite),
    Target(
        "search-postgresql",
        "the slowest search among 100 000 cases",
        "50 milliseconds",
        1,
        search.on_postgresql,
    ),
    Target("audit-verify", "200 000 entries of the journal verified", "2 seconds", 1, journal.verified),
    Target(
        "person-file",
        "a person's file of a thousand events, as JSON and as PDF",
        "60 seconds",
        1,
        rights.person_file_of_many,
    ),
    Target(
        "quarter-sqlite",
        "a quarter's figures over 100 000 cases and a million days of attendance",
        "its statements raw",
        1.05,
        quarter.figures_sqlite,
    ),
    Target("quarter-postgresql", "the same", "its statements raw", 1.05, quarter.figures_postgresql),
    Target(
        "quarter-issue-sqlite",
        "the same as a freeze does it: rows kept, values checked, eleven files",
        "its statements raw",
        3,
        quarter.whole_sqlite,
    ),
    Target("quarter-issue-postgresql", "the same", "its statements raw", 3, quarter.whole_postgresql),
    Target(
        "reconcile",
        "a night's reconciliation",
        "bare sums over ledger and attendance",
        7,
        canton.reconciliation,
    ),
    Target(
        "reconcile-sqlite",
        f"{ledger.LINES} lines compared, SQLite",
        "the raw statements",
        1.15,
        ledger.statements_sqlite,
    ),
    Target(
        "reconcile-sum-sqlite", f"{ledger.LINES} lines compared, SQLite", "one bare sum", 7, ledger.sum_sqlite
    ),
    Target(
        "reconcile-postgresql",
        f"{ledger.LINES} lines compared, PostgreSQL",
        "the raw statements",
        1.15,
        ledger.statements_postgresql,
    ),
    Target(
        "reconcile-sum-postgresql",
        f"{ledger.LINES} lines compared, PostgreSQL",
        "one bare sum",
        7,
        ledger.sum_postgresql,
    ),
    *(
        Target(
            f"reconcile-growth{name}", f"{ledger.LINES} lines compared, {said}", "a fifth of them", 5.5, sides
        )
        for name, said, sides in (
            ("", "SQLite", ledger.growth_sqlite),
            ("-postgresql", "PostgreSQL", ledger.growth_postgresql),
        )
    ),
    *(
        Target(name, what, limit, 1 / 0.6, sides)
        for name, what, limit, sides in (
            (
                "contention",
                f"a place, quota and money, {contention.HANDS} processes",
                "one statement by hand under pgbench",
                contention.guarded,
            ),
            (
                "contention-driver",
                f"a place, quota and money, {contention.HANDS} processes",
                "the same statement through the driver, as many processes",
                contention.driven,
            ),
            (
                "contention-whole",
                f"the whole act of placing, {contention.HANDS} processes",
                "one statement by hand under pgbench",
                contention.whole,
            ),
        )
    ),
    Target(
        "outcome-simulation",
        f"pay by outcome simulated on {outcomes.CLIENTS} clients",
        "1 second",
        1,
        outcomes.simulated,
    ),
    Target(
        "outcome-growth",
        f"the simulation on {outcomes.CLIENTS} clients",
        "on a tenth of them",
        11,
        outcomes.simulated_growth,
    ),
    *(
        Target(f"round-{name}-{size[0]}", what, limit, goal, sides(size), unit=unit)
        for size in (places.SMALL, places.MIDDLE)
        for name, what, limit, goal, sides, unit in (
            (
                "persons",
                "persons placed by priority greedy",
                "as many as possible, ours",
                1 / 1.05,
                places.persons,
                "persons",
            ),
            (
                "persons-bound",
                "certified bound of persons",
                "persons placed",
                1 / 0.9995,
                places.persons_bound,
                "persons",
            ),
            (
                "points-bound",
                "certified bound of points, strict rank",
                "points reached",
                1 / 0.9995,
                lambda size: places.points_bound(size, Who.STRICT_RANK),
                "points",
            ),
            (
                "points-max-bound",
                "certified bound of points, max persons",
                "points reached",
                1 / 0.9995,
                lambda size: places.points_bound(size, Who.MAX_PERSONS),
                "points",
            ),
            (
                "persons-time",
                "as many persons as possible chosen",
                "one unpriced flow of the same graph",
                40,
                places.time_of_persons,
                "s",
            ),
            (
                "places-time",
                "phase 2 of the default policy",
                "one unpriced flow of the same graph",
                40,
                places.time_of_places,
                "s",
            ),
        )
    ),
    Target("online-rank", "500 measures ranked for a case, purely", "50 milliseconds", 1, finding.ranked),
    *(
        Target(name, what, limit, goal, sides)
        for engine, what, clock, raw in (
            ("sqlite", "a search among 500 measures, SQLite", finding.whole_sqlite, finding.raw_sqlite),
            (
                "postgresql",
                "a search among 500 measures, PostgreSQL",
                finding.whole_postgresql,
                finding.raw_postgresql,
            ),
        )
        for name, limit, goal, sides in (
            (f"online-{engine}", "50 milliseconds", 1, clock),
            (f"online-raw-{engine}", "its statements raw", 4, raw),
        )
    ),
    *(
        Target(f"online-{name}", what, "points with nightly prices", goal, sides, unit="points")
        for name, what, goal, sides in (
            ("first-come", "points of first come, first served", 1 / 1.25, streams.beside_first_come),
            ("best-free", "points of the best suited free place", 1, streams.beside_best_free),
            ("hindsight", "bound of all points, everybody known", 1 / 0.9, streams.hindsight),
        )
    ),
    Target(
        "round-envy", "justified envy inside a class", "those without a place", 0, places.envy, unit="persons"
    ),
    Target(
        "round-memory",
        "peak of a round of 10 000 x 300",
        "HiGHS LP of the same round",
        0.6,
        places.memory,
        unit="bytes",
    ),
    Target(
        "round-growth",
        "a round of 10 000 x 300, 376 000 options",
        "one of 2 000 x 120, 30 000 options",
        12.7,
        places.growth,
    ),
    Target(
        "round-explained",
        "cases of four rounds, 2 000 and 10 000",
        "those told in numbers why",
        1,
        explained.coverage,
        unit="persons",
    ),
    Target(
        "round-verify", "a round of 10 000 x 300 checked without a solver", "3 seconds", 1, explained.checked
    ),
]
TARGETS = {target.name: target for target in _ALL}
