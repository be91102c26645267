"""Grey values and header facts: one real film, stored in ways that real archives store films."""

import cv2
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from core.films.film import FilmError
from core.gate import checks
from tests.unit.films.dicom_files import header, written
from tests.unit.films.known_film import (
    HANGING,
    KNOWN,
    SIDE,
    of_bits,
    off,
    ramp,
    read,
    stored,
    table,
)  # fmt: skip
from tests.unit.films.test_read import encoded

SAME = 0.002
MARK = (slice(4, 9), slice(6, 11))
PIXEL = (slice(0, 1), slice(0, 1))
TOP_EDGE = (slice(0, 12), slice(None))


def marked(values: np.ndarray, where: tuple[slice, slice], value: int) -> np.ndarray:
    copy = values.copy()
    copy[where] = value
    return copy


def by_range_of(part: np.ndarray) -> np.ndarray:
    """The known film where this part of it reaches from black to white."""
    return (KNOWN - part.min()) / (part.max() - part.min())


# --- grey values without a window


@pytest.mark.parametrize("where", [PIXEL, MARK, TOP_EDGE], ids=["hot pixel", "marker", "edge"])
@pytest.mark.parametrize(("bits", "white"), [(8, 4095), (8, 65535), (10, 4095), (12, 65535)])
def test_what_is_burned_in_does_not_turn_the_film_black(where, bits, white):
    film = read(stored(marked(of_bits(bits), where, white), 12 if white == 4095 else 16))
    assert off(film, marked(KNOWN, where, 1)) < SAME


@pytest.mark.parametrize("where", [PIXEL, MARK, TOP_EDGE], ids=["hot pixel", "marker", "edge"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_nor_does_it_in_a_sixteen_bit_png(where, bits):
    values = marked(of_bits(bits), where, 65535).astype(np.uint16)
    film = read(encoded(Image.fromarray(values)))
    assert off(film, marked(KNOWN, where, 1)) < SAME


def test_a_dead_pixel_below_an_offset_does_not_turn_the_film_white():
    values = marked(of_bits(10) + 3000, PIXEL, 0)
    assert off(read(stored(values, 12)), marked(KNOWN, PIXEL, 0)) < SAME


def test_a_black_border_over_a_third_of_the_film_leaves_the_rest_as_it_is():
    border = (slice(0, SIDE // 3), slice(None))
    film = read(stored(marked(of_bits(10) + 2000, border, 0), 12))
    assert off(film, marked(by_range_of(KNOWN[border[0].stop :]), border, 0)) < SAME
    assert any("far from all other grey values" in note for note in film.notes)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(("bits", "allocated"), [(8, 8), (8, 16), (12, 16), (16, 16)])
def test_signed_values_of_the_whole_range_do_not_overflow(bits, allocated, photometric):
    shown = 1 - KNOWN if photometric == "MONOCHROME1" else KNOWN
    data = stored(
        of_bits(bits, True, shown), bits, allocated, PhotometricInterpretation=photometric
    )
    assert off(read(data)) < SAME


def test_a_nearly_black_film_of_eight_bits_is_shown_by_its_own_range_and_says_so():
    film = read(written(header(of_bits(5).astype(np.uint8))))
    assert off(film) < 0.02
    assert "nearly black" in film.notes[0]


@pytest.mark.parametrize(("low", "word"), [(0, "nearly black"), (224, "nearly white")])
def test_a_png_that_is_nearly_black_or_white_is_refused_with_the_reason(low, word):
    film = read(encoded(Image.fromarray((of_bits(5) + low).astype(np.uint8))))
    verdict = checks.check(film)
    assert not verdict.accepted
    assert word in verdict.reason


# --- display settings


@pytest.mark.parametrize("top", [255, 1023, 4095, 65535])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("keyword", ["VOILUTSequence", "ModalityLUTSequence"])
def test_a_table_is_scaled_by_what_it_holds_and_not_by_what_it_declares(keyword, top, bits):
    lut = table(ramp(4096, top), bits=bits)
    assert off(read(stored(of_bits(12), 12, **{keyword: [lut]}))) < SAME


@pytest.mark.parametrize("top", [255, 4095, 65535])
def test_so_is_a_palette(top):
    elements = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in ("Red", "Green", "Blue"):
        elements[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        entries = np.array(ramp(256, top), "<u2").tobytes()
        elements[f"{colour}PaletteColorLookupTableData"] = entries
    assert off(read(stored(of_bits(8), 8, 8, **elements))) < 0.005


@pytest.mark.parametrize(
    "settings",
    [
        {"VOILUTSequence": [Dataset()], "WindowCenter": 2048, "WindowWidth": 4096},
        {"VOILUTSequence": [table([7] * 4096)], "WindowCenter": 2048, "WindowWidth": 4096},
        {"VOILUTSequence": [Dataset(), table(ramp(4096, 4095), bits=12)]},
        {"WindowCenter": [60000, 2048], "WindowWidth": [10, 4096]},
        {"WindowCenter": 2048, "WindowWidth": 0},
        {"WindowCenter": 2048, "WindowWidth": 1},
        {"WindowCenter": 127, "WindowWidth": 255},
        {"WindowCenter": 40, "WindowWidth": 400},
        {"ModalityLUTSequence": [Dataset()]},
        {"RescaleSlope": 0, "RescaleIntercept": 0},
    ],
)
def test_a_broken_setting_is_left_out_and_named(settings):
    film = read(stored(of_bits(12), 12, **settings))
    assert off(film) < SAME
    assert len(film.notes) == 1


def test_an_empty_sequence_of_tables_is_nothing_to_speak_of():
    film = read(stored(of_bits(12), 12, VOILUTSequence=[], WindowCenter=2048, WindowWidth=4096))
    assert off(film) < SAME
    assert film.notes == ()


@pytest.mark.parametrize(
    ("photometric", "shape", "notes"),
    [
        ("MONOCHROME2", "IDENTITY", 0),
        ("MONOCHROME1", "INVERSE", 0),
        ("MONOCHROME2", "INVERSE", 1),
        ("MONOCHROME1", "IDENTITY", 1),
    ],
)
def test_the_presentation_shape_is_not_applied_twice_and_its_contradiction_is_named(
    photometric, shape, notes
):
    shown = 1 - KNOWN if photometric == "MONOCHROME1" else KNOWN
    data = stored(
        of_bits(12, pixels=shown), 12, PhotometricInterpretation=photometric,
        PresentationLUTShape=shape,
    )  # fmt: skip
    film = read(data)
    assert off(film) < SAME
    assert len(film.notes) == notes


# --- bits


@pytest.mark.parametrize(("bits", "high"), [(12, 15), (10, 15), (10, 11), (8, 15)])
def test_left_aligned_values_are_moved_down(bits, high):
    values = of_bits(bits) << (high + 1 - bits)
    film = read(stored(values, bits, HighBit=high))
    assert off(film) < SAME


def test_left_aligned_values_under_a_header_that_says_right_aligned_are_named():
    film = read(stored(of_bits(12) << 4, 12))
    assert off(film) < SAME
    assert "need more" in film.notes[0]


def test_right_aligned_values_under_a_header_that_says_left_aligned_are_named():
    film = read(stored(of_bits(12), 12, HighBit=15))
    assert off(film) < SAME
    assert "begin at bit 0" in film.notes[0]


def test_an_overlay_in_unused_bits_is_left_out():
    assert off(read(stored(of_bits(12) | 0x8000, 12))) < SAME


@pytest.mark.parametrize(("signed", "said"), [(False, 1), (True, 0)])
def test_the_wrong_sign_is_noticed(signed, said):
    film = read(stored(of_bits(16, signed), 16, PixelRepresentation=said))
    assert off(film) < SAME
    assert "PixelRepresentation" in film.notes[0]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_sets_no_range(photometric):
    shown = 1 - KNOWN if photometric == "MONOCHROME1" else KNOWN
    values = marked(of_bits(10, pixels=shown) + 1000, TOP_EDGE, 4000)
    data = stored(values, 12, PhotometricInterpretation=photometric, PixelPaddingValue=4000)
    expected = marked(by_range_of(KNOWN[TOP_EDGE[0].stop :]), TOP_EDGE, 0)
    assert off(read(data), expected) < SAME


# --- hanging and shape


@pytest.mark.parametrize("directions", HANGING, ids="".join)
def test_orientation_brings_the_film_to_its_usual_hanging(directions):
    film = read(stored(of_bits(8, pixels=HANGING[directions](KNOWN)), 8, 8,
                       PatientOrientation=list(directions)))  # fmt: skip
    assert off(film) < SAME
    assert film.directions == ("L", "F")
    assert film.sides_known
    assert len(film.notes) == (directions != ("L", "F"))


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((SIDE, SIDE // 2), {"PixelAspectRatio": [2, 1]}),
        ((SIDE // 2, SIDE), {"PixelAspectRatio": [1, 2]}),
        ((SIDE, SIDE // 2), {"PixelSpacing": [0.4, 0.2]}),
        ((SIDE, SIDE // 2), {"ImagerPixelSpacing": [0.4, 0.2]}),
        ((SIDE // 2, SIDE), {"NominalScannedPixelSpacing": [0.2, 0.4]}),
    ],
)
def test_pixels_are_made_square(size, shape):
    squeezed = cv2.resize(KNOWN, size, interpolation=cv2.INTER_AREA)
    film = read(stored(of_bits(8, pixels=squeezed), 8, 8, **shape))
    assert off(film) < 0.02
    assert "square pixels" in film.notes[0]


def test_shapes_that_contradict_each_other_are_named():
    data = stored(of_bits(8), 8, 8, PixelSpacing=[0.2, 0.2], PixelAspectRatio=[2, 1])
    assert "contradicts itself on the shape" in read(data).notes[0]


def test_orientation_and_shape_work_together():
    squeezed = cv2.resize(KNOWN, (SIDE // 2, SIDE), interpolation=cv2.INTER_AREA)
    elements = {"PixelAspectRatio": [2, 1], "PatientOrientation": ["F", "L"]}
    film = read(stored(of_bits(8, pixels=squeezed.T), 8, 8, **elements))
    assert off(film) < 0.02
    assert len(film.notes) == 2


# --- missing elements


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    "keyword",
    ["PhotometricInterpretation", "BitsStored", "BitsAllocated", "HighBit", "PixelRepresentation",
     "SamplesPerPixel"],
)  # fmt: skip
def test_a_missing_element_is_assumed_and_named(keyword, bits):
    film = read(stored(of_bits(bits), bits, bits, **{keyword: None}))
    assert off(film) < SAME
    assert f"{keyword} (taken as " in film.notes[0]


def test_a_missing_size_is_named_in_the_refusal():
    for keyword in ("Rows", "Columns"):
        with pytest.raises(FilmError, match=f"{keyword} is missing"):
            read(stored(of_bits(8), 8, 8, **{keyword: None}))


@pytest.mark.parametrize(
    ("age", "words"),
    [("006M", "younger than a year"), ("003D", "younger than a year"), ("040W", "younger than"),
     ("018M", "1 years old"), ("012Y", "12 years old"), ("018Y", ""), ("", "")],
)  # fmt: skip
def test_a_child_is_named(age, words):
    verdict = checks.check(read(stored(of_bits(8), 8, 8, PatientAge=age)))
    sentences = [caution.sentence for caution in verdict.warnings]
    assert sum("networks learnt nearly only films of adults" in s for s in sentences) == bool(words)
    assert words in " ".join(sentences)
