"""The system's Chromium on a whole demo site. Console errors, CSP violations and foreign requests fail the test."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.site import Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
expect.set_options(timeout=20_000)  # two cores serve the site, the workers and the browsers at once
WATCH = """
window.cspViolations = [];
document.addEventListener("securitypolicyviolation", (event) => window.cspViolations.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module; while it lives, a loop runs in this thread and no asyncio test could."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (bin/test installs it when it may: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


class Opener:
    """Opens consoles of signed-in users, each in a browser profile of its own, and keeps what went wrong in them.

    A browser writes every refused request into its console: a test that means to cause one names it in `expected`.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self.pages: list[Page] = []
        self.faults: list[str] = []
        self.expected: str = ""

    def __call__(self, username: str, language: str = "id", *, width: int = 1920, height: int = 1080) -> Page:
        """A console that is connected."""
        page = self.signed_in(username, language, width=width, height=height)
        page.wait_for_selector("#link[data-state=open]")
        return page

    def signed_in(self, username: str, language: str = "id", *, width: int = 1920, height: int = 1080) -> Page:
        """A page after signing in, in one of the languages."""
        context = self._browser.new_context(viewport={"width": width, "height": height})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._watch)
        self.pages.append(page)
        page.goto(f"{self._site.base_url}/akun/masuk/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", self._site.logins[username])
        page.keyboard.press("Enter")
        page.wait_for_selector("button[name=language]")
        if page.get_attribute("html", "lang") != language:
            page.click("button[name=language]")
            page.wait_for_selector(f"html[lang={language}] button[name=language]")
        return page

    def close(self) -> None:
        """Close all pages and hold what was seen against what was expected."""
        for page in self.pages:
            self.faults += page.evaluate("window.cspViolations")
            page.context.close()
        unexpected = [fault for fault in self.faults if not self.expected or not re.search(self.expected, fault)]
        assert unexpected == []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"{message.text} {message.location.get('url', '')}")

    def _watch(self, request: Request) -> None:
        own = (self._site.base_url, self._site.base_url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(own):
            self.faults.append(request.url)


@pytest.fixture
def console(browser: Browser, site: Site) -> Iterator[Opener]:
    """Consoles on a running site."""
    opener = Opener(browser, site)
    yield opener
    opener.close()
