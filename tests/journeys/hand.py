"""A person at a window of the browser, who works by what is written there."""

import re

from playwright.sync_api import expect


class Hand:
    """One person at a window: goes, reads, fills in and clicks, all by what is written there."""

    def __init__(self, story, who):
        self.story = story
        self.window = story.windows.get(who) or story.page("fr")
        self.window.context.clear_cookies()
        story.windows[who] = self.window
        story.sign_in(self.window, who)
        self.main = self.window.locator("main")

    def go(self, path):
        self.window.goto(self.story.town.address + path)
        return self

    def menu(self, label):
        """Follow the main navigation."""
        self.window.get_by_role("navigation", name="Navigation principale").get_by_role(
            "link", name=label
        ).click()
        return self

    def follow(self, label, within=None):
        (within or self.main).get_by_role("link", name=label).first.click()
        return self

    def press(self, label, within=None):
        """Click a button and, where it opens a window over the page, the button that confirms."""
        (within or self.main).get_by_role("button", name=label, exact=True).first.click()
        return self

    def confirm(self, label):
        self.window.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
        return self

    def fill(self, fields, within=None):
        """Type or choose, by the label of each field."""
        place = within or self.main
        for label, value in fields.items():
            field = place.get_by_label(label).locator("visible=true").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        return self

    def pick(self, question, answer, within=None):
        """Answer a question with one of its radio buttons."""
        (within or self.main).get_by_role("radiogroup", name=question).get_by_label(
            answer, exact=True
        ).check()
        return self

    def reads(self, *words):
        """Everything is written on the page."""
        for one in words:
            expect(self.main).to_contain_text(one)
        return self

    def misses(self, *words):
        for one in words:
            expect(self.main).not_to_contain_text(one)
        return self

    @property
    def path(self):
        return re.sub(r"^https?://[^/]+|[?#].*$", "", self.window.url)
