"""The parts that every page is built of, looked at in a real browser: for all eyes, by keyboard, on a telephone, in print."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.guide import create_guide


@pytest.fixture(scope="session")
def guide(serve):
    return serve(create_guide())


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("mobile", [False, True], ids=["desktop", "390px"])
def test_every_part_is_accessible_to_all(page, axe, guide, mobile, dark):
    window = page(mobile=mobile, dark=dark)
    window.goto(guide)

    axe(window)

    assert wide(window) <= 0, "the page scrolls sideways"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_page_without_an_account_is_accessible_in_each_language(page, axe, guide, lang, dark):
    window = page(lang, dark=dark, mobile=dark)
    window.goto(f"{guide}/bare?lang={lang}")

    axe(window)

    assert window.locator("html").get_attribute("lang") == lang


@pytest.mark.parametrize("opened", ["shortcuts", "menu", "confirm"])
def test_open_windows_and_menus_are_accessible(page, axe, guide, opened):
    window = page(dark=opened == "menu")
    window.goto(guide)

    if opened == "shortcuts":
        window.keyboard.press("?")
    elif opened == "menu":
        window.locator(".menu > summary").click()
    else:
        window.get_by_role("button", name="Mettre fin au placement").click()

    axe(window)


def test_navigation_opens_over_a_narrow_page_and_closes_with_escape(page, axe, guide):
    window = page(mobile=True)
    window.goto(guide)
    expect(window.get_by_role("navigation", name="Navigation principale")).not_to_be_visible()

    window.get_by_role("button", name="Menu").click()
    expect(window.get_by_role("link", name="Mesures et places")).to_be_visible()
    axe(window)

    window.keyboard.press("Escape")
    expect(window.get_by_role("link", name="Mesures et places")).not_to_be_visible()


def test_search_and_rows_are_reached_by_single_keys(page, guide):
    window = page()
    window.goto(guide)

    window.keyboard.press("/")
    assert window.evaluate("document.activeElement.id") == "search"

    window.keyboard.type("j?x")
    assert window.locator("#search").input_value() == "j?x"
    assert not window.locator("#shortcuts").is_visible()

    window.locator("#title").focus()
    window.keyboard.press("j")
    window.keyboard.press("j")
    window.keyboard.press("x")
    assert "Da Costa" in window.evaluate("document.activeElement.textContent")
    expect(window.locator("[data-ticked]")).to_have_text("1")
    window.keyboard.press("k")
    assert "Rochat" in window.evaluate("document.activeElement.textContent")


def test_single_keys_can_be_switched_off_and_stay_off(page, guide):
    window = page()
    window.goto(guide)
    window.keyboard.press("?")
    window.get_by_label("Raccourcis d'une seule touche actifs").uncheck()
    window.keyboard.press("Escape")

    window.reload()
    window.keyboard.press("?")

    assert not window.locator("#shortcuts").is_visible()


def test_chosen_appearance_holds_on_the_next_page(page, guide):
    window = page()
    window.goto(guide)
    window.locator(".menu > summary").click()
    window.get_by_role("button", name="Sombre").click()

    window.goto(f"{guide}/bare")

    expect(window.locator("html")).to_have_attribute("data-color-scheme", "dark")


def test_focus_is_always_seen(page, guide):
    window = page()
    window.goto(guide)
    window.evaluate("document.activeElement.blur()")
    seen = 0
    for _ in range(40):
        window.keyboard.press("Tab")
        look = window.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e); return [e.tagName, s.outlineStyle, s.outlineWidth, e.outerHTML.slice(0, 90)] }"
        )
        if look[0] == "BODY":
            continue
        around = window.evaluate(
            "() => { const f = document.activeElement.closest('.ds-field'); return f ? getComputedStyle(f).outlineStyle : 'none' }"
        )
        assert (look[1] != "none" and look[2] != "0px") or around != "none", look
        seen += 1
    assert seen > 30


def test_refused_form_leads_to_its_errors(page, guide):
    window = page()
    window.goto(guide)

    assert window.evaluate("document.activeElement.matches('[data-errors]')")

    label = window.locator("label[for=f-avs]").inner_text().split(" (")[0]
    window.get_by_role("link", name=f"{label}\u00a0: Le chiffre de contrôle").click()
    assert window.evaluate("document.activeElement.id") == "f-avs"
    described = window.locator("#f-avs").get_attribute("aria-describedby").split()
    assert "13 chiffres" in window.locator(f"#{described[0]}").inner_text()
    assert "chiffre de contrôle" in window.locator(f"#{described[1]}").inner_text()


def test_double_click_on_a_submit_button_sends_one_post(page, serve):
    app = create_guide()
    window = page()
    window.goto(serve(app))
    window.evaluate(
        "() => { const f = document.querySelector('.menu form'); f.requestSubmit(); f.requestSubmit(); }"
    )
    window.wait_for_url("**/bare")

    assert app.posts == [{"csrf_token": "invented-token"}]


def test_list_is_exchanged_without_losing_the_place(page, guide):
    window = page()
    window.goto(guide)
    window.locator("[name=sector]").first.focus()
    window.evaluate("document.querySelector('#list').dataset.old = 'yes'")

    window.locator("form.filters [name=sector]").select_option("AC")
    expect(window.locator("#list")).not_to_have_attribute("data-old", "yes")

    expect(window).to_have_url(re.compile("sector=AC"))
    expect(window.locator("form.filters select[name=sector]")).to_be_focused()
    expect(window.locator("#live")).not_to_be_empty()


def test_tables_become_cards_and_buttons_never_wrap_on_a_telephone(page, guide):
    window = page(mobile=True)
    window.goto(guide)

    assert window.locator("#list tbody tr").first.evaluate("row => getComputedStyle(row).display") == "block"
    heights = window.evaluate(
        "[...document.querySelectorAll('.ds-button')].filter(b => b.offsetHeight).map(b => [b.textContent, b.offsetHeight])"
    )
    assert [text for text, height in heights if height > 48] == []
    assert window.locator("#costs .table-region").get_attribute("tabindex") == "0"
    assert window.locator("#costs .table-region").get_attribute("aria-label")


def test_dense_rows_keep_their_height_and_their_head_stays_in_sight(page, guide):
    window = page()
    window.goto(guide)

    height = window.locator("#costs tbody tr").first.evaluate("row => row.offsetHeight")
    assert 36 <= height <= 40
    window.locator("#list tbody tr").last.scroll_into_view_if_needed()
    assert window.locator("#list thead th").nth(1).is_visible()


def test_print_leaves_the_frame_out(page, guide):
    window = page(dark=True)
    window.goto(guide)

    window.emulate_media(media="print")

    assert not window.locator(".topbar").is_visible()
    assert not window.locator("#nav").is_visible()
    assert window.locator("#title").is_visible()
    assert (
        window.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor")
        == "rgb(255, 255, 255)"
    )


def test_paper_carries_each_list_as_a_table_with_what_was_folded_and_no_button(page, guide):
    window = page(mobile=True)
    window.goto(guide)

    window.emulate_media(media="print")

    shown = {one.get_attribute("id"): one for one in window.locator("main .list").all()}
    rows = [one.locator("tbody tr").first for one in shown.values() if one.locator("tbody tr").count()]
    assert {row.evaluate("row => getComputedStyle(row).display") for row in rows} == {"table-row"}
    assert window.locator("details.explain:not([open]) .table").first.is_visible()
    assert not window.locator("main .ds-button:visible").count()
    assert window.locator("#costs tfoot").is_visible()


def test_first_load_stays_under_120_kilobytes(page, guide):
    window = page()
    sizes = []
    window.on("response", lambda answer: sizes.append(answer))  # noqa: PLW0108 - Playwright wants a function of Python
    window.goto(guide, wait_until="networkidle")

    loaded = sum(answer.request.sizes()["responseBodySize"] for answer in sizes if "/static/" in answer.url)
    assert 0 < loaded < 100_000
    assert all("127.0.0.1" in answer.url for answer in sizes)


@pytest.mark.parametrize("name", ["../assets.py", "vendor/refresh.sh", "vendor/htmx.LICENSE", "nothing.css"])
def test_nothing_but_pages_own_files_is_served(name):
    from cii.web.assets import read

    assert read(name) is None
