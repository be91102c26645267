"""Headers of all sorts at once, in all syntaxes: the film's order of greys comes out.

test_generated_headers holds grey values more closely, in files that are not compressed. Of the film
here only a part of the bits may be filled, and rescale, marks, syntax and several missing elements
are drawn as well. HEAILTH_EXAMPLES=2500 draws anew, and that often.
"""

import io
import os
from dataclasses import dataclass

import cv2
import numpy as np
import pydicom
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from scipy.stats import spearmanr

from core.films.film import Film
from core.films.read import read_film
from tests.unit.films import lossless_jpeg
from tests.unit.films.dicom_files import header, written
from tests.unit.films.known_film import HANGING, KNOWN, table

SYNTAXES = (
    uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian, uid.RLELossless, uid.JPEG2000Lossless, uid.JPEGLSLossless,
    uid.JPEGLosslessSV1,
)  # fmt: skip
MISSING = (
    "PhotometricInterpretation", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
)  # fmt: skip


@dataclass(frozen=True)
class Storage:
    """One way of putting KNOWN into a DICOM file."""

    bits: int
    part: float  # of the bits' range that the film fills, from its bottom
    signed: bool
    inverted: bool
    shift: int  # bits that the film is moved up in its container
    display: str
    rescale: tuple[float, float] | None
    padded: bool
    mark: str
    orientation: tuple[str, str] | None
    aspect: str
    syntax: uid.UID

    @property
    def full(self) -> bool:
        return self.part == 1


@st.composite
def storages(draw) -> Storage:
    bits = draw(st.sampled_from((8, 10, 12, 14, 15, 16)))
    syntax = draw(st.sampled_from(SYNTAXES))
    encoded = syntax in SYNTAXES[5:]
    display = draw(
        st.sampled_from((
            "none", "window", "exact", "two windows", "table", "short table", "table of few bits",
            "zero width", "one grey wide", "far window", "far too wide", "empty table",
            "flat table",
        ))
    )  # fmt: skip
    if "table" in display:  # one of more entries has no place in a header with explicit lengths
        bits = min(bits, 14)
    return Storage(
        bits=bits,
        part=draw(st.sampled_from((1, 1, 0.6, 0.3))) if bits > 8 else 1,
        signed=draw(st.booleans()) and syntax != uid.JPEGLosslessSV1,
        inverted=draw(st.booleans()),
        shift=draw(st.sampled_from((0, 0, 0 if encoded or bits <= 8 else 16 - bits))),
        display=display,
        rescale=draw(st.sampled_from((None, None, (1, -1024), (0.5, 7), (2, 0), (0, 0)))),
        padded=draw(st.booleans()),
        mark=draw(st.sampled_from(("", "", "hot", "hot", "marker"))),
        orientation=draw(st.sampled_from((None, *HANGING))),
        aspect=draw(st.sampled_from(("", "", "2:1", "1:2"))),
        syntax=syntax,
    )


PADDED = np.s_[:, :9]
MARK = np.s_[60:64, 60:64]  # .1 % of the film, as a letter has


def stored_values(how: Storage) -> np.ndarray:
    """Stored integers (int64) of the film the usual way round."""
    top = 2**how.bits - 1
    film = 1 - KNOWN if how.inverted else KNOWN
    values = np.rint(film * top * how.part).astype(np.int64)
    if how.mark == "hot":
        values[60, 60] = top
    if how.mark == "marker":
        values[MARK] = top
    if how.padded:
        values[PADDED] = top
    return values - (1 << (how.bits - 1)) if how.signed else values


def real_range(how: Storage) -> tuple[float, float]:
    """First and last value of the film after the modality rescale."""
    low = -(1 << (how.bits - 1)) if how.signed else 0
    slope, intercept = how.rescale or (1, 0)
    ends = (low, low + (2**how.bits - 1) * how.part)
    return tuple((slope or 1) * end + intercept for end in ends)


def file_of(how: Storage) -> bytes:
    values = stored_values(how)
    if how.aspect == "2:1":
        values = values[::2]
    if how.aspect == "1:2":
        values = values[:, ::2]
    values = HANGING[how.orientation or ("L", "F")](values)
    container = 8 if how.bits <= 8 else 16
    words = (values << how.shift) & (2 ** (container if how.signed else how.bits + how.shift) - 1)
    words = np.ascontiguousarray(words.astype(f"u{container // 8}"))
    ds = header(words, BitsStored=how.bits, HighBit=how.bits - 1 + how.shift)
    ds.PixelRepresentation = int(how.signed)
    ds.PhotometricInterpretation = "MONOCHROME1" if how.inverted else "MONOCHROME2"
    if how.padded:
        ds.add_new(
            "PixelPaddingValue", "SS" if how.signed else "US", int(values.max()) << how.shift
        )
    if how.rescale:
        ds.RescaleSlope, ds.RescaleIntercept = how.rescale
    if how.orientation:
        ds.PatientOrientation = list(how.orientation)
    aspect = {"2:1": [2, 1], "1:2": [1, 2]}.get(how.aspect)
    if aspect and how.orientation and how.orientation[0] in "FH":
        aspect = aspect[::-1]
    if aspect:
        ds.PixelAspectRatio = aspect
    add_display(ds, how)
    return encoded(ds, words, how)


def add_display(ds: Dataset, how: Storage) -> None:
    low, high = real_range(how)
    centre, width = (low + high) / 2, high - low
    ds.update({})
    first, entries = int(np.ceil(low)), int(high - low) + 1
    ramp = np.linspace(0, 1, entries)
    if how.display in ("window", "two windows"):
        ds.WindowCenter, ds.WindowWidth = f"{centre + 0.5:.8g}", f"{width + 1:.8g}"
    if how.display == "two windows":
        ds.WindowCenter = [ds.WindowCenter, str(int(centre + 3 * width))]
        ds.WindowWidth = [ds.WindowWidth, str(int(width / 2))]
    if how.display == "exact":
        ds.WindowCenter, ds.WindowWidth = f"{centre:.8g}", f"{width:.8g}"
        ds.VOILUTFunction = "LINEAR_EXACT"
    if how.display == "zero width":
        ds.WindowCenter, ds.WindowWidth = f"{centre:.8g}", 0
    if how.display == "one grey wide":
        ds.WindowCenter, ds.WindowWidth = f"{low - 5:.8g}", 1
    if how.display == "far window":
        ds.WindowCenter, ds.WindowWidth = f"{low - 20 * width:.8g}", f"{width:.8g}"
    if how.display == "far too wide":
        ds.WindowCenter, ds.WindowWidth = f"{low + 15 * width:.8g}", f"{width * 30:.8g}"
    held, said = {"table": (12, 12), "short table": (12, 16), "table of few bits": (12, 8)}.get(
        how.display, (0, 0)
    )
    if held:
        filled = np.rint(ramp * (2**held - 1)).astype(int).tolist()
        ds.VOILUTSequence = [table(filled, first % 65536, said)]
    if how.display in ("empty table", "flat table"):
        broken = table([7] * 4096, first % 65536, 12) if how.display == "flat table" else Dataset()
        ds.VOILUTSequence = [broken]
        ds.WindowCenter, ds.WindowWidth = f"{centre + 0.5:.8g}", f"{width + 1:.8g}"


def encoded(ds: Dataset, words: np.ndarray, how: Storage) -> bytes:
    ds["PixelData"].VR = "OB" if words.itemsize == 1 else "OW"
    if how.syntax == uid.JPEGLosslessSV1:
        stream = lossless_jpeg.encode(words, how.bits, 1, how.bits)
        ds.PixelData = encapsulate([stream])
        ds["PixelData"].VR = "OB"
    elif how.syntax in SYNTAXES[4:]:
        ds.compress(how.syntax, generate_instance_uid=False)
    elif how.syntax == uid.ExplicitVRBigEndian and words.itemsize == 2:
        ds.PixelData = words.astype(">u2").tobytes()
    ds.file_meta.TransferSyntaxUID = how.syntax
    return written(ds)


def compared(film: Film, how: Storage) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of the film as read and as it is, without padding and marks."""
    pixels = film.pixels
    if how.aspect:
        pixels = cv2.resize(pixels, KNOWN.shape[::-1], interpolation=cv2.INTER_AREA)
    mask = np.ones(KNOWN.shape, bool)
    mask[59:65, 59:65] = False
    mask[:, :12] &= not how.padded
    return pixels[mask], KNOWN[mask]


EXAMPLES = int(os.environ.get("HEAILTH_EXAMPLES", "150"))
ODD = ("zero width", "one grey wide", "far window", "far too wide", "empty table", "flat table")


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 150,
    suppress_health_check=list(HealthCheck),
)
@given(storages())
def test_the_film_comes_out_of_any_sound_header(how):
    film = read_film(file_of(how), "film.dcm")
    pixels, right = compared(film, how)
    least = 0.98 if how.aspect else 0.999 if how.bits > 8 else 0.99
    assert spearmanr(pixels, right).statistic > least, film.notes
    if how.full or how.display not in ("none", *ODD):
        assert np.abs(pixels - right).mean() < 0.05, film.notes
    assert pixels.max() - pixels.min() > 0.4
    assert film.sides_known
    expected = how.display in ODD or how.rescale == (0, 0) or how.aspect
    if not expected and how.orientation in (None, ("L", "F")):
        assert film.notes == ()
    if how.display in ODD:
        assert any("display setting" in note for note in film.notes)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 150,
    suppress_health_check=list(HealthCheck),
)
@given(storages(), st.sets(st.sampled_from(MISSING), min_size=1, max_size=3))
def test_what_the_header_lacks_is_named(how, missing):
    ds = pydicom.dcmread(io.BytesIO(file_of(how)))
    for keyword in missing:
        delattr(ds, keyword)
    film = read_film(written(ds), "film.dcm")
    assert all(any(keyword in note for note in film.notes) for keyword in missing)
    pixels, right = compared(film, how)
    if "PhotometricInterpretation" in missing and how.inverted:
        right = 1 - right  # nothing can tell
        if how.padded:
            return  # the film's black has the padding's value
    if not missing & {"BitsStored", "HighBit"} or not (how.shift or how.signed):
        assert spearmanr(pixels, right).statistic > 0.97, film.notes
