"""Waiting for a page and keeping its picture."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

PATIENCE = 120_000  # ms; loading torch on a busy machine takes a while


def wait_until_drawn(page: Page) -> None:
    """Until the script has run to its end; the app says so in an attribute."""
    app = page.locator('[data-testid="stApp"]')
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
    expect(page.locator('[data-testid="stSkeleton"]')).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)


def keep_screenshot(page: Page, name: str) -> None:
    """Save what the page looks like, whole, where HEAILTH_SCREENSHOTS names a folder."""
    folder = os.environ.get("HEAILTH_SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    needed = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], needed + 20)})
    page.wait_for_timeout(1500)  # charts redraw for the new height
    page.screenshot(path=Path(folder) / f"{name}.png")
    page.set_viewport_size(size)
