"""The search box of every page: by words, by number, for what is open to the reader."""

import pytest

from tests.web.build_path import path

__all__ = ["path"]

BAD = ["%", "_", "'--", "\0", "a" * 10_000, "́̈", "🙂", "<script>alert(1)</script>", "\ud7ff", "' OR 1=1 --"]


def test_the_box_finds_persons_and_cases_by_their_words(path):
    path.case("assessment", nom="Zürcher")

    page = path.as_("manager").get("/search", q="dom zurch")

    assert "Personnes" in page
    assert "Zürcher Dominique" in page
    assert 'href="/cases/' in page


def test_the_box_of_every_page_leads_to_the_search(path):
    assert 'action="/search"' in path.as_("manager").get("/desk")


def test_a_measure_is_found_beside_persons(path):
    page = path.as_("manager").get("/search", q="atel")

    assert "Mesures" in page


def test_a_stranger_finds_nobody_and_cannot_tell(path):
    ref = path.case("assessment", nom="Überschlag")
    number = path.as_("manager").get(f"/cases/{ref}").split("CII-")[1][:9]

    for text in ("überschlag", f"CII-{number}"):
        page = path.as_("stranger").get("/search", q=text)
        assert "Aucun résultat" in page
        assert "Dominique" not in page


@pytest.mark.parametrize("text", BAD)
def test_nothing_that_is_typed_breaks_the_page(path, text):
    page = path.as_("manager").get("/search", q=text)

    assert "<script>alert" not in page


@pytest.mark.parametrize("text", BAD)
def test_nothing_that_is_asked_breaks_the_interface(path, text):
    client = path.as_("manager").client

    answer = client.get("/api/v1/search", query_string={"text": text})

    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert (answer.get_json()["persons"], answer.get_json()["cases"]) == ([], [])


def test_the_interface_answers_with_the_same_rows(path):
    ref = path.case("assessment", nom="Quinche")

    found = path.as_("manager").client.get("/api/v1/search?text=quin+dom").get_json()

    assert [one["name"].split()[0] for one in found["persons"]] == ["Quinche"]
    assert [one["ref"] for one in found["cases"]] == [ref]
    assert found["more"] == []


def test_an_empty_box_says_how_to_search_and_a_key_too_many_is_refused(path):
    assert "Que cherchez-vous" in path.as_("manager").get("/search")
    assert path.as_("manager").client.get("/api/v1/search?text=a&colour=red").status_code == 422
    assert path.as_("manager").client.get("/api/v1/search").status_code == 422


def test_who_works_with_no_case_finds_no_person(path):
    path.as_("administrator").get("/search", 403)


@pytest.mark.parametrize(("lang", "word"), [("de", "Was suchen Sie?"), ("en", "What are you looking for?")])
def test_the_search_speaks_the_readers_language(path, lang, word):
    assert word in path.as_("manager").get(f"/search?lang={lang}")


def offered(reader, text):
    """What the box offers: group → names, and the way to all."""
    answer = reader.client.get("/search/suggestions", query_string={"q": text})
    assert answer.status_code == 200
    told = answer.get_json()
    return {one["label"]: [row["name"] for row in one["rows"]] for one in told["groups"]}, told


@pytest.mark.parametrize(
    ("nom", "text"),
    [("Zürcher", "zürc"), ("Zübliger", "ZUBL"), ("Zünderer", "  zund "), ("Zürrer", "dom zurr")],
)
def test_the_box_offers_persons_and_cases_while_one_types(path, nom, text):
    ref = path.case("assessment", nom=nom)

    groups, told = offered(path.as_("manager"), text)

    assert any(name.startswith(f"{nom} Dominique") for name in groups["Personnes"])
    assert f"/cases/{ref}" in [row["url"] for one in told["groups"] for row in one["rows"]]
    assert told["all"]["url"].startswith("/search?q=")


def test_the_box_offers_few_rows_and_nothing_for_a_single_letter(path):
    for _ in range(5):
        path.detection(nom="Vuilleumier")

    groups, _ = offered(path.as_("manager"), "vuil")

    assert len(groups["Personnes"]) == 4
    assert offered(path.as_("manager"), "v")[0] == {}


@pytest.mark.parametrize("text", BAD)
def test_nothing_that_is_typed_breaks_what_the_box_offers(path, text):
    assert "Personnes" not in offered(path.as_("manager"), text)[0]


def test_the_box_offers_a_stranger_as_much_as_of_nobody(path):
    path.case("assessment", nom="Überschlag")

    there, nobody = (offered(path.as_("stranger"), text)[1] for text in ("überschlag", "qzxwvkj"))

    assert there["groups"] == nobody["groups"] == []
    assert there["said"] == nobody["said"]
    path.as_("administrator").get("/search/suggestions?q=zu", 403)
