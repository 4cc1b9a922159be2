"""Two people freeze the same quarter at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlmodel import select

from cii.kernel.calendar import WorkingDays
from cii.reports.actions import freeze
from cii.reports.tables import ReportIssue
from cii.store.work import HOUSE, working
from tests.conftest import NOW
from tests.reports.stage import Q3, a_quarter


def test_two_who_freeze_at_once_get_the_same_issue(fresh_engine, settings):
    calendar = WorkingDays("NE")
    with working(fresh_engine, HOUSE, NOW, calendar=calendar, settings=settings) as work:
        a_quarter(work, ac_stays=2, social_stays=1)
    start = Barrier(2)

    def one(_: int) -> str:
        start.wait()
        with working(fresh_engine, HOUSE, NOW, calendar=calendar, settings=settings) as work:
            return freeze(work, Q3).ref

    with ThreadPoolExecutor(2) as pool:
        refs = list(pool.map(one, range(2)))

    assert len(set(refs)) == 1
    with working(fresh_engine, HOUSE, NOW, calendar=calendar, settings=settings, writing=False) as work:
        assert [row.version for row in work.session.exec(select(ReportIssue))] == [1]
