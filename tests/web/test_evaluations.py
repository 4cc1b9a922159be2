"""What the evaluation of a year means at the page on which an agreement is renewed."""

from datetime import date

from sqlalchemy import select

from cii.access.tables import Account
from cii.agreements.tables import Agreement
from cii.evaluations.tables import Evaluation, EvaluationItem, MissedAnalysis
from cii.evaluations.vocabulary import EvaluatedBy, EvaluationState
from cii.figures.vocabulary import Light
from cii.kernel.digest import digest
from tests.web.test_agreements import the_version


def missed_goals(site, ref: str) -> int:
    """A final evaluation of 2026 whose target was missed."""
    with site.work() as work:
        agreement = work.session.scalars(select(Agreement.id).where(Agreement.ref == ref)).one()
        reviewer, second = work.session.scalars(select(Account.id).order_by(Account.id).limit(2)).all()
        made = Evaluation(
            agreement_id=agreement, year=2026, state=EvaluationState.FINAL, figures=[], digest=digest([]),
            known_at=work.now, comment_until=work.today, reviewed_by=reviewer,
            reviewed_at=work.now, final_by=second, final_at=work.now,
        )  # fmt: skip
        work.session.add(made)
        work.session.flush()
        work.session.add(
            EvaluationItem(
                evaluation_id=made.id, kind=EvaluatedBy.INDICATOR, code="reinsertion", light=Light.RED
            )
        )
        return made.id


def test_missed_goals_are_not_renewed_at_the_page_before_their_analysis(site):
    reader, ref = site.as_("contracts"), site.town.agreements["LACI"]
    evaluation = missed_goals(site, ref)
    url, version = f"/agreements/{ref}/renewal", the_version(reader.get(f"/agreements/{ref}/follow-up"))
    renewal = {"version": version, "from_day": str(date(2027, 1, 1)), "last_day": "2027-12-31"}

    refused = reader.post(url, 409, **renewal)
    with site.work() as work:
        work.session.add(
            MissedAnalysis(
                evaluation_id=evaluation, causes="Places vides", actions="Suivi", recorded_at=work.now
            )
        )
    reader.post(url, **renewal)

    assert "Des objectifs de 2026 ont été manqués (reinsertion)" in refused
    assert "2026-LACI-01/R" in reader.get("/agreements")
