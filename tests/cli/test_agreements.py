"""Agreements at the command line, on a canton with one agreement of the AC and one of social aid."""

import json

import pytest

from cii.cli.telling import DONE, FINDINGS, USAGE
from cii.store.engine import make_engine
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE as FOLDER
from cii.store.settings import Settings
from cii.store.work import HOUSE, working
from tests.agreements.build_agreements import a_market
from tests.cli.test_commands import _typed
from tests.conftest import ENGINES, NOW, new_database


@pytest.fixture(scope="module", params=ENGINES)
def canton(request, tmp_path_factory):
    """Run `cii …` on the canton; gives the command and the references of both agreements."""
    folder = tmp_path_factory.mktemp("agreements")
    url = "" if request.param == "sqlite" else new_database(request.getfixturevalue("postgres_url"))
    known = {"CII_DATA_DIR": str(folder), "CII_DATABASE_URL": url, "CII_MODE": "demo"}

    def cii(*words):
        ran = _typed(words, known)
        return ran.returncode, ran.stdout, ran.stderr

    assert cii("db", "upgrade")[0] == DONE
    engine = make_engine(Settings(mode="demo", data_dir=folder, database_url=url).url)
    with working(engine, HOUSE, NOW) as work:
        publish_parameters(work.session, FOLDER / "workflows" / "parameters", work.now)
        market = a_market(work)
        refs = market.agreement().ref, market.agreement(market.social, in_force=False).ref
    engine.dispose()
    return cii, *refs


def test_agreements_are_listed_by_state(canton):
    cii, ours, theirs = canton

    code, out, _ = cii("agreements", "list", "--json")
    living = json.loads(cii("agreements", "list", "--state", "in_force", "--json")[1])["agreements"]

    listed = json.loads(out)["agreements"]
    assert code == DONE
    assert {(one["ref"], one["profile"], one["state"]) for one in listed} == {
        (ours, "AC", "in_force"), (theirs, "AS", "draft"),
    }  # fmt: skip
    assert [one["ref"] for one in living] == [ours]
    assert ours in cii("agreements", "list")[1]
    assert cii("agreements", "list", "--state", "asleep")[0] == USAGE


def test_an_agreement_with_errors_fails_its_check_and_one_with_warnings_does_not(canton):
    cii, ours, theirs = canton

    failed, out, _ = cii("agreements", "check", ours, "--json")
    warned, told, _ = cii("agreements", "check", theirs, "--lang", "de")

    check = json.loads(out)
    assert (failed, warned) == (FINDINGS, DONE)
    assert check["errors"] > 0
    assert not check["ready"]
    first = check["findings"][0]
    assert first.keys() >= {"indication", "severity", "code", "about", "facts", "sentence", "remedy", "open"}
    assert first["sentence"].keys() == first["remedy"].keys() == {"fr", "de", "en"}
    assert "warning 14: Die Vereinbarung sagt nicht, wer das Risiko schwankender Auslastung trägt." in told


def test_the_dates_ahead_are_listed(canton):
    cii, ours, theirs = canton

    code, out, _ = cii("agreements", "dates", "--json")
    lines = cii("agreements", "dates")[1]

    dates = json.loads(out)["dates"]
    assert code == DONE
    assert {"agreement": ours, "kind": "end", "due_on": "2026-12-31", "warned": True}.items() <= dates[
        0
    ].items()
    assert theirs not in out
    assert "2026-12-31" in lines
    assert "end  to do" in lines


def test_an_agreement_that_is_not_there_is_said_to_be_unknown(canton):
    cii, _, _ = canton

    code, _, err = cii("agreements", "check", "zzzzzzzzzz")

    assert code == FINDINGS
    assert err
