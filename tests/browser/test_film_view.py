"""The film viewer: zoom, pan, window and drawing are done in the browser, without the server."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import PATIENCE, wait_until_drawn

PATH = "/predict?sample=00009745_000.png"


@pytest.fixture
def page(visit):
    page = visit("/about")
    page.sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda f: page.sent.append(f)))
    page.goto(page.url.replace("/about", PATH))
    wait_until_drawn(page)
    expect(page.locator(".frame")).to_have_count(2, timeout=PATIENCE)
    wait_until_drawn(page)
    page.sent.clear()
    yield page
    assert page.errors == []


def state(page) -> tuple[float, float, float]:
    """Zoom and shift of every picture, which must be the same in all."""
    found = page.locator(".stage").evaluate_all(
        "all => all.map(e => new DOMMatrix(getComputedStyle(e).transform))"
        ".map((m, i) => [m.a, m.e / all[i].offsetWidth, m.f / all[i].offsetHeight])"
    )
    assert all(one == pytest.approx(found[0], abs=1e-3) for one in found)
    return tuple(found[0])


def test_all_pictures_zoom_and_move_together_without_the_server(page):
    assert state(page) == (1, 0, 0)
    frame = page.locator(".frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    expect(page.locator(".view output")).not_to_have_text("100 %")
    zoom, across, down = state(page)
    assert zoom > 2
    # What was under the pointer is still there.
    assert across + zoom * 0.25 == pytest.approx(0.25, abs=0.01)
    assert down + zoom * 0.5 == pytest.approx(0.5, abs=0.01)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=3)
    page.mouse.up()
    assert state(page)[1] - across == pytest.approx(30 / box["width"], abs=0.01)
    frame.dblclick()
    assert state(page) == (1, 0, 0)
    assert page.sent == []


def test_buttons_and_keys_zoom_and_the_film_never_leaves_its_frame(page):
    page.locator(".view").get_by_role("button", name="Zoom in").click()
    assert state(page)[0] == pytest.approx(1.5)
    page.locator(".frame").last.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    assert state(page)[1] == 0
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    assert state(page)[1] == pytest.approx(1 - 1.5)
    for _ in range(30):
        page.keyboard.press("+")
    assert state(page)[0] == 8
    page.locator(".view").get_by_role("button", name="Whole film").click()
    assert state(page) == (1, 0, 0)
    page.keyboard.press("-")
    assert state(page) == (1, 0, 0)
    assert page.sent == []


def test_window_invert_and_strength_are_drawn_by_the_browser(page):
    film = page.locator(".film").first
    grey_of = """async (img, at) => {
      const canvas = new OffscreenCanvas(256, 1), paper = canvas.getContext("2d");
      const ramp = paper.createImageData(256, 1);
      for (let i = 0; i < 256; i++) ramp.data.set([i, i, i, 255], 4 * i);
      const source = new OffscreenCanvas(256, 1);
      source.getContext("2d").putImageData(ramp, 0, 0);
      paper.filter = getComputedStyle(img).filter;
      paper.drawImage(source, 0, 0);
      return paper.getImageData(at, 0, 1, 1).data[0];
    }"""
    page.get_by_label("Black below, percent").fill("20")
    page.get_by_label("White above, percent").fill("60")
    for grey in (30, 51, 80, 102, 130, 153, 200):
        expected = min(max((grey / 255 - 0.2) / 0.4, 0), 1) * 255
        assert film.evaluate(grey_of, grey) == pytest.approx(expected, abs=2)
    page.get_by_text("Invert the film").click()
    expected = 255 - (102 / 255 - 0.2) / 0.4 * 255
    assert film.evaluate(grey_of, 102) == pytest.approx(expected, abs=2)
    page.get_by_label("Strength of the colours").fill("30")
    assert page.locator(".smooth").first.evaluate("e => getComputedStyle(e).opacity") == "0.3"
    page.get_by_label("Black below, percent").fill("90")
    assert page.get_by_label("Black below, percent").input_value() == "58", "never above white"
    page.locator(".view").get_by_role("button", name="Reset").click()
    for grey in (0, 77, 255):
        assert film.evaluate(grey_of, grey) == pytest.approx(grey, abs=1)
    assert page.sent == []


def test_the_plain_film_is_one_click_away_and_maps_are_drawn_three_ways(page):
    view = page.locator(".view")
    expect(page.locator(".smooth").first).to_be_visible()
    expect(page.locator(".own").first).to_be_hidden()
    page.get_by_text("The network's own grid").click()
    expect(page.locator(".own").first).to_be_visible()
    expect(page.locator(".smooth").first).to_be_hidden()
    view.get_by_text("Contour", exact=True).click()
    expect(page.locator(".lines polygon").first).to_be_visible()
    expect(page.locator(".own").first).to_be_hidden()
    view.get_by_text("Box", exact=True).click()
    expect(page.locator(".boxes rect").first).to_be_visible()
    expect(page.locator(".lines").first).to_be_hidden()
    expect(page.locator(".true rect").first).to_be_visible()
    page.get_by_text("Radiologist's box: Cardiomegaly", exact=True).click()
    expect(page.locator(".true").first).to_be_hidden()
    view.get_by_text("Side by side", exact=True).click()
    expect(page.locator(".frame")).to_have_count(3)
    view.get_by_text("Film only", exact=True).click()
    expect(page.locator(".frame")).to_have_count(1)
    expect(page.get_by_role("img", name="The film", exact=True)).to_be_visible()
    assert page.locator(".heat, .boxes").count() == 0
    assert page.sent == []


def test_another_finding_keeps_the_zoom_and_another_film_shows_itself_whole(page):
    page.locator(".view").get_by_role("button", name="Zoom in").click()
    page.get_by_label("White above, percent").fill("70")
    select = page.get_by_role("combobox", name="Finding").first
    select.scroll_into_view_if_needed()  # scrolling closes a list that is open: first this,
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    select.click()
    page.get_by_role("option").filter(has_text="Emphysema").click()
    expect(page.locator("figcaption").first).to_contain_text("Emphysema", timeout=PATIENCE)
    assert state(page)[0] == pytest.approx(1.5)
    assert page.get_by_label("White above, percent").input_value() == "70"
    page.get_by_role("combobox", name="Sample film", exact=True).click()
    page.keyboard.type("00013125")  # the list renders only what fits
    page.get_by_role("option").filter(has_text="00013125_000").click()
    expect(page.get_by_text("00013125_000.png: PNG")).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(page)
    assert state(page) == (1, 0, 0)
    assert page.get_by_label("White above, percent").input_value() == "100"


def test_two_fingers_zoom_on_a_phone_and_one_scrolls_the_page(visit):
    page = visit(PATH, 390, 844)
    frame = page.locator(".frame").first
    expect(frame).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(page)
    assert frame.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, gap: float | None) -> None:
        points = [] if gap is None else [{"x": x - gap, "y": y}, {"x": x + gap, "y": y}]
        points = [point | {"id": number} for number, point in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 30)
    fingers("touchMove", 45)
    fingers("touchMove", 60)
    fingers("touchEnd", None)
    assert state(page)[0] == pytest.approx(2, abs=0.1)
    assert frame.evaluate("e => getComputedStyle(e).touchAction") == "none"
    controls, picture = page.get_by_text("Film only").bounding_box(), frame.bounding_box()
    assert controls["y"] > picture["y"] + picture["height"], "the picture comes first"
