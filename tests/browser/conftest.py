"""A real server and a real Chromium for the browser tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from core.paths import ROOT
from tests.browser.looking import wait_until_drawn

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_ONE = (
    "no Chromium found: `apt-get install chromium`, or set HEAILTH_CHROMIUM to its program file"
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; skips where there is none, fails where CI demands one."""
    names = filter(None, (os.environ.get("HEAILTH_CHROMIUM"), *BROWSERS))
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None and os.environ.get("HEAILTH_REQUIRE_BROWSER"):
        pytest.fail(HOW_TO_GET_ONE)
    if found is None:
        pytest.skip(HOW_TO_GET_ONE)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(chromium: str) -> Iterator[str]:
    """The dashboard, started as README says, on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", *options]
    with subprocess.Popen([*command, "--server.port", str(port)], cwd=ROOT) as server:
        _wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_until_healthy(server: subprocess.Popen[bytes], health: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"streamlit ended with exit code {server.returncode}")
        try:
            urllib.request.urlopen(health, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    server.kill()
    pytest.fail("streamlit did not become healthy within two minutes")


def _is_own_error(message: ConsoleMessage) -> bool:
    """Streamlit's client looks for its server below the page's address first and takes a 404."""
    probe = "/_stcore/" in message.location["url"] and "404" in message.text
    return message.type == "error" and not probe


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page cold and wait until it is drawn; the page's own console errors are collected."""
    contexts = []

    def open_page(path: str, width: int = 1440, height: int = 900, scheme: str = "light") -> Page:
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("console", lambda m: _is_own_error(m) and page.errors.append(m.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(address + path)
        wait_until_drawn(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
