"""The system's Chromium on a whole demo site. Console errors, CSP violations and foreign requests fail the test."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.flows.conftest import Site, site

__all__ = ["site"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
WATCH = """
window.cspViolations = [];
document.addEventListener("securitypolicyviolation", (event) => window.cspViolations.push(event.violatedDirective));
"""
Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (bin/test installs it when it may: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def console(browser: Browser, site: Site) -> Iterator[Opener]:
    """Opens consoles of signed-in users, each in a browser profile of its own."""
    pages: list[Page] = []
    faults: list[str] = []

    def opened(username: str, language: str = "id", *, width: int = 1920, height: int = 1080) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: None if _is_own(request.url, site) else faults.append(request.url))
        page.goto(f"{site.base_url}/akun/masuk/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", site.logins[username])
        page.keyboard.press("Enter")
        page.wait_for_url("**/konsol/")
        if page.get_attribute("html", "lang") != language:
            page.click("button[name=language]")
            page.wait_for_function(f"document.documentElement.lang === '{language}'")
        page.wait_for_selector("#link[data-state=open]")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        faults += page.evaluate("window.cspViolations")
        page.context.close()
    assert faults == []


def _is_own(url: str, site: Site) -> bool:
    return url.startswith((site.base_url, "data:", "blob:", site.base_url.replace("http", "ws", 1)))
