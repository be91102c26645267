"""Every page, opened cold by its address, wide and narrow, light and dark."""

import pytest
from playwright.sync_api import expect

from core import NOT_A_DIAGNOSIS
from tests.browser.looking import keep_screenshot
from ui.shared.frame import PAGES

PATHS = {key: "/" if key == "home" else f"/{key}" for key in PAGES}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("key", PATHS)
def test_page_opens_cold(visit, key, width, scheme):
    page = visit(PATHS[key], width, 900 if width > 800 else 844, scheme)
    keep_screenshot(page, f"{key}-{width}-{scheme}")
    assert page.locator('[data-testid="stException"]').count() == 0
    expect(page.get_by_text(NOT_A_DIAGNOSIS).first).to_be_visible()
    assert page.title() == f"{PAGES[key].title} · HeAilth"
    assert page.errors == []
    overflow = page.evaluate(
        "Math.max(document.scrollingElement.scrollWidth, "
        "document.querySelector('[data-testid=stMain]').scrollWidth) - innerWidth"
    )
    assert overflow <= 1


def test_the_sidebar_leads_to_every_page(visit):
    page = visit("/")
    links = page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"]')
    shown = [text.split("\n")[-1] for text in links.all_inner_texts()]  # before it, the icon's name
    assert shown == [entry.title for entry in PAGES.values()]
