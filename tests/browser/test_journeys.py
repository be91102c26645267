"""What a person does: from the case counts to films, from a film to its reading."""

import zipfile

import pandas as pd
from playwright.sync_api import expect

from core.checkpoints import store
from core.paths import NIH, ROOT
from tests.browser.looking import PATIENCE, wait_until_drawn

UPLOAD = ROOT / "tests" / "files" / "rsna_jpeg_baseline.dcm"


def _metric(page, label):
    return (
        page.locator('[data-testid="stMetric"]', has_text=label)
        .locator('[data-testid="stMetricValue"]')
        .first
    )


def test_from_home_to_filtered_films(visit):
    page = visit("/")
    page.locator('[data-testid="stMain"]').get_by_role("link", name="Data set").click()
    page.wait_for_url("**/dataset")
    wait_until_drawn(page)
    expect(_metric(page, "Films")).to_have_text("112,120", timeout=PATIENCE)
    page.get_by_role("radio", name="Starter films").click()
    expect(_metric(page, "Films")).to_have_text("9,433", timeout=PATIENCE)
    expect(page.get_by_text("a convenience sample").first).to_be_visible()
    assert "set=Starter+films" in page.url
    assert page.locator('[data-testid="stImage"] img').count() == 9
    assert page.errors == []


def test_from_a_case_count_to_its_films_to_a_reading(visit):
    page = visit("/dataset?view=PA")
    chart = page.locator(".st-key-chart-cases")
    expect(chart.locator(".barlayer path").first).to_be_visible(timeout=PATIENCE)
    bar = chart.locator(".barlayer .trace").first.locator("path").nth(1)  # the second most frequent
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**show=Effusion**", timeout=PATIENCE)
    wait_until_drawn(page)
    assert "view=PA" in page.url
    film = page.locator('[data-testid="stPageLink"] a', has_text="Read this film").first
    captions = page.locator('[data-testid="stCaptionContainer"]', has_text=" years")
    expect(captions.first).to_contain_text("Effusion", timeout=PATIENCE)
    expect(captions.first).to_contain_text("PA")
    film.click()
    page.wait_for_url("**/predict?*", timeout=PATIENCE)
    name = page.url.split("=")[-1]
    expect(page.get_by_text(f"{name}: PNG")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("NIH's label, text-mined").first).to_contain_text("Effusion")
    wait_until_drawn(page)
    assert page.errors == []


def test_a_view_of_the_data_can_be_shared_by_its_address(visit):
    page = visit("/dataset?view=AP&list=test+list")
    raw = pd.read_csv(NIH / "Data_Entry_2017_v2020.csv.gz")
    test = set(pd.read_csv(NIH / "test_list.txt.gz", header=None)[0])
    keep = (raw["View Position"] == "AP") & raw["Image Index"].isin(test)
    expect(_metric(page, "Films")).to_have_text(f"{keep.sum():,}", timeout=PATIENCE)


def test_an_address_that_makes_no_sense_shows_everything(visit):
    page = visit("/dataset?view=sideways&sex=x&ages=old&findings=Plague&set=moon")
    expect(_metric(page, "Films")).to_have_text("112,120", timeout=PATIENCE)
    assert page.locator('[data-testid="stException"]').count() == 0


def test_a_sample_is_read_and_a_dicom_film_after_it(visit):
    page = visit("/predict?sample=00013125_000.png")
    expect(page.get_by_text("00013125_000.png: PNG")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".frame .heat").first).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Film only", exact=True).click()
    expect(page.get_by_role("img", name="The film", exact=True)).to_be_visible(timeout=PATIENCE)
    page.locator('input[type="file"]').set_input_files(UPLOAD)
    expect(page.get_by_text("rsna_jpeg_baseline.dcm: DICOM")).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.errors == []


def test_a_file_that_is_no_film_is_answered_in_a_sentence_and_the_page_goes_on(visit):
    page = visit("/predict")
    chooser = page.locator('input[type="file"]')
    chooser.set_input_files({"name": "**notes**.png", "mimeType": "image/png", "buffer": b"hello"})
    alert = page.locator('[data-testid="stAlert"]').first
    expect(alert).to_be_visible(timeout=PATIENCE)
    expect(alert).to_contain_text("upload the film as PNG, JPEG or DICOM")
    page.get_by_role("button", name="Remove **notes**.png").click()
    expect(page.get_by_text("00009745_000.png: PNG")).to_be_visible(timeout=PATIENCE)


def test_many_films_are_read_and_a_row_leads_to_its_film(visit):
    page = visit("/batch")
    page.get_by_role("button", name="Try it with our 40 sample films").click()
    expect(page.get_by_text("40 films read, 0 refused, 0 unreadable")).to_be_visible(
        timeout=PATIENCE
    )
    wait_until_drawn(page)
    maps = page.locator('[data-testid="stImage"] img')
    expect(maps.first).to_be_visible(timeout=PATIENCE)
    page.locator('input[type="file"]').set_input_files(
        {"name": "**notes**.txt", "mimeType": "text/plain", "buffer": b"hello"}
    )
    expect(page.get_by_text("40 films read, 0 refused, 1 unreadable")).to_be_visible(
        timeout=PATIENCE
    )
    wait_until_drawn(page)
    with page.expect_download(timeout=PATIENCE) as saved:
        page.get_by_role("button", name="Download all readings (ZIP)").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        names = archive.namelist()
    assert names[:3] == ["README.txt", "readings.csv", "readings.json"]
    assert len(names) == 3 + 40 * len(store.names())
    page.get_by_role("link", name="Read this film alone").click()
    page.wait_for_url("**/predict?sample=*", timeout=PATIENCE)
    wait_until_drawn(page)
    assert page.errors == []
