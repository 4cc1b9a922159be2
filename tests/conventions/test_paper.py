"""The agreement on paper: table 1 of the guide as its chapters, counted pages, the same bytes, DRAFT until signed."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import update
from sqlmodel import col

from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Profile
from cii.conventions.actions import write_part
from cii.conventions.editions import digest_of, editions_of, keep_edition
from cii.conventions.paper import CHAPTERS, agreement_paper, pages
from cii.conventions.parts import Aims, Talks
from cii.conventions.parts_conduct import Evaluation, Principles, Term
from cii.conventions.parts_deal import Bases, Price, Reference, Surplus, Volume
from cii.conventions.queries import convention
from cii.conventions.signing import SignForSide, keep_signed, sign_for_side
from cii.conventions.vocabulary import (
    EditionCause,
    Part,
    ReferenceKind,
    Reserves,
    RiskSharing,
    SubsidyNature,
    SurplusRule,
    TalkPurpose,
)
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.texts.speech import say
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.conformity.build_signing import keep_whole, the_provider
from tests.institutions.build_institutions import a_unit

NBSP = "\xa0"


def opened(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(data))


def words_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in opened(data).pages).replace(NBSP, " ")


def a_draft(work: Work, profile: Profile | None = None):
    """A complete draft, and the unit of work of who may write it."""
    market = a_market(work)
    made = market.agreement(in_force=False, profile=profile)
    mine = acting(work, market.drafter)
    keep_whole(mine, made)
    return market, made, mine


def in_language(work: Work, agreement: Agreement, lang: str) -> None:
    work.session.execute(update(Agreement).where(col(Agreement.id) == agreement.id).values(lang=lang))
    work.session.refresh(agreement)


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_every_item_of_table_1_has_its_heading_in_the_language_of_the_agreement(work: Work, lang):
    _, made, mine = a_draft(work)
    in_language(work, made, lang)

    read = words_of(agreement_paper(mine, made.ref).content)

    at = 0
    for number, (title, items) in enumerate(CHAPTERS, start=1):
        found = read.find(say(title, lang).replace(NBSP, " "), at)
        assert found >= at, (number, title)
        at = found
        shown = [key for key, _ in items if key not in {"paper.item.others", "paper.item.trajectory",
                                                        "paper.item.axes", "paper.item.categories"}]  # fmt: skip
        for place, key in enumerate(shown, start=1):
            assert f"{number}.{place}" in read
            # A long heading breaks over two lines.
            assert say(key, lang).replace(NBSP, " ").split()[0] in read
    assert opened(agreement_paper(mine, made.ref).content).root_object["/Lang"].startswith(lang)


def test_the_paper_is_for_screen_readers_and_the_same_bytes_twice(work: Work):
    _, made, mine = a_draft(work)

    once, again = (agreement_paper(mine, made.ref).content for _ in range(2))

    held = opened(once)
    assert once == again
    assert held.root_object["/MarkInfo"]["/Marked"]
    assert held.metadata.title == "Convention de prestations"
    assert "pdfuaid:part>1<" in held.xmp_metadata.stream.get_data().decode()


def test_pages_are_those_of_the_body_and_annexes_stand_apart(work: Work):
    _, made, mine = a_draft(work)

    read = opened(agreement_paper(mine, made.ref).content)

    body = pages(mine, made.ref)
    assert 0 < body < len(read.pages)
    assert "10.1" in read.pages[body - 1].extract_text()
    assert "Annexe – Tarifs" in read.pages[body].extract_text()


def test_a_longer_text_takes_more_pages(work: Work):
    _, made, mine = a_draft(work)
    before = pages(mine, made.ref)

    write_part(mine, made.ref, Part.BASES, Bases(subject="Mesure. " * 240, scope="Canton. " * 240))
    write_part(mine, made.ref, Part.TERM, Term(changes="Par écrit. " * 90, extension="Non. " * 190))

    assert pages(mine, made.ref) > before


def test_a_draft_says_on_each_page_that_it_binds_nobody_and_bears_its_digest(work: Work):
    _, made, mine = a_draft(work)

    read = opened(agreement_paper(mine, made.ref).content)

    digest = digest_of(convention(mine, made.ref))
    for page in read.pages:
        told = page.extract_text().replace(NBSP, " ")
        assert "Projet, sans valeur contractuelle" in told
        assert digest in told


def test_an_empty_draft_says_plainly_what_is_not_agreed(work: Work):
    market = a_market(work)
    made = market.agreement(in_force=False, indicators=False)

    read = words_of(agreement_paper(acting(work, market.drafter), made.ref).content)

    assert read.count("Rien n'a encore été convenu à ce sujet.") > 15
    assert "10.1" in read


def test_what_was_signed_is_printed_as_it_was_signed_with_who_signed_it(work: Work):
    market, made, mine = a_draft(work)
    digest = digest_of(convention(mine, made.ref))
    from cii.agreements.actions import sign

    theirs = acting(work, market.signer)
    sign(theirs, made.ref)
    keep_signed(theirs, made)
    provider = acting(work, the_provider(work, made))
    sign_for_side(provider, SignForSide(made.ref, "Jeanne Modèle", work.today, "Directrice", "Le Locle"))

    read = words_of(agreement_paper(mine, made.ref).content)

    assert "Projet" not in read
    assert digest in read
    assert market.signer.name in read
    assert "Jeanne Modèle" in read
    assert "Signé à Le Locle, le" in read


def test_an_edition_is_printed_as_it_was_kept(work: Work):
    _, made, mine = a_draft(work)
    kept = keep_edition(mine, made, EditionCause.ROUND)
    write_part(mine, made.ref, Part.AIMS, Aims(purpose="Tout autre but"))

    old = agreement_paper(mine, made.ref, kept.ref)
    new = agreement_paper(mine, made.ref)

    assert "Tout autre but" not in words_of(old.content)
    assert "Tout autre but" in words_of(new.content)
    assert kept.digest in words_of(old.content)
    assert old.name.endswith("-1.pdf")
    later = replace(mine, now=mine.now + timedelta(days=9))
    assert agreement_paper(later, made.ref, kept.ref).content == old.content
    assert [one.number for one in editions_of(mine, made.ref)] == [1]


def test_nobody_prints_an_agreement_that_is_not_open_to_it(work: Work):
    _, made, mine = a_draft(work)
    stranger = acting(work, an_actor(work, a_unit(work, None), role="contract_manager"))

    with pytest.raises(UnknownThing):
        agreement_paper(stranger, made.ref)
    with pytest.raises(UnknownThing):
        pages(stranger, made.ref)
    with pytest.raises(UnknownThing):
        agreement_paper(mine, made.ref, "zzzzzzzzzz")


def test_clauses_are_said_in_whole_sentences(work: Work):
    _, made, mine = a_draft(work)
    write_part(mine, made.ref, Part.VOLUME, Volume(risk=RiskSharing.MINIMUM_GUARANTEE, guarantee_percent=80))
    write_part(mine, made.ref, Part.PRICE, Price(nature=SubsidyNature.ATTESTED_COSTS, extras_none=True))
    write_part(mine, made.ref, Part.SURPLUS, Surplus(SurplusRule.FULLY_DEDUCTED, reserves=Reserves.FORBIDDEN))
    write_part(mine, made.ref, Part.TALKS, Talks(2, (TalkPurpose.STRUCTURE,)))
    write_part(mine, made.ref, Part.EVALUATION, Evaluation(missed_months=6))
    write_part(mine, made.ref, Part.PRINCIPLES, Principles(no_competition=True))
    law = Reference(ReferenceKind.LAW, "LACI, RS 837.0", "état 2026")
    write_part(mine, made.ref, Part.BASES, Bases(references=(law,)))

    read = " ".join(words_of(agreement_paper(mine, made.ref).content).split())

    for sentence in (
        "Le mandant garantit le paiement de 80 % des places convenues, même inoccupées.",
        "Rien n'est rémunéré au-delà du prix convenu.",
        "Tout produit est intégralement déduit des frais à prendre en compte.",
        "Les parties tiennent 2 entretiens par année. Il y est question des thèmes suivants : structure.",
        "Le mandataire dispose de 6 mois pour y remédier.",
        "Les activités ne concurrencent pas directement l'économie privée.",
        "LACI, RS 837.0 (état 2026)",
        "La convention prend effet le 1er janvier 2026 et dure jusqu'au 31 décembre 2026.",
        "Le préavis ordinaire est de 6 mois.",
    ):
        assert sentence in read, sentence


@pytest.mark.parametrize(
    ("profile", "heading"),
    [(Profile.FR_IAE, "Projet d'insertion et moyens"), (Profile.BE_POIAS, "Contenus par catégorie")],
)
def test_a_profile_of_others_has_its_own_items_and_not_the_letterhead_of_the_canton(
    work: Work, profile, heading
):
    _, made, mine = a_draft(work, profile)

    read = words_of(agreement_paper(mine, made.ref).content)

    assert heading in read
    assert "République et canton" not in read


def test_markup_and_very_long_words_of_a_text_are_only_text(work: Work):
    _, made, mine = a_draft(work)
    odd = '#pagebreak() *gras* $x$ @ref <a> \\ `c` "' + "X" * 400
    write_part(mine, made.ref, Part.AIMS, Aims(purpose=odd, expectations="- un\n- deux\n\nFin"))

    read = words_of(agreement_paper(mine, made.ref).content)

    assert "#pagebreak() *gras* $x$ @ref <a>" in read
    assert "– un" in read
    assert "– deux" in read


@pytest.mark.parametrize("wording", ["# Titre\n\n\n\n", "- ", "", "   \n  ", "- a\nsuite\n- b"])
def test_odd_lines_of_a_text_do_no_harm(work: Work, wording):
    _, made, mine = a_draft(work)
    write_part(mine, made.ref, Part.AIMS, Aims(purpose=wording))

    assert len(opened(agreement_paper(mine, made.ref).content).pages) > 2
