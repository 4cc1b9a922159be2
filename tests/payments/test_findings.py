"""What the night finds of payments on their way, and what makes each finding close by itself."""

from dataclasses import replace
from datetime import date, timedelta

from cii.payments.actions import ReleaseAgain, release_again, send_payments
from cii.payments.queries import open_payments
from cii.payments.queries_owed import owed_to
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.reconciliation.vocabulary import FindingKind
from tests.final_accounts.build_final_accounts import MORE, a_year
from tests.payments.test_exchange import AC
from tests.payments.test_iso20022 import a_way, entry, notice, read, status


def test_a_transfer_without_an_answer_is_late_after_five_days_and_rejected_until_released_again(work):
    desk = a_way(work)
    (waiting,) = open_payments(desk.payer)
    number, today = send_payments(desk.payer, AC).file.number, desk.payer.today
    key = f"{waiting.ref}-1"

    def night(days):
        reconcile(replace(work, now=desk.payer.now + timedelta(days=days)), today + timedelta(days=days))

    night(5)
    early = findings_list(work, kinds=[FindingKind.LATE_TRANSFER])
    night(7)
    (late,) = findings_list(work, kinds=[FindingKind.LATE_TRANSFER])
    read(desk.payer, status(number, (key, "RJCT", "AC04", "")).replace("{day}", today.isoformat()).encode())
    night(8)
    (rejected,) = findings_list(work, kinds=[FindingKind.LATE_TRANSFER, FindingKind.REJECTED_TRANSFER])
    release_again(desk.payer, ReleaseAgain(waiting.ref, "Compte corrigé"))
    night(9)

    assert early == []
    assert (late.object_kind, late.object_ref, late.found) == ("statement", waiting.about_ref, 2)
    assert (rejected.kind, rejected.expected, rejected.facts["reason"]) == (
        FindingKind.REJECTED_TRANSFER, waiting.amount.centimes, "AC04",
    )  # fmt: skip
    assert findings_list(work, kinds=[FindingKind.LATE_TRANSFER, FindingKind.REJECTED_TRANSFER]) == []


def test_a_part_that_came_in_is_found_until_the_rest_is_there_and_an_excess_stays(work):
    town = a_year(work)
    town.settled(planned=MORE)
    (owed,) = owed_to(town.finance)
    day = date(2027, 2, 14)

    def came(amount, bank):
        read(town.finance, notice(entry(amount, day, credit=True, reference=owed.reference, bank=bank)))
        reconcile(town.finance, town.finance.today)
        return [(one.expected, one.found) for one in findings_list(work, kinds=[FindingKind.INCOMING])]

    assert came("1000.00", "B-1") == [(125000, 100000)]
    assert came("250.00", "B-2") == []
    assert came("250.00", "B-3") == [(125000, 150000)]
