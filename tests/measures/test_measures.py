from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cii.institutions.queries import unit_by_code
from cii.kernel.errors import Refusal
from cii.measures.actions import (
    ChangeRespondent,
    JustifyMeasure,
    PublishRule,
    SetPlaces,
    SetQuota,
    change_respondent,
    justify,
    publish_rule,
    set_places,
    set_quota,
)
from cii.measures.catalogue import CatalogueFilter, catalogue
from cii.measures.eligibility import TableFault
from cii.measures.queries import overlapping, places_at, places_by_kind, respondents_at, rules_at
from cii.measures.rules import (
    MeasureCodeTaken,
    MeasureDatesUpsideDown,
    NegativePlaces,
    OutsideTheMeasure,
    QuotaInThePast,
    RespondentInThePast,
    RuleInThePast,
    professional_share,
)
from cii.measures.tables import MeasurePlaces, MeasureRespondent
from cii.measures.vocabulary import MeasureKind, TargetGroup
from tests.institutions.build_institutions import line_by_code, the_canton
from tests.measures.build_measures import CONDITIONS, a_measure

K = MeasureKind
MIXED = {"LACI": 1, "SAS": 1}


@pytest.fixture
def canton(work):
    the_canton(work)
    return work


def test_the_places_of_2011_2012_and_2014_come_from_one_query(canton):
    """Product F2-F4: 204 and 194 are printed, 199 is not."""
    start = replace(canton, now=canton.now.replace(year=2011, month=12, day=1))
    a_measure(start, K.OCCUPATION, places=142, quotas=MIXED, starts_on=date(2011, 12, 1), code="P-OCC")
    social = a_measure(start, K.SOCIO_PROFESSIONAL, places=14, quotas=MIXED, starts_on=date(2011, 12, 1))
    trade = a_measure(start, K.PROFESSIONAL, places=48, quotas=MIXED, starts_on=date(2011, 12, 1))
    a_measure(start, K.OCCUPATION, places=80, quotas={"SAS": 80}, starts_on=date(2011, 12, 1), code="P-AS")
    old = catalogue(start, CatalogueFilter(text="P-OCC"), date(2011, 12, 31))[0]
    for day, numbers in {date(2012, 12, 31): (91, 22, 86), date(2014, 12, 31): (0, 58, 136)}.items():
        for ref, kind, number in zip((old.ref, social.ref, trade.ref), list(K)[:3], numbers, strict=True):
            set_places(start, SetPlaces(ref, kind, number, day))

    ends = [date(2011, 12, 31), date(2012, 12, 31), date(2014, 12, 31)]
    found = [places_by_kind(canton, day, mixed=True) for day in ends]

    assert [sum(one.values()) for one in found] == [204, 199, 194]
    assert [f"{float(professional_share(one) * 100):.1f}" for one in found] == ["23.5", "43.2", "70.1"]
    assert places_by_kind(canton, ends[0], mixed=False)[K.OCCUPATION] == 80
    assert sum(places_by_kind(canton, ends[0]).values()) == 284


def test_a_figure_known_earlier_stays_as_it_was_known(canton):
    measure = a_measure(canton, K.COURSE, places=5)
    later = replace(canton, now=canton.now + timedelta(days=2))
    set_places(later, SetPlaces(measure.ref, K.COURSE, 9, date(2026, 11, 1)))
    set_places(later, SetPlaces(measure.ref, K.COURSE, 8, date(2026, 11, 1)))

    before = places_by_kind(canton, date(2026, 12, 1), known_at=canton.now)
    now = places_by_kind(canton, date(2026, 12, 1))

    assert (before[K.COURSE], now[K.COURSE]) == (5, 8)
    assert [row.places for row in places_at(canton, date(2026, 10, 31))] == [5]


def test_places_and_quotas_never_change_for_days_that_are_over(canton):
    measure = a_measure(canton, quotas={"SAS": 2}, ends_on=date(2026, 12, 31))
    line = line_by_code(canton, "SAS")

    with pytest.raises(QuotaInThePast):
        set_places(canton, SetPlaces(measure.ref, K.OCCUPATION, 3, date(2026, 10, 14)))
    with pytest.raises(OutsideTheMeasure):
        set_quota(canton, SetQuota(measure.ref, line.ref, K.OCCUPATION, 3, date(2027, 1, 1)))


def test_the_database_refuses_to_rewrite_places(canton):
    a_measure(canton)
    row = canton.session.scalars(select(MeasurePlaces)).first()

    row.places = 99
    with pytest.raises(Exception, match="append-only"), canton.session.begin_nested():
        canton.session.flush()


def test_two_measures_do_not_share_a_code(canton):
    a_measure(canton, code="ATELIER")

    with pytest.raises(MeasureCodeTaken):
        a_measure(canton, code="ATELIER")


def test_a_measure_that_cannot_be_is_refused_with_every_reason(canton):
    with pytest.raises(Refusal) as refused:
        a_measure(canton, places=-1, starts_on=date(2026, 1, 2), ends_on=date(2026, 1, 1))

    assert [type(one) for one in refused.value.reasons] == [MeasureDatesUpsideDown, NegativePlaces]


def test_there_is_exactly_one_respondent_on_any_day(canton):
    measure, odas = a_measure(canton), unit_by_code(canton, "ODAS")

    change_respondent(canton, ChangeRespondent(measure.ref, odas.ref, date(2026, 11, 1)))

    assert respondents_at(canton, date(2026, 10, 31))[measure.id].code == "LMMT"
    assert respondents_at(canton, date(2026, 11, 1))[measure.id].code == "ODAS"
    with pytest.raises(RespondentInThePast):
        change_respondent(canton, ChangeRespondent(measure.ref, odas.ref, date(2026, 10, 31)))


def test_the_database_refuses_a_second_respondent_on_the_same_day(canton):
    measure = a_measure(canton)

    canton.session.add(
        MeasureRespondent(
            measure_id=measure.id, unit_id=unit_by_code(canton, "ODAS").id, valid_from=measure.starts_on
        )
    )

    with pytest.raises(IntegrityError), canton.session.begin_nested():
        canton.session.flush()


@pytest.mark.parametrize(
    "told", ["DELETE FROM measure_respondent", "UPDATE measure_respondent SET unit_id = unit_id"]
)
def test_the_database_leaves_no_day_without_a_respondent(canton, told):
    a_measure(canton)

    with pytest.raises(Exception, match="append-only"), canton.session.begin_nested():
        canton.session.execute(text(told))


def test_mixed_is_derived_from_the_sectors_that_have_places(canton):
    a_measure(canton, code="ONE", quotas={"LACI": 2})
    shared = a_measure(canton, code="TWO", quotas={"LACI": 2, "SAS": 1})
    day = canton.today

    assert {row.code: row.mixed for row in catalogue(canton, CatalogueFilter(), day)} == {
        "ONE": False,
        "TWO": True,
    }
    set_quota(canton, SetQuota(shared.ref, line_by_code(canton, "SAS").ref, K.OCCUPATION, 0, day))
    assert catalogue(canton, CatalogueFilter(mixed=True), day) == []


def test_overlapping_measures_are_flagged_until_one_says_why(canton):
    groups = (TargetGroup.SKILLED,)
    one = a_measure(canton, K.PROFESSIONAL, code="HORLO-1", target_groups=groups)
    a_measure(canton, K.PROFESSIONAL, code="HORLO-2", target_groups=groups)
    a_measure(canton, K.COURSE, code="LANGUE", target_groups=groups)

    before = overlapping(canton, canton.today)
    justify(canton, JustifyMeasure(one.ref, "Horlogerie: deux niveaux de formation"))
    after = overlapping(canton, canton.today)

    assert [(pair.one, pair.other, pair.justified) for pair in before] == [("HORLO-1", "HORLO-2", False)]
    assert [pair.justified for pair in after] == [True]
    assert catalogue(canton, CatalogueFilter(text="horlo-1"), canton.today)[0].overlaps == ("HORLO-2",)


def test_the_catalogue_is_filtered_and_read_in_pages(canton):
    a_measure(canton, code="A", region="littoral-est", languages=("fr", "de"), quotas={"SAS": 1})
    a_measure(canton, code="B", region="le-locle")
    a_measure(canton, code="C", ends_on=date(2026, 10, 14))
    day = canton.today

    assert [row.code for row in catalogue(canton, CatalogueFilter(), day)] == ["A", "B"]
    assert [row.code for row in catalogue(canton, CatalogueFilter(region="littoral-est"), day)] == ["A"]
    assert [row.code for row in catalogue(canton, CatalogueFilter(language="de"), day)] == ["A"]
    assert [row.code for row in catalogue(canton, CatalogueFilter(sector="AS"), day)] == ["A"]
    assert [row.code for row in catalogue(canton, CatalogueFilter(), day, after="A")] == ["B"]
    assert catalogue(canton, CatalogueFilter(text="%"), day) == []


def test_an_eligibility_table_has_versions_and_the_one_in_force_decides(canton):
    measure = a_measure(canton, rule_source=CONDITIONS)
    publish_rule(
        canton,
        PublishRule(
            measure.ref, CONDITIONS.replace(">= 50", ">= 60").replace("< 50", "< 60"), date(2027, 1, 1)
        ),
    )

    assert rules_at(canton, date(2026, 12, 31))[measure.id].version == 1
    assert rules_at(canton, date(2027, 1, 1))[measure.id].version == 2
    with pytest.raises(RuleInThePast):
        publish_rule(canton, PublishRule(measure.ref, CONDITIONS, date(2026, 10, 14)))
    with pytest.raises(TableFault):
        publish_rule(canton, PublishRule(measure.ref, "no table", date(2027, 1, 1)))
