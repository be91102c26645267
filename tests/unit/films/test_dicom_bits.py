"""Which bits of a pixel are its grey value: the header's word, and the picture's."""

import numpy as np
import pytest

from core.films import dicom_bits
from tests.unit.films.dicom_files import header
from tests.unit.films.known_film import KNOWN, of_bits


def aligned(values: np.ndarray, **elements) -> tuple[np.ndarray, list[str]]:
    notes: list[str] = []
    return dicom_bits.aligned(values, header(values, **elements), notes), notes


RIGHT = of_bits(12)


def test_values_that_fit_come_back_as_they_are():
    found, notes = aligned(RIGHT.astype(np.uint16), BitsStored=12, HighBit=11)
    assert np.array_equal(found, RIGHT)
    assert notes == []


def test_a_left_aligned_film_is_moved_down_and_junk_below_it_goes():
    values = (RIGHT << 4 | 5).astype(np.uint16)
    found, notes = aligned(values, BitsStored=12, HighBit=15)
    assert np.array_equal(found, RIGHT)
    assert notes == []


def test_a_dark_film_that_is_left_aligned_is_moved_down_as_well():
    values = (of_bits(15, pixels=0.3 * KNOWN) << 1).astype(np.uint16)
    found, notes = aligned(values, BitsStored=15, HighBit=15)
    assert np.array_equal(found, of_bits(15, pixels=0.3 * KNOWN))
    assert notes == []


def test_an_overlay_in_the_unused_bits_goes():
    values = RIGHT.copy()
    values[20:60, 20:40] |= 0x8000
    found, notes = aligned(values.astype(np.uint16), BitsStored=12, HighBit=11)
    assert np.array_equal(found, RIGHT)
    assert notes == []


def test_a_high_bit_that_is_wrong_is_noted():
    found, notes = aligned(RIGHT.astype(np.uint16), BitsStored=12, HighBit=15)
    assert np.array_equal(found, RIGHT)
    assert "begin at bit 0" in notes[0]


def test_a_film_with_more_bits_than_declared_is_read_whole():
    found, notes = aligned(of_bits(14).astype(np.uint16), BitsStored=12, HighBit=11)
    assert np.array_equal(found, of_bits(14))
    assert "BitsStored" in notes[0]


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("filled", [1.0, 0.8])
@pytest.mark.parametrize("inverted", [False, True])
def test_the_sign_is_the_one_that_makes_a_picture(bits, filled, inverted):
    pixels = filled * (1 - KNOWN if inverted else KNOWN)
    kind = np.uint8 if bits == 8 else np.uint16
    for signed in (False, True):
        right = of_bits(bits, signed, pixels)
        values = (right & (2**bits - 1)).astype(kind)
        for said in (0, 1):
            given = values.view(f"i{values.itemsize}") if said else values
            elements = {"BitsStored": bits, "HighBit": bits - 1, "PixelRepresentation": said}
            found, notes = aligned(given, **elements)
            assert np.array_equal(found, right)
            assert any("PixelRepresentation" in note for note in notes) == (said != signed)


def test_a_white_marker_is_no_reason_to_read_other_bits():
    values = RIGHT // 4
    values[10:20, 10:20] = 4095
    found, notes = aligned(values.astype(np.uint16), BitsStored=12, HighBit=11)
    assert np.array_equal(found, values)
    assert notes == []
