"""A program reads why the institutions of a case sit down together, as the page of the case says it."""

from datetime import date

from cii.institutions.queries import unit_by_code
from cii.routing.actions import (
    Announce,
    ConsentAsk,
    MoveReferral,
    RequestReferral,
    announce,
    move_referral,
    request_referral,
)
from cii.routing.vocabulary import Potential, ReferralEvent
from tests.web.build_path import path
from tests.web.test_social import program

__all__ = ["path"]

TURNS = (("ai", "GSR-VAL-DE-TRAVERS"), ("social", "OAI-REA"), ("ai", "GSR-VAL-DE-TRAVERS"))


def sent_on(path, times):
    """The ref of a case whose person was sent on so many times."""
    detection = path.detection(droit_possible="AI+AS")
    with path.site.work() as work:
        sender = path.hand(work, "manager")
        consent = ConsentAsk(date(2026, 10, 14))
        done = announce(sender, Announce(detection, Potential.NONE, "Qui accompagne ?", consent=consent))
        ref = done.referral_ref
        for turn, (who, named) in enumerate(TURNS[:times]):
            hand, unit = path.hand(work, who), unit_by_code(work, named).ref
            move_referral(hand, MoveReferral(ref, ReferralEvent.RECEIVE))
            event = ReferralEvent.REDIRECT
            move_referral(hand, MoveReferral(ref, event, "Une autre institution", named_unit_ref=unit))
            if turn < len(TURNS) - 1:
                ref = request_referral(sender, RequestReferral(done.case.ref, unit, "Motif")).ref
        return done.case.ref


def test_the_third_redirect_is_told_with_its_rule_its_law_and_the_units(path):
    ref = sent_on(path, 3)

    (told,) = program(path.site, "manager").ask("GET", f"/api/v1/cases/{ref}/convened")["items"]

    assert (told["network"], told["limit"], told["months"]) == (True, 3, 12)
    assert told["legal_basis"] == ["LACI 85f", "LAI 68bis", "LASoc-NE 28"]
    assert [(one["asked"]["code"], one["named"]["code"]) for one in told["redirects"]] == [
        ("OAI-REA", "GSR-VAL-DE-TRAVERS"), ("GSR-VAL-DE-TRAVERS", "OAI-REA"),
        ("OAI-REA", "GSR-VAL-DE-TRAVERS"),
    ]  # fmt: skip


def test_where_no_redirect_changed_the_path_nothing_is_told_and_to_nobody_outside(path):
    ref = sent_on(path, 1)
    url = f"/api/v1/cases/{ref}/convened"

    assert program(path.site, "manager").ask("GET", url)["items"] == []
    assert program(path.site, "stranger").ask("GET", url, 404)["code"] == "unknown"
