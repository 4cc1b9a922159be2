from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.store.outbox import send_later, waiting
from cii.store.parameters import ChangedParameter, UnknownParameter, publish_parameters
from cii.store.tables import Parameter
from cii.store.work import Work


def test_a_mail_waits_in_the_outbox_until_it_is_sent(work: Work):
    send_later(work, "orp@example.org", "Délai", "Un délai arrive à échéance.")
    work.session.flush()

    assert [mail.recipient for mail in waiting(work)] == ["orp@example.org"]


def test_a_parameter_is_the_one_in_force_at_the_date(work: Work, tmp_path):
    (tmp_path / "x.yaml").write_text(
        "limit:\n  unit: months\n  values:\n"
        "    - {from: 2009-01-01, value: 12, source: invented, certainty: R}\n"
        "    - {from: 2020-01-01, value: 18, source: invented, certainty: R}\n"
    )

    assert publish_parameters(work.session, tmp_path, work.now) == 2
    assert publish_parameters(work.session, tmp_path, work.now) == 0

    assert work.parameter("limit", date(2019, 12, 31)) == 12
    assert work.parameter("limit") == 18
    with pytest.raises(UnknownParameter):
        work.parameter("limit", date(2008, 12, 31))


def test_a_published_number_cannot_be_changed(work: Work, tmp_path):
    file = tmp_path / "x.yaml"
    text = "limit:\n  unit: months\n  values:\n    - {from: 2009-01-01, value: 12, source: invented, certainty: R}\n"
    file.write_text(text)
    publish_parameters(work.session, tmp_path, work.now)

    file.write_text(text.replace("12", "13"))

    with pytest.raises(ChangedParameter):
        publish_parameters(work.session, tmp_path, work.now)


def test_the_database_refuses_a_date_that_does_not_exist(work: Work):
    work.session.add(
        Parameter(
            name="x",
            valid_from=date(2020, 1, 1),
            value=1,
            unit="",
            source="",
            certainty="S",
            published_at=work.now,
        )
    )
    work.session.flush()

    with pytest.raises(DBAPIError):
        work.session.execute(text("UPDATE parameter SET valid_from = '2020-02-31'"))
