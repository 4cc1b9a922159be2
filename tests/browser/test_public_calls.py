"""The public page of calls on a telephone: no word stands out of its card, none is cut in two."""

import pytest

from tests.browser.test_pages import wide

CUT = """() => [...document.querySelectorAll('main :is(dd, tbody td, tbody th, p, li)')].flatMap(cell => {
  const room = cell.getBoundingClientRect(), words = [];
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    for (const found of node.data.matchAll(/[\\p{L}]+/gu)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const boxes = [...range.getClientRects()];
      if (boxes.length > 1 || boxes.some(box => box.right > room.right + 1)) words.push(found[0]);
    }
  return words;
})"""
"""Words of more than one line, and words beyond the right end of what holds them."""


@pytest.mark.parametrize("lang", ["de", "fr"])
def test_no_word_of_a_published_call_is_cut(town, page, violations, lang):
    window = page(lang, None, mobile=True)
    places = ["/public/calls", f"/public/calls/{town.canton.refs['open_call']}"]

    cut, seen = [], ""
    for place in places:
        window.goto(f"{town.address}{place}?lang={lang}")
        seen += window.locator("main").inner_text()
        cut += [*window.evaluate(CUT), *violations(window), *(["sideways"] if wide(window) > 0 else [])]

    assert cut == []
    assert ("Arbeitslosenversicherung" if lang == "de" else "assurance-chômage") in seen
