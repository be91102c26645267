"""What a DICOM header must say about its pixels and does not: the usual value, and a note of it."""

from typing import Any

from pydicom import uid
from pydicom.dataset import Dataset

from core.films.dicom_codestream import is_compressed, precision
from core.films.dicom_header import code, number
from core.films.film import FilmError

GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
COLOUR = (
    "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT",
)  # fmt: skip


def check_size_is_known(header: Dataset) -> None:
    """FilmError, one sentence, where rows or columns are missing: nothing can stand in for them."""
    for keyword in ("Rows", "Columns"):
        if not number(header, keyword):
            raise FilmError(
                f"This DICOM file does not say how large its picture is ({keyword} is missing or"
                " no number): export the film again."
            )


def complete(header: Dataset, notes: list[str]) -> None:
    """Fill in what the image pixel module (PS3.3 C.7.6.3) requires, so that pixels can be decoded.

    A sentence for all that was missing, or can be none of what DICOM allows, is added to `notes`.
    FilmError where only the bits of a pixel are unknown and its data do not tell them.
    """
    assumed: dict[str, Any] = {}
    samples = _integer(header, "SamplesPerPixel")
    photometric = code(header, "PhotometricInterpretation")
    if samples not in (1, 3):
        samples = assumed["SamplesPerPixel"] = 3 if photometric in COLOUR else 1
    if photometric not in (GREY if samples == 1 else COLOUR):
        assumed["PhotometricInterpretation"] = _usual_photometric(header, samples)
    _complete_bits(header, samples, assumed)
    if samples == 3 and _integer(header, "PlanarConfiguration") not in (0, 1):
        assumed["PlanarConfiguration"] = 0
    for keyword, value in assumed.items():
        setattr(header, keyword, value)
    if photometric and "PhotometricInterpretation" not in assumed:
        header.PhotometricInterpretation = photometric  # in capitals, without padding
    if assumed:
        said = ", ".join(f"{keyword} (taken as {value})" for keyword, value in assumed.items())
        notes.append(
            "The header lacks or contradicts elements that it must have, and the usual values stand"
            f" in: {said}. See that the film looks right."
        )


def _complete_bits(header: Dataset, samples: int, assumed: dict[str, Any]) -> None:
    allocated = _integer(header, "BitsAllocated") or 0
    if allocated < 1:
        allocated = assumed["BitsAllocated"] = _allocated(header, samples)
    stored = _integer(header, "BitsStored") or 0
    if not 1 <= stored <= allocated:
        stored = assumed["BitsStored"] = min(precision(header) or allocated, allocated)
    high = _integer(header, "HighBit")
    if high is None or not stored - 1 <= high < allocated:
        assumed["HighBit"] = stored - 1
    if _integer(header, "PixelRepresentation") not in (0, 1):
        assumed["PixelRepresentation"] = 0


def _usual_photometric(header: Dataset, samples: int) -> str:
    if samples == 1:
        return "MONOCHROME2"
    jpeg = header.file_meta.TransferSyntaxUID in (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit)
    return "YBR_FULL_422" if jpeg else "RGB"


def _allocated(header: Dataset, samples: int) -> int:
    """Bits of a sample's container, from the codestream or from the length of plain pixels."""
    bits = precision(header)
    if bits is not None:
        return 8 if bits <= 8 else 16
    share = len(header.PixelData) / (header.Rows * header.Columns * samples)
    if not is_compressed(header) and 1 <= share < 2.1:
        return 16 if share >= 2 else 8
    raise FilmError(
        "This DICOM file does not say how many bits a pixel has (BitsAllocated is missing), and its"
        " data do not tell: export the film again."
    )


def _integer(header: Dataset, keyword: str) -> int | None:
    value = number(header, keyword)
    return None if value is None else int(value)
