"""`core.gate.checks`: what cannot be a frontal chest film is turned away, and films pass."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.films.film import Film
from core.films.read import read_path
from core.gate import checks, corrections, feature_space, fit, synthetic_pictures
from core.gate.feature_space import KINDS
from core.nih.film_set import open_starter
from core.paths import ROOT, SAMPLES

CHEST = SAMPLES / "00009745_000.png"


@cache
def chest() -> Film:
    """A real film of the official test list."""
    return read_path(CHEST)


def film(pixels: np.ndarray, saturation: float = 0.0, view: str | None = None) -> Film:
    return Film(pixels.astype(np.float32), "x.png", "PNG", 8, saturation, view)


def gradient(height: int, width: int) -> np.ndarray:
    return np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))


def resized(width: int, height: int) -> Film:
    picture = Image.fromarray(chest().pixels).resize((width, height), Image.Resampling.BOX)
    return film(np.asarray(picture))


def refused(picture: Film) -> str:
    verdict = checks.check(picture)
    assert not verdict.accepted
    assert verdict.reason.endswith(".")
    return verdict.reason


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.png")), ids=lambda p: p.name)
def test_real_samples_pass_without_a_warning(path: Path):
    verdict = checks.check(read_path(path))
    assert verdict.accepted
    assert verdict.reason == ""
    assert verdict.warnings == ()
    assert 0.5 < verdict.distance < feature_space.facts()["refused_from"]


def test_real_dicom_film_passes():
    verdict = checks.check(read_path(ROOT / "tests/files/rsna_jpeg_baseline.dcm"))
    assert verdict.accepted
    assert verdict.warnings == ()


def test_photograph_is_refused_for_its_colour():
    assert "colour picture" in refused(replace(chest(), saturation=0.3))


def test_slight_tint_passes_and_a_stronger_one_is_named():
    assert checks.check(replace(chest(), saturation=0.03)).warnings == ()
    assert "coloured marks" in checks.check(replace(chest(), saturation=0.1)).warnings[0].sentence


@pytest.mark.parametrize("view", ["LATERAL", "LL", "RL", "LLO"])
def test_side_view_is_refused_by_name(view):
    assert f"side view ({view})" in refused(replace(chest(), view=view))


@pytest.mark.parametrize("view", [None, "PA", "AP"])
def test_frontal_or_unnamed_view_passes(view):
    assert checks.check(replace(chest(), view=view)).accepted


def test_small_picture_is_refused_and_starter_size_passes():
    assert "99 px" in refused(film(gradient(99, 120)))
    assert checks.check(resized(128, 128)).accepted


@pytest.mark.parametrize(("height", "width", "accepted"), [(600, 340, False), (600, 480, True)])
def test_strip_is_refused_and_portrait_passes(height, width, accepted):
    assert checks.check(resized(width, height)).accepted is accepted


def test_panorama_is_refused():
    assert "as wide as high" in refused(film(gradient(200, 400)))


@pytest.mark.parametrize("shade", [0.0, 0.5, 1.0])
def test_blank_picture_is_refused(shade):
    assert "contrast" in refused(film(np.full((200, 200), shade)))


def test_picture_of_one_grey_with_a_mark_is_refused():
    page = np.ones((200, 200))
    page[:40, :40] = 0
    assert "One single grey fills 96%" in refused(film(page))


def drawn_page() -> np.ndarray:
    page = Image.new("L", (800, 1000), 245)
    for line in range(24):
        at = (60, 40 + 38 * line)
        font = ImageFont.load_default(24)
        ImageDraw.Draw(page).text(at, "Dear colleague, thank you for referring", 20, font)
    return np.asarray(page) / 255


@pytest.mark.parametrize(
    "picture",
    [
        np.random.default_rng(0).random((300, 300)),
        gradient(300, 300),
        drawn_page(),
        np.indices((320, 320)).sum(0) // 40 % 2,
    ],
    ids=["noise", "gradient", "page of text", "chessboard"],
)
def test_what_is_no_film_is_refused_with_its_distance(picture):
    verdict = checks.check(film(picture))
    reason = refused(film(picture))
    assert f"distance from the training films is {verdict.distance:.2f}" in reason
    assert verdict.distance > feature_space.facts()["refused_from"]


@pytest.mark.parametrize(
    "part", [(slice(0, 330), slice(0, 330)), (slice(600, 1024), slice(0, 300))]
)
def test_a_shoulder_or_a_flank_does_not_pass_unnoticed(part):
    verdict = checks.check(film(chest().pixels[part]))
    assert not verdict.accepted or verdict.warnings


@pytest.mark.parametrize("how", list(corrections.CORRECTIONS))
def test_a_film_that_can_be_mended_is_read_and_the_mend_brings_it_back(how):
    undone = {"rotate 90": "rotate 270", "rotate 270": "rotate 90"}.get(how, how)
    spoilt = corrections.correct(chest(), undone)
    verdict = checks.check(spoilt)
    assert verdict.accepted
    assert [caution.correction for caution in verdict.warnings] == [how]
    mended = corrections.correct(spoilt, how)
    assert np.allclose(mended.pixels, chest().pixels, atol=1e-6)
    assert checks.check(mended).warnings == ()


def test_rotation_is_clockwise():
    corner = np.zeros((120, 150), np.float32)
    corner[0, 0] = 1
    turned = corrections.correct(film(corner), "rotate 90").pixels
    assert turned.shape == (150, 120)
    assert turned[0, -1] == 1


def test_an_unknown_correction_is_refused():
    with pytest.raises(ValueError, match="choose one of invert"):
        corrections.correct(chest(), "rotate 45")


def test_burned_in_text_is_warned_about():
    image = Image.fromarray(np.rint(chest().pixels * 255).astype(np.uint8))
    for line in range(5):
        font = ImageFont.load_default(32)
        ImageDraw.Draw(image).text((20, 20 + 40 * line), "DOE^JANE 1965-02-03 WARD 7", 255, font)
    verdict = checks.check(film(np.asarray(image) / 255))
    assert verdict.accepted
    assert "text, arrows" in verdict.warnings[-1].sentence


def test_films_of_other_patients_pass_and_stand_ins_do_not():
    """Test films, which the gate was not fitted on; bounds below what `core gate` measured."""
    test = open_starter("test").pixels[::12]
    space, limit = feature_space.space(), feature_space.facts()["refused_from"]
    rng = np.random.default_rng(1)
    assert (space.distances(feature_space.extract(test)) > limit).mean() <= 0.01
    foreign = feature_space.extract(
        synthetic_pictures.make(synthetic_pictures.elsewhere, test, rng)
    )
    assert (space.distances(foreign) > limit).mean() < 0.06
    for maker in (
        synthetic_pictures.side_view,
        synthetic_pictures.montage,
        synthetic_pictures.clouds,
        synthetic_pictures.cross_section,
    ):
        made = feature_space.extract(synthetic_pictures.make(maker, test[:40], rng))
        assert (space.distances(made) > limit).mean() > 0.85, maker


def test_kinds_are_told_apart_on_films_that_fitted_nothing():
    test = open_starter("test").pixels[::20]
    for quarters, kind in ((0, "frontal"), (1, "turned 90"), (2, "turned 180"), (3, "turned 270")):
        found = feature_space.space().kinds(feature_space.extract(np.rot90(test, quarters, (1, 2))))
        assert (found.argmax(axis=1) == KINDS.index(kind)).mean() > 0.95


def test_a_fit_gives_unit_variance_and_distance_one_to_what_it_was_fitted_on():
    rng = np.random.default_rng(0)
    shape = (600, 200)
    features = {kind: [rng.normal(i, 1 + i, shape)] for i, kind in enumerate(KINDS)}
    space = fit.fit(features)
    assert np.sqrt((space.distances(features["frontal"][0]) ** 2).mean()) == pytest.approx(1, 0.1)
    assert space.distances(features["other"][0]).min() > 1.5
    assert space.kinds(features["other"][0]).argmax(axis=1).mean() > len(KINDS) - 1.5


def test_missing_files_name_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(feature_space, "ARRAYS", tmp_path / "gate.npz")
    feature_space.space.cache_clear()
    with pytest.raises(FileNotFoundError, match="python -m core gate"):
        feature_space.space()
