"""A headless Chromium with a profile of its own that reaches nothing but this machine, and what it saw of a page."""

import json
import os
import pathlib
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

import waiting

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = (HERE / "checks.js").read_text(encoding="utf-8")
WAIT_SECONDS = 30
WIDTH, HEIGHT = 1000, 1200

ARGUMENTS = [
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en",
    # No name but this machine's address leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="saga-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = os.environ.get("SAGA_CHROMIUM", "/usr/bin/chromium")
        for argument in [*ARGUMENTS, f"--user-data-dir={self.profile}", f"--window-size={WIDTH},{HEIGHT}"]:
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's own does not work for root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(os.environ.get("SAGA_CHROMEDRIVER", "/usr/bin/chromedriver"))
        self.driver = webdriver.Chrome(service=service, options=options)
        self.complaints = []  # the console's, since the page was opened
        self.requests = []  # as the page made them: {"url": …, "method": …, "headers": …}

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def open(self, url):
        self.driver.get("about:blank")  # or the page before it may ask something in between
        self.read_logs()
        self.complaints.clear()
        self.requests.clear()
        self.driver.get(url)

    def read_logs(self):
        """Takes over what came since the last time."""
        self.complaints += [entry for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"])

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find_shown(self, selector):
        """The driver takes what is folded away for displayed."""
        return self.run("return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())", selector)

    def text(self, selector):
        """Of the first such element; "" where there is none."""
        found = self.find_all(selector)
        return found[0].text if found else ""

    def wait_for(self, observe, what, seconds=WAIT_SECONDS):
        return waiting.wait_until(observe, seconds, what)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def resize(self, width, height=HEIGHT):
        """As a phone, if so wanted: a window has a least width."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def use_colours(self, scheme):
        """light or dark"""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def check(self, name):
        """One of the functions of checks.js; what it complains of."""
        return self.run(f"{CHECKS}\nreturn {name}();")

    def assert_quiet(self, origin):
        """The console has no complaint, and nothing was asked of anybody else."""
        self.read_logs()
        assert not self.complaints, self.complaints
        asked = {request["url"] for request in self.requests if not request["url"].startswith("data:")}
        assert asked, "the browser's log of requests is empty"
        assert not {url for url in asked if not url.startswith(origin + "/")}, asked

    def assert_accessible(self):
        """Names, headings, and the width of a phone; contrast in both schemes. The page is left as it was."""
        nameless = [one.get_attribute("outerHTML") for one in self.find_shown("input, select, textarea, button, a, summary")
                    if not one.accessible_name.strip()]
        assert not nameless, nameless
        assert self.check("unlabelledFields") == []
        assert self.check("headingFaults") == []
        try:
            for scheme in ("light", "dark"):
                self.use_colours(scheme)
                assert self.check("faintTexts") == [], scheme
            self.resize(320, 640)
            assert self.check("wideElements") == []
        finally:
            self.use_colours("light")
            self.resize(WIDTH)
