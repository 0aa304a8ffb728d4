"""The page at /, as a person has it before them."""

import pathlib

from selenium.webdriver.support.select import Select

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = (HERE / "checks.js").read_text(encoding="utf-8") + (HERE / "page_checks.js").read_text(encoding="utf-8")
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
BURST_SECONDS = 150


class Page:
    def __init__(self, browser, stack):
        self.browser = browser
        self.stack = stack
        self.url = stack.order.url

    def open(self):
        self.browser.resize(*SIZES["desktop"])
        self.browser.open(f"{self.url}/")
        self.wait_for_state("live")

    def wait_for_state(self, state):
        self.browser.wait_for(lambda: self.browser.run("return document.documentElement.dataset.state") == state, f"the page is {state}")

    def counts(self):
        """As they are shown: status -> count."""
        return self.browser.run("return Object.fromEntries([...document.querySelectorAll('#diagram .node')].map((node) =>"
                                " [...node.querySelectorAll('text')].map((text) => text.textContent)))")

    def moves(self):
        """As they are shown: the reasons that were seen, with their counts, from all arrows together."""
        texts = self.browser.run("return [...document.querySelectorAll('#diagram .reason.seen')].map((text) => text.textContent)")
        found = {}
        for text in texts:
            reason, count = text.rsplit(" ", 1)
            found[reason] = found.get(reason, 0) + int(count.replace(",", ""))
        return found

    def wait_for_counts(self, **wanted):
        wanted = {name: f"{count:,}" for name, count in wanted.items()}
        self.browser.wait_for(lambda: wanted.items() <= self.counts().items(), f"{wanted} are shown")

    def place(self, name):
        self.browser.find(f"#{name}").click()

    def fault(self, item, words):
        before = self.browser.text("#break-message")
        Select(self.browser.find(f"#break [data-name={item}]")).select_by_visible_text(words)
        self.browser.wait_for(lambda: self.browser.text("#break-message") not in ("", before), "the fault is in force")

    def newest(self):
        return self.browser.find("#orders button")

    def story(self):
        self.browser.wait_for(lambda: self.browser.text("#story-steps"), "the story is told")
        return self.browser.text("#story")

    def check(self, name):
        return self.browser.run(f"{CHECKS}\nreturn {name}();")
