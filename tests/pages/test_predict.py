"""The page that reads films, run without a browser."""

import io
import json
import shutil
import zipfile
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
import streamlit as st
from jsonschema import Draft202012Validator
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.checkpoints import store
from core.films.read import read_film, read_path
from core.findings import NAMES
from core.gate import checks, corrections
from core.maps import boxes as map_boxes
from core.maps import colours
from core.nih.film_set import open_starter
from core.paths import ROOT, SAMPLES
from core.reading import batch, neighbours
from core.reading.by_margin import ranked
from core.reading.predictor import Predictor
from core.statistics.points import OperatingPoint, OperatingPoints
from ui.reading import downloads as reading_downloads
from ui.reading import film_choice, text
from ui.reading.session import Examined, Opinion
from ui.shared import cache

SAMPLE = "00009745_000.png"
BELOW = "Also findings below their operating point"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkpoints that a test may break."""
    target = tmp_path / "checkpoints"
    shutil.copytree(store.CHECKPOINTS, target)
    monkeypatch.setattr(store, "CHECKPOINTS", target)
    st.cache_data.clear()
    st.cache_resource.clear()
    return target


def opened(sample: str = SAMPLE) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
    app.query_params["sample"] = sample
    app = app.switch_page("pages/predict.py").run()
    assert not app.exception
    return app


def with_upload(*files: tuple[str, bytes]) -> AppTest:
    app = opened()
    uploads = [(name, data, "application/octet-stream") for name, data in files]
    app.file_uploader[0].set_value(uploads).run()
    assert not app.exception
    return app


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def view(app: AppTest) -> dict:
    """What the film viewer was given."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def picture(url: str) -> bytes:
    return b64decode(url.split(",", 1)[1])


def select(app: AppTest, label: str):
    return next(box for box in app.selectbox if box.label == label)


def choose(app: AppTest, finding: str) -> None:
    select(app, "Finding").set_value(finding).run()
    assert not app.exception


def toggle(app: AppTest, label: str):
    return next(t for t in app.toggle if t.label == label)


def png(picture: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "PNG")
    return target.getvalue()


def test_a_sample_is_read_by_all_networks():
    app = opened()
    assert charts(app) == len(store.names())
    assert "first" in app.subheader[0].value
    assert app.text[0].value.startswith(SAMPLE)
    assert any("Radiologist's box: Cardiomegaly" in caption.value for caption in app.caption)


def test_the_address_chooses_the_sample_and_nonsense_is_passed_over():
    assert opened("00000013_008.png").text[0].value.startswith("00000013_008.png")
    assert charts(opened("../../etc/passwd")) == len(store.names())


def test_without_samples_films_can_still_be_uploaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = (SAMPLES / SAMPLE).read_bytes()
    monkeypatch.setattr("ui.reading.film_choice.SAMPLES", tmp_path)
    st.cache_data.clear()
    app = opened()
    assert "git checkout -- samples" in app.info[0].value
    app.file_uploader[0].set_value(("own.png", data, "image/png")).run()
    assert not app.exception
    assert charts(app) == len(store.names())


def test_samples_can_be_filtered_by_finding():
    app = opened()
    app.selectbox[0].set_value("Hernia").run()
    assert not app.exception
    assert len(app.selectbox[1].options) == 3


def test_controls_of_the_viewer_run_without_reading_again(monkeypatch: pytest.MonkeyPatch):
    app = opened()
    monkeypatch.setattr(Predictor, "read", None)
    choose(app, "Emphysema")
    assert view(app)["maps"][0]["caption"].startswith("Emphysema ")
    toggle(app, BELOW).set_value(True).run()
    choose(app, "Hernia")
    assert view(app)["maps"][0]["caption"].startswith("Hernia ")
    select(app, "Map by").set_value("LayerCAM").run()
    app.select_slider[0].set_value(0.01).run()
    assert not app.exception


def test_the_viewer_gets_the_film_the_maps_and_the_radiologists_box():
    content = view(opened())
    film = Image.open(io.BytesIO(picture(content["film"])))
    assert max(film.size) == 1024
    assert content["ratio"] == 1
    assert [m["title"] for m in content["maps"]] == ["Plain CNN", "MobileNetV2"]
    for drawn in content["maps"]:
        assert " zone, at " in drawn["caption"]
        assert drawn["lines"]
        assert drawn["boxes"]
        own = Image.open(io.BytesIO(picture(drawn["own"])))
        assert own.size in ((8, 8), (12, 12))
        assert own.mode == "RGBA"
    assert content["truth"]["label"] == "Radiologist's box: Cardiomegaly"
    x, y, w, h = cache.boxes_of(SAMPLE, "Cardiomegaly")[0]
    expected = [x / 1024, y / 1024, w / 1024, h / 1024]
    assert content["truth"]["boxes"][0] == pytest.approx(expected, abs=1e-5)
    choose(app := opened(), "Emphysema")
    assert view(app)["truth"]["boxes"] == [], "a box belongs to its own finding"


def test_only_findings_above_their_point_are_offered_until_others_are_asked_for():
    app = opened()
    offered = select(app, "Finding").options
    assert 0 < len(offered) < len(NAMES)
    assert all("above" in words for words in offered)
    toggle(app, BELOW).set_value(True).run()
    assert len(select(app, "Finding").options) == len(NAMES)


def test_a_film_without_a_finding_is_shown_plain_until_a_map_is_asked_for(folder: Path):
    for path in folder.glob("*/card.json"):
        card = json.loads(path.read_text())
        for point in card["operating_points"].values():
            point.get("youden", {})["threshold"] = 0.999
        path.write_text(json.dumps(card))
    app = opened()
    assert any("No finding lies above its operating point" in note.value for note in app.info)
    assert view(app)["maps"] == []
    assert view(app)["film"]
    toggle(app, BELOW).set_value(True).run()
    assert len(view(app)["maps"]) == 2
    assert not any("No finding lies above" in note.value for note in app.info)


def test_the_first_film_is_one_that_both_networks_find_and_the_page_says_so():
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
    app = app.switch_page("pages/predict.py").run()
    assert app.text[0].value.startswith(film_choice.FIRST)
    assert any(film_choice.FIRST_IS in caption.value for caption in app.caption)
    (box,) = cache.boxes_of(film_choice.FIRST, "Cardiomegaly")
    film = read_path(SAMPLES / film_choice.FIRST)
    for name in ("cnn", "mobilenet_v2"):
        predictor = Predictor(name)
        reading = predictor.read(film)
        findings = ranked(reading.probabilities, predictor.card)
        assert findings["finding"][0] == "Cardiomegaly"
        assert findings["above"][0]
        peak = map_boxes.peak(reading.maps[NAMES.index("Cardiomegaly")])
        assert map_boxes.contains(box, peak)


def test_the_map_adds_up_to_the_score_to_four_digits():
    table = next(f.value for f in opened().dataframe if "Step" in f.value).set_index("Step")
    assert list(table.columns) == ["Plain CNN", "MobileNetV2"]
    for column in table:
        steps = table[column]
        assert steps["= sum"] == steps["Score of the network (logit)"]
        total = float(steps["Mean of the cells"]) + float(steps["+ bias"])
        assert total == pytest.approx(float(steps["= sum"]), abs=1.5e-4)
        slope, offset = map(float, steps["Slope, offset"].split(","))
        probability = 100 / (1 + np.exp(-(slope * float(steps["= sum"]) + offset)))
        assert steps["Probability"] == f"{probability:.1f} %"


def test_the_prevalence_moves_probability_and_predictive_values():
    app = opened()

    def shown() -> list[float]:
        table = next(t.value for t in app.table if t.value.index[0].startswith("Prob"))
        return [float(cell.split(" ")[0]) for cell in table["Plain CNN"]]

    first = shown()
    assert first[0] == first[1], "the slider starts where validation is"
    app.select_slider[0].set_value(0.001).run()
    rare = shown()
    assert rare[0] == first[0]
    assert rare[1] < first[1]
    assert rare[2] < first[2]
    assert rare[3] < first[3], "a rarer finding makes a call worth less"
    assert rare[4] >= first[4]
    assert rare[5:] == first[5:], "sensitivity and specificity stay"


def test_a_turned_film_has_no_location_and_a_corrected_one_has():
    with Image.open(SAMPLES / SAMPLE) as image:
        app = with_upload(("turned.png", png(np.rot90(np.asarray(image.convert("L")), 2))))
    toggle(app, BELOW).set_value(True).run()
    assert not any(" zone" in m["caption"] for m in view(app)["maps"])
    assert any("no location is given" in caption.value for caption in app.caption)
    next(button for button in app.button if "180" in button.label).click().run()
    assert all(" zone" in m["caption"] for m in view(app)["maps"])


def test_a_photograph_is_taken_only_when_asked_for():
    app = opened()
    assert not app.get("camera_input")
    toggle(app, "Photograph a film with this device").set_value(True).run()
    assert not app.exception
    assert app.get("camera_input")
    assert any(caption.value == film_choice.PHOTO_IS for caption in app.caption)


@pytest.mark.parametrize("method", ["Grad-CAM++", "HiResCAM", "LayerCAM"])
def test_every_method_draws_a_map(method: str):
    app = opened()
    next(box for box in app.selectbox if box.label == "Map by").set_value(method).run()
    assert not app.exception
    assert any("its own maximum" in caption.value for caption in app.caption)


def test_an_upload_gives_the_numbers_of_the_command_line(monkeypatch: pytest.MonkeyPatch):
    seen: list[dict] = []
    downloads = reading_downloads.downloads

    def spy(examined, opinions, choice):
        seen.append(json.loads(text.as_json(examined, opinions)))
        downloads(examined, opinions, choice)

    monkeypatch.setattr(reading_downloads, "downloads", spy)
    path = SAMPLES / "00000506_013.png"
    with_upload((path.name, path.read_bytes()))
    Draft202012Validator(json.loads((ROOT / "docs" / "reading.schema.json").read_text())).validate(
        seen[-1]
    )
    film = seen[-1]["films"][0]
    assert film["file"] == path.name
    assert len(film["readings"]) == len(store.names())
    for reading in film["readings"]:
        name = reading["checkpoint"].split("@")[0]
        expected = batch.predict([path], name)[0].probabilities
        page = [reading["probabilities"][finding] for finding in NAMES]
        assert page == pytest.approx(expected, abs=1e-4)


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.download_button]


def test_only_a_dicom_film_has_dicom_results():
    assert buttons(opened()) == ["Report (PDF)", "CSV", "JSON"]
    app = with_upload(("film.dcm", (ROOT / "tests/files/rsna_jpeg_baseline.dcm").read_bytes()))
    assert buttons(app) == ["Report (PDF)", "CSV", "JSON", "DICOM results (ZIP)"]


def test_dicom_results_are_of_the_film_as_corrected_or_say_why_there_are_none():
    data = (ROOT / "tests/files/rsna_jpeg_baseline.dcm").read_bytes()
    film = corrections.correct(read_film(data, "film.dcm"), "rotate 180")
    predictor = Predictor("cnn")
    read = predictor.read(film)
    opinion = Opinion(predictor.card, read, ranked(read.probabilities, predictor.card))
    shown = colours.shown(film.pixels)
    examined = Examined("0" * 64, film, shown, checks.check(film), ("rotate 180",))
    packed = zipfile.ZipFile(io.BytesIO(reading_downloads.dicom_zip(examined, [opinion], data)))
    image = pydicom.dcmread(io.BytesIO(packed.read("heat_maps.dcm")))
    assert "rotate 180" in image.DerivationDescription
    header = pydicom.dcmread(io.BytesIO(data))
    del header.StudyInstanceUID
    loose = io.BytesIO()
    header.save_as(loose)
    packed = zipfile.ZipFile(
        io.BytesIO(reading_downloads.dicom_zip(examined, [opinion], loose.getvalue()))
    )
    assert packed.namelist() == ["not_linked.txt"]
    assert b"StudyInstanceUID is missing" in packed.read("not_linked.txt")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((SAMPLES / SAMPLE).read_bytes()[:20_000], "breaks off in the middle"),
        (b"This is not a picture.\n" * 20, "seems to be a text file"),
        (b"", "is empty"),
    ],
    ids=["truncated", "text", "empty"],
)
def test_an_unreadable_file_is_one_sentence_and_the_page_stays_usable(data: bytes, words: str):
    app = with_upload(("film.png", data))
    assert len(app.error) == 1
    assert words in app.error[0].value
    assert app.text[0].value == "film.png"
    assert charts(app) == 0
    app.file_uploader[0].set_value([]).run()
    assert charts(app) == len(store.names())


def test_a_colour_photograph_is_refused_with_its_reason():
    photo = np.zeros((300, 400, 3), np.uint8)
    photo[..., 0] = np.linspace(80, 255, 400)
    app = with_upload(("holiday.png", png(photo)))
    assert "colour picture" in app.warning[0].value
    assert charts(app) == 0


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.png", "**x**.png", "[a](b) $x$.png"])
def test_a_file_name_is_shown_as_text(name: str):
    app = with_upload((name, (SAMPLES / SAMPLE).read_bytes()))
    plain = name.replace("<", "_").replace(">", "_").rsplit("/", 1)[-1]
    assert app.text[0].value.startswith(plain)
    marked = [*app.markdown, *app.caption, *app.subheader]
    assert not any(plain in element.value for element in marked)
    said = " ".join(element.value for element in app.caption)
    assert "NIH's label," not in said  # those of the sample that the upload stands in for
    assert "◆" not in said


def test_of_several_files_one_is_chosen():
    first, second = (SAMPLES / name for name in (SAMPLE, "00000013_008.png"))
    app = with_upload(*((path.name, path.read_bytes()) for path in (first, second)))
    assert app.text[0].value.startswith(first.name)
    next(box for box in app.selectbox if box.label == "Uploaded film").set_value(1).run()
    assert app.text[0].value.startswith(second.name)


def test_a_dicom_without_extension_is_read():
    data = (ROOT / "tests" / "files" / "rsna_jpeg_baseline.dcm").read_bytes()
    app = with_upload(("IM000001", data))
    assert "DICOM" in app.text[0].value
    assert charts(app) == len(store.names())


def test_a_film_that_is_not_square_is_read():
    with Image.open(SAMPLES / SAMPLE) as image:
        narrow = np.asarray(image.convert("L").resize((700, 1000)))
    assert charts(with_upload(("narrow", png(narrow)))) == len(store.names())


def test_a_third_network_is_read_beside_the_two(folder: Path):
    shutil.copytree(folder / "cnn", folder / "cnn_again")
    path = folder / "cnn_again" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "cnn_again"}))
    app = opened()
    assert not app.warning
    assert charts(app) == len(store.names())
    assert any(element.value.startswith("**Plain CNN (cnn_again)**") for element in app.markdown)


def test_an_upside_down_film_is_read_with_a_warning_and_corrected_by_a_button():
    with Image.open(SAMPLES / SAMPLE) as image:
        app = with_upload(("turned.png", png(np.rot90(np.asarray(image.convert("L")), 2))))
    assert "upside down" in app.warning[0].value
    assert charts(app) == len(store.names())
    next(button for button in app.button if "180" in button.label).click().run()
    assert not app.exception
    assert not app.warning
    assert any("turned by 180°" in note.value for note in app.info)
    next(button for button in app.button if button.label == "Undo").click().run()
    assert "upside down" in app.warning[0].value


def test_noise_is_refused_with_its_distance():
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), np.uint8)
    app = with_upload(("noise.png", png(noise)))
    assert "distance from the training films" in app.warning[0].value
    assert charts(app) == 0


def test_without_an_index_the_command_stands_in_place_of_the_films(folder: Path):
    for path in folder.glob("*/neighbours.npz"):
        path.unlink()
    app = opened()
    assert any(s.value == "Films like this one" for s in app.subheader)
    assert any("python -m core index mobilenet_v2" in note.value for note in app.info)


def test_films_like_this_one_are_training_films_with_labels(folder: Path):
    train = open_starter("train_val")
    neighbours.write("mobilenet_v2", train.select(np.arange(len(train)) < 60))
    app = opened()
    assert any("Of 60 films of the official train_val list" in c.value for c in app.caption)
    distances = [c.value.rsplit(" ", 1)[1] for c in app.caption if "distance " in c.value[-14:]]
    assert len(distances) == 6
    assert distances == sorted(distances, key=float)


def opinion(title: str, probabilities: dict[str, float], points: dict[str, float]) -> Opinion:
    """A reading with the named findings at these probabilities and operating points, others low."""
    card = replace(
        store.load_card("cnn"),
        title=title,
        operating_points={
            name: OperatingPoints(OperatingPoint(points[name], 0.7, 0.8, 30))
            if name in points
            else OperatingPoints(reason="only 3 positive validation films")
            for name in NAMES
        },
    )
    values = np.array([probabilities.get(name, 0.001) for name in NAMES])
    return Opinion(card, None, ranked(values, card))


POINTS = {"Effusion": 0.3, "Hernia": 0.01, "Mass": 0.1}


def test_findings_are_ranked_by_their_distance_from_the_operating_point():
    seen = {"Effusion": 0.36, "Hernia": 0.05, "Mass": 0.05, "Infiltration": 0.9, "Edema": 0.2}
    table = opinion("A", seen, POINTS).findings
    order = ["Hernia", "Effusion", "Mass", "Infiltration", "Edema"]
    assert table["finding"].tolist()[:5] == order
    assert table["above"].tolist()[:4] == [True, True, False, False]
    odds = (0.05 / 0.95) / (0.01 / 0.99)
    assert table["margin"][0] == pytest.approx(np.log(odds))
    assert table["reason"][3] == "only 3 positive validation films"


def test_agreement_is_told_in_words():
    first = opinion("A", {"Effusion": 0.6, "Mass": 0.05}, POINTS)
    second = opinion("B", {"Effusion": 0.5, "Mass": 0.2}, POINTS)
    silent = opinion("C", {}, POINTS)
    assert text.first_places([first, second]) == "Both networks put Effusion first."
    assert text.agreement([first, second]) == (
        "Both put Effusion above the operating point. They disagree on Mass."
    )
    assert text.first_places([silent, first]) == (
        "C puts no finding above its operating point; A puts Effusion first."
    )
    assert text.agreement([silent, silent]) == ""


def test_without_operating_points_nothing_is_called_above_or_below():
    unknown = opinion("A", {"Mass": 0.5}, {})
    assert text.first_places([unknown]) == "A puts Mass first."
    assert "No finding has an operating point" in text.agreement([unknown])


def test_without_checkpoints_it_names_the_commands(folder: Path):
    shutil.rmtree(folder)
    app = opened()
    words = " ".join(element.value for element in app.warning)
    for name in ("cnn", "mobilenet_v2"):
        assert f"python -m core train {name}" in words
    assert charts(app) == 0


def test_a_broken_card_is_named_and_the_other_network_reads(folder: Path):
    (folder / "mobilenet_v2" / "card.json").write_text("[]")
    app = opened()
    assert "card of 'mobilenet_v2'" in app.warning[0].value
    assert app.subheader[0].value.startswith("Plain CNN puts")
    assert charts(app) == len(store.names()) - 1


def test_weights_that_are_not_the_cards_are_refused(folder: Path):
    path = folder / "cnn" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\1")
    app = opened()
    assert "not those of its card" in app.warning[0].value
    assert charts(app) == len(store.names()) - 1
