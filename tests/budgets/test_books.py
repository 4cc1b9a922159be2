"""The books of a year: opening balances from a file, closing, a later truth, the export of postings."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import event, select, text

from cii.access.vocabulary import Role
from cii.budgets.actions import (
    AskReversal,
    CloseYear,
    DecideBudget,
    accrue,
    ask_reversal,
    close_books,
    decide_budget,
    decide_reversal,
    engage,
    in_open_years,
    invoice,
    pay,
)
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.actions_opening import ImportOpening, import_opening
from cii.budgets.postings import (
    COLUMNS,
    PeriodReversed,
    PostingsAsked,
    PostingsForm,
    TooManyPostings,
    postings_file,
    postings_sums,
)
from cii.budgets.proofs_opening import bound, ceilings_off, invoiced, paid
from cii.budgets.queries import movements_of, trial_balance
from cii.budgets.rules import BudgetYearClosed, YearNotSettled
from cii.budgets.rules_opening import OpeningDiffers
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.access.build_access import an_actor as a_person
from tests.agreements.build_agreements import a_market, acting
from tests.budgets.build_budgets import a_budget, a_leg, a_source, stages, the_position
from tests.institutions.build_institutions import a_unit

HEAD = "Ligne;Année;Convention;Stade;Montant;Date"


def a_file(number: str, *more: str) -> bytes:
    rows = [
        HEAD,
        "LACI;2026;;disponible;1'234.50;01.01.2026",
        f"LACI;2026;{number};committed;1 000,05;2026-01-01",
        f"LACI;2026;{number};payé;200;2026-01-01",
        *more,
    ]
    return ("\ufeff" + "\r\n".join(rows)).encode()


def bring(work: Work, data: bytes, *, dry_run=False):
    return import_opening(work, ImportOpening("soldes.csv", data, dry_run))


def reasons(no: pytest.ExceptionInfo) -> list[tuple[object, str | None, str]]:
    return [(one.facts.get("line"), one.field, one.code) for one in no.value.reasons]


def test_opening_balances_are_tried_booked_once_and_known_again(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    mine, data = acting(work, market.drafter), a_file(agreement.number)

    tried = bring(mine, data, dry_run=True)
    nothing = work.session.execute(text("SELECT count(*) FROM movement")).scalar_one()
    first = bring(mine, data)
    again = bring(mine, data)

    assert (tried.rows, tried.added, tried.known, str(tried.amount)) == (3, 3, 0, "2434.55")
    assert nothing == 0
    assert (first.added, again.added, again.known) == (3, 0, 3)
    assert stages(the_position(work, market.ac)) == {
        "granted": "2434.55", "available": "1234.50", "committed": "1000.05", "paid": "200.00",
    }  # fmt: skip
    assert work.session.execute(trial_balance()).all() == []
    sums = [sum(row.amount for row in work.session.execute(one())) for one in (bound, invoiced, paid)]
    assert sums == [120005, 20000, 20000]


def test_every_fault_of_the_file_is_told_by_line_and_column_and_nothing_is_booked(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    theirs = market.agreement(market.social)
    data = a_file(
        agreement.number,
        "LACI;2026;;committed;1;2026-01-01",
        "LACI;2026;X;disponible;0.123;2026-01-01",
        "LACI;26;;dispo;-1;31.02.2026",
        f"LACI;2026;{agreement.number};payé;200;2026-01-02",
        f"LACI;2026;{agreement.number};accrued;5;2027-01-01",
        f"LACI;{'9' * 5000};{agreement.number};invoiced;١٢;٢٠٢٦-01-01",
    )

    with pytest.raises(Refusals) as no:
        bring(acting(work, market.drafter), data)

    assert reasons(no) == [
        (5, "agreement", "opening-agreement-needed"),
        (6, "amount", "opening-bad-cell"),
        (6, "agreement", "opening-agreement-needed"),
        (7, "year", "opening-bad-cell"),
        (7, "stage", "opening-bad-cell"),
        (7, "amount", "opening-not-positive"),
        (7, "date", "opening-bad-cell"),
        (8, "line", "opening-twice"),
        (9, "date", "opening-day-outside"),
        (10, "year", "opening-bad-cell"),
        (10, "amount", "opening-bad-cell"),
        (10, "date", "opening-bad-cell"),
    ]
    rows = (HEAD, f"LACI;2026;{theirs.number};payé;1;2026-01-01", "SMIG;2026;;available;1;2026-01-01")
    with pytest.raises(Refusals) as no:
        bring(acting(work, market.drafter), "\n".join(rows).encode())
    assert reasons(no) == [(2, "agreement", "opening-unknown"), (3, "line", "opening-unknown")]
    assert work.session.execute(text("SELECT count(*) FROM movement")).scalar_one() == 0


def test_another_sum_for_the_same_balance_is_refused_and_a_closed_year_takes_none(work: Work):
    market = a_market(work)
    mine = acting(work, market.drafter)
    bring(mine, f"{HEAD}\nLACI;2026;;available;100;2026-01-01".encode())

    with pytest.raises(OpeningDiffers) as no:
        bring(mine, f"{HEAD}\nLACI;2026;;available;101;2026-01-01".encode())
    assert (no.value.field, no.value.facts["line"], str(no.value.facts["before"])) == ("amount", 2, "100.00")
    close_books(mine, CloseYear(market.ac.ref, 2026))
    agreement = market.agreement()
    with pytest.raises(BudgetYearClosed):
        bring(mine, f"{HEAD}\nLACI;2026;{agreement.number};paid;1;2026-01-01".encode())


def test_a_workbook_and_a_latin_1_file_are_read_alike(work: Work):
    market = a_market(work)
    book = Workbook()
    book.active.append(HEAD.split(";"))
    book.active.append(["LACI", 2026, None, "disponible", 1234.5, date(2026, 1, 1)])
    held = BytesIO()
    book.save(held)

    sheet = bring(acting(work, market.drafter), held.getvalue())
    latin = bring(
        acting(work, market.drafter), f"{HEAD}\nLACI;2026;;disponible;1234,50;1.1.2026".encode("latin-1")
    )

    assert (sheet.added, latin.added, latin.known) == (1, 0, 1)


def test_a_year_closes_by_its_own_sector_and_then_takes_no_budget_either(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    accrue(work, [a_leg(market.ac, agreement, "100")], a_source())
    mine = acting(work, market.drafter)

    with pytest.raises(Refusals) as no:
        close_books(mine, CloseYear(market.ac.ref, 2026))

    assert [(one.code, str(one.facts["available"])) for one in no.value.reasons] == [
        (YearNotSettled.code, "200.00"), (YearNotSettled.code, "100.00"),
    ]  # fmt: skip
    group = acting(work, a_person(work, (a_unit(work, None), Role.COORDINATION_MEMBER)))
    nobody = acting(work, a_person(work, (a_unit(work, None), Role.FINANCE)))
    with pytest.raises(NotAllowed):
        close_books(group, CloseYear(market.ac.ref, 2026))
    with pytest.raises(UnknownThing):
        close_books(nobody, CloseYear(market.ac.ref, 2026))
    a_budget(work, market.ac, "10", 2025)
    close_books(mine, CloseYear(market.ac.ref, 2025))
    with pytest.raises(BudgetYearClosed):
        decide_budget(mine, DecideBudget(market.ac.ref, 2025, Chf.parse("1"), "Complément"))


def test_closed_books_take_no_ceiling_and_no_reversal_asked_for_before(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    mine, other = acting(work, market.drafter), acting(work, market.signer)
    granted = decide_budget(mine, DecideBudget(market.ac.ref, 2026, Chf.parse("10"), "Budget"))
    asked = ask_reversal(mine, AskReversal(granted.ref, "Saisi deux fois"))
    close_books(mine, CloseYear(market.ac.ref, 2026))

    with pytest.raises(BudgetYearClosed):
        decide_reversal(other, asked.ref, granted=True)
    with pytest.raises(BudgetYearClosed):
        set_ceiling(
            mine, SetCeiling(market.ac.ref, 2026, Chf.parse("5"), "D", "R", agreement_ref=agreement.ref)
        )
    with pytest.raises(BudgetYearClosed):
        close_books(mine, CloseYear(market.ac.ref, 2026))
    assert stages(the_position(work, market.ac)) == {"granted": "10.00", "available": "10.00"}


def test_a_later_truth_is_booked_in_the_open_year_with_its_origin(work: Work):
    market = a_market(work)
    agreement = market.agreement(valid_from=date(2025, 1, 1))
    for year in (2025, 2026):
        a_budget(work, market.ac, "1000", year)
    close_books(acting(work, market.drafter), CloseYear(market.ac.ref, 2025))
    late, own = date(2025, 12, 3), date(2026, 2, 1)
    legs = in_open_years(
        work, [a_leg(market.ac, agreement, "80", late), a_leg(market.ac, agreement, "20", own)]
    )

    for act in (engage, accrue, invoice, pay):
        act(work, legs, a_source())

    assert stages(the_position(work, market.ac, 2025)) == {"granted": "1000.00", "available": "1000.00"}
    assert stages(the_position(work, market.ac))["paid"] == "100.00"
    found = movements_of(work, market.ac.id, 2026)[-2:]
    assert [(one.effective_on, one.origin_on) for one in found] == [(date(2026, 1, 1), late), (own, None)]
    with pytest.raises(BudgetYearClosed):
        engage(work, [a_leg(market.ac, agreement, "80", late)], a_source())


IN_OCTOBER = PostingsAsked(date(2026, 10, 1), date(2026, 10, 31))


def a_busy_month(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    mine, second = acting(work, market.drafter), acting(work, market.signer)
    decide_budget(mine, DecideBudget(market.ac.ref, 2026, Chf.parse("1000"), "=HYPERLINK(1)"))
    entry = engage(work, [a_leg(market.ac, agreement, "300.05")], a_source("e"))
    asked = ask_reversal(mine, AskReversal(entry.ref, "Saisi deux fois"))
    decide_reversal(second, asked.ref, granted=True)
    return market, agreement


def test_postings_leave_under_stable_columns_and_sum_to_the_ledger(work: Work):
    market, agreement = a_busy_month(work)

    with postings_file(acting(work, market.drafter), IN_OCTOBER, PostingsForm.CSV, "fr") as file:
        told = list(csv.DictReader(StringIO(file.read().decode("utf-8-sig")), delimiter=";"))

    assert list(told[0]) == [
        "booked_on", "effective_on", "origin_on", "line", "sector", "year", "agreement", "from_stage",
        "to_stage", "amount", "kind", "source_kind", "key", "reverses", "reason",
    ]  # fmt: skip
    assert [(one["from_stage"], one["to_stage"], one["amount"], one["reverses"]) for one in told] == [
        ("grant", "available", "1000.00", ""),
        ("available", "committed", "300.05", ""),
        ("committed", "available", "300.05", "e/1"),
    ]
    assert told[0]["reason"] == "'=HYPERLINK(1)"
    assert (told[1]["booked_on"], told[1]["agreement"]) == ("2026-10-15", agreement.number)
    ledger = work.session.execute(text("SELECT count(*), sum(amount) FROM movement")).one()
    found = postings_sums(work, IN_OCTOBER)
    assert (found.count, found.amount.centimes) == (ledger[0], int(ledger[1]))
    assert sum(Chf.parse(one["amount"]).centimes for one in told) == found.amount.centimes


def test_a_workbook_of_postings_holds_numbers_texts_and_the_dictionary(work: Work):
    market, _ = a_busy_month(work)

    with postings_file(acting(work, market.drafter), IN_OCTOBER, PostingsForm.XLSX, "de") as file:
        book = load_workbook(BytesIO(file.read()))

    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[9] for row in rows[1:]] == [1000, 300.05, 300.05]
    assert (rows[1][14], book.worksheets[0]["O2"].data_type) == ("=HYPERLINK(1)", "s")
    assert [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)] == [
        one.title for one in COLUMNS
    ]


def test_postings_are_of_the_period_the_line_and_the_sector(work: Work, monkeypatch):
    market, _ = a_busy_month(work)
    a_budget(work, market.social, "7")
    stranger = acting(work, a_person(work, (a_unit(work, None), Role.FINANCE)))
    social = PostingsAsked(IN_OCTOBER.first, IN_OCTOBER.last, market.social.ref)
    before = PostingsAsked(date(2026, 9, 1), date(2026, 10, 14))

    counts = [postings_sums(*one).count for one in (
        (work, IN_OCTOBER), (work, social), (work, before), (stranger, IN_OCTOBER),
    )]  # fmt: skip

    assert counts == [4, 1, 0, 0]
    with pytest.raises(PeriodReversed):
        postings_sums(work, PostingsAsked(date(2026, 10, 2), date(2026, 10, 1)))
    monkeypatch.setattr("cii.budgets.postings.MOST_IN_A_SHEET", 3)
    with pytest.raises(TooManyPostings):
        postings_file(work, IN_OCTOBER, PostingsForm.XLSX, "fr")


def test_the_export_asks_the_database_once_however_many_postings(work: Work):
    market, agreement = a_busy_month(work)
    said: list[str] = []
    event.listen(work.session.get_bind(), "before_cursor_execute", lambda *it: said.append(it[2]))

    def statements() -> int:
        said.clear()
        postings_file(work, IN_OCTOBER, PostingsForm.CSV, "fr").close()
        return len(said)

    few = statements()
    for _ in range(20):
        engage(work, [a_leg(market.ac, agreement, "1")], a_source())

    assert (few, statements()) == (1, 1)


def test_one_entry_is_shared_by_three_sectors_to_the_centime_along_the_whole_chain(work: Work):
    """9,663.26 shared 50/30/20: 4,831.63, 2,898.98, 1,932.65, at each stage and in sum."""
    market = a_market(work)
    ours, theirs = market.agreement(), market.agreement(market.social)
    for line in (market.ac, market.social):
        a_budget(work, line, "20000")
    whole = Chf.parse("9663.26")
    parts = whole.apportion([50, 30, 20])
    whose = ((market.ac, ours), (market.social, theirs), (market.ac, ours))
    legs = [a_leg(line, agreement, str(part)) for (line, agreement), part in zip(whose, parts, strict=True)]

    for act in (engage, accrue, invoice, pay):
        act(work, legs, a_source())

    assert [str(part) for part in parts] == ["4831.63", "2898.98", "1932.65"]
    held = [the_position(work, line) for line in (market.ac, market.social)]
    assert [(str(one.paid), str(one.committed), str(one.invoiced)) for one in held] == [
        ("6764.28", "0.00", "0.00"), ("2898.98", "0.00", "0.00"),
    ]  # fmt: skip
    assert Chf.total(one.paid for one in held) == whole
    assert Chf.total(one.used for one in held) == whole
    assert work.session.execute(trial_balance()).all() == []
    assert work.session.execute(ceilings_off()).all() == []
    assert (
        work.session.execute(
            select(text("count(DISTINCT entry_id)")).select_from(text("movement"))
        ).scalar_one()
        == 6
    )
