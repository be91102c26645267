"""Which decoder of compressed DICOM is right: every plug-in of pydicom against dcmtk.

    python -m benchmarks.decoders [FOLDER WITH OTHER DICOM FILES ...]

Prints the table of docs/decoders.md. Needs dcmtk (dcmdjpeg, dcmdjpls, dcmcjpls, dcmcjpeg) and all
plug-ins: `pip install python-gdcm pylibjpeg-libjpeg pylibjpeg-openjpeg pyjpegls pydicom-data`.
Files: those of pydicom and pydicom-data, and a sample film that dcmtk, pylibjpeg and
tests/unit/films/lossless_jpeg.py compress. The right pixels are the film itself where nothing may
be lost, else dcmtk's; JPEG 2000, which dcmtk does not read, is held against the film or, where
something was lost, against most plug-ins.
"""

import io
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom import uid
from pydicom.data import get_testdata_files
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder, pixel_array

from core.films.dicom_pixels import decoded
from core.films.read import read_path
from core.paths import SAMPLES
from tests.unit.films import lossless_jpeg
from tests.unit.films.dicom_files import header, written

PLUGINS = ("gdcm", "pylibjpeg", "pyjpegls", "pillow", "pydicom")
HERE = "core.films"  # what this project makes of a grey picture, by core/films/dicom_pixels.py
SYNTAXES = (
    uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1,
    uid.JPEGLSLossless, uid.JPEGLSNearLossless, uid.JPEG2000Lossless, uid.JPEG2000, uid.RLELossless,
)  # fmt: skip
Case = tuple[str, bytes, np.ndarray | None]


def film(bits: int, signed: bool = False) -> Dataset:
    """A sample film in so many bits (128 x 128 px), the whole range used, with a few hard edges."""
    grey = read_path(SAMPLES / "00009745_000.png").pixels[::8, ::8]
    values = np.rint(grey * (2**bits - 1)).astype(np.int64)
    values[40:44, 40:44], values[44:48, 40:44] = 2**bits - 1, 0
    if signed:
        values -= 1 << (bits - 1)
    kind = f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}"
    return header(values.astype(kind), BitsStored=bits, HighBit=bits - 1)


def made_cases() -> Iterator[Case]:
    """The sample film, compressed in all ways that its header allows."""
    for bits in (8, 10, 12, 16):
        plain = film(bits)
        right = pixel_array(plain)
        yield from _lossless_jpegs(bits, plain, right)
        for signed in (False, True):
            yield from _by_dcmtk_and_pylibjpeg(bits, signed)


def _lossless_jpegs(bits: int, plain: Dataset, right: np.ndarray) -> Iterator[Case]:
    for predictor in range(1, 8):
        for wrap in sorted({16, bits}):
            stream = lossless_jpeg.encode(right, bits, predictor, wrap)
            plain.PixelData = encapsulate([stream])
            plain["PixelData"].VR = "OB"
            for syntax in (uid.JPEGLossless, uid.JPEGLosslessSV1)[: 2 if predictor == 1 else 1]:
                plain.file_meta.TransferSyntaxUID = syntax
                name = f"made {bits} bit, predictor {predictor}, differences in {wrap} bits"
                yield name, written(plain), right


def _by_dcmtk_and_pylibjpeg(bits: int, signed: bool) -> Iterator[Case]:
    plain = film(bits, signed)
    right = pixel_array(plain)
    name = f"made {bits} bit{' signed' if signed else ''}"
    data = written(plain)
    if not signed:
        for options in (["+e1"], ["+el", "+sv", "6"], ["+eb"], ["+ee"]):
            lossy = options[0] in ("+eb", "+ee")
            if lossy and bits > (8 if options[0] == "+eb" else 12):
                continue
            packed = dcmtk("dcmcjpeg", data, *options)
            yield f"{name} dcmcjpeg {' '.join(options)}", packed, None if lossy else right
    yield f"{name} dcmcjpls", dcmtk("dcmcjpls", data, "+el"), right
    if not signed:
        yield f"{name} dcmcjpls near", dcmtk("dcmcjpls", data, "+en"), None
    for syntax in (uid.JPEG2000Lossless, uid.RLELossless):
        ds = film(bits, signed)
        ds.compress(syntax, generate_instance_uid=False)
        yield f"{name} {syntax.keyword}", written(ds), right


def file_cases(folders: list[str]) -> Iterator[Case]:
    """Real files with one compressed frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = [Path(path) for path in get_testdata_files("*.dcm")]
    for folder in folders:
        paths += sorted(Path(folder).rglob("*.dcm"))
    for path in paths:
        header_only = pydicom.dcmread(path, force=True, stop_before_pixels=True)
        syntax = header_only.get("file_meta", {}).get("TransferSyntaxUID")
        if syntax in SYNTAXES and int(header_only.get("NumberOfFrames") or 1) == 1:
            yield path.name, path.read_bytes(), None


def dcmtk(tool: str, data: bytes, *options: str) -> bytes:
    """A file through one of dcmtk's tools; OSError where it refuses."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.dcm"), Path(folder, "out.dcm")
        given.write_bytes(data)
        done = subprocess.run([tool, *options, str(given), str(made)], capture_output=True)
        if done.returncode:
            raise OSError(done.stderr.decode(errors="replace"))
        return made.read_bytes()


def by_dcmtk(data: bytes, syntax: uid.UID) -> np.ndarray | None:
    """What dcmtk decodes, colours left as they are; None where it cannot."""
    tool = "dcmdjpls" if syntax in uid.JPEGLSTransferSyntaxes else "dcmdjpeg"
    if syntax in (*uid.JPEG2000TransferSyntaxes, uid.RLELossless):
        return None
    try:
        out = dcmtk(tool, data, *(["+cn"] if tool == "dcmdjpeg" else []))
        return pixel_array(pydicom.dcmread(io.BytesIO(out)), raw=True)
    except (OSError, AttributeError):
        return None


def by_plugins(data: bytes, syntax: uid.UID) -> dict[str, np.ndarray | str]:
    """What each plug-in decodes, or the name of its error."""
    found: dict[str, np.ndarray | str] = {}
    for plugin in PLUGINS:
        if plugin in get_decoder(syntax).available_plugins:
            try:
                ds = pydicom.dcmread(io.BytesIO(data), force=True)
                found[plugin] = pixel_array(ds, raw=True, decoding_plugin=plugin)
            except Exception as error:  # plug-ins raise anything
                found[plugin] = type(error).__name__
    ds = pydicom.dcmread(io.BytesIO(data), force=True)
    if "PixelData" in ds and ds.SamplesPerPixel == 1:
        try:
            found[HERE] = decoded(ds, []).astype(np.int64) & (2**ds.BitsStored - 1)
        except ValueError as error:
            found[HERE] = type(error).__name__
    return found


def majority(found: dict[str, np.ndarray | str]) -> np.ndarray | None:
    """The picture on which most plug-ins agree within 1; None where no two agree."""
    pictures = [one for p in PLUGINS if isinstance(one := found.get(p), np.ndarray)]
    agreeing = [sum(_worst(one, other) <= 1 for other in pictures) for one in pictures]
    return pictures[int(np.argmax(agreeing))] if agreeing and max(agreeing) > 1 else None


def _worst(picture: np.ndarray, right: np.ndarray) -> float:
    if picture.shape != right.shape:
        return float("inf")
    return float(np.abs(picture.astype(np.int64) - right.astype(np.int64)).max())


def main() -> None:
    """Print a line for each wrong decoding, then the table."""
    warnings.simplefilter("ignore")
    tally: dict[tuple[str, str], list[float | str]] = defaultdict(list)
    for name, data, known in [*made_cases(), *file_cases(sys.argv[1:])]:
        ds = pydicom.dcmread(io.BytesIO(data), force=True)
        syntax, bits = ds.file_meta.TransferSyntaxUID, ds.get("BitsStored", 16)
        found = by_plugins(data, syntax)
        right, oracle = known, "film"
        if right is None:
            right, oracle = by_dcmtk(data, syntax), "dcmtk"
        if right is None:
            right, oracle = majority(found), "most plug-ins"
        if right is None:
            print(f"- {name} ({syntax.keyword}): nothing to compare with")
            continue
        for plugin, picture in found.items():
            known_bits = right.astype(np.int64) & (2**bits - 1) if plugin == HERE else right
            off = picture if isinstance(picture, str) else _worst(picture, known_bits)
            tally[syntax.keyword, plugin].append(off)
            if isinstance(off, str) or off > 1:
                print(f"- {name} ({syntax.keyword}), {plugin}: {off}, against {oracle}")
    print("\n| transfer syntax | " + " | ".join((*PLUGINS, HERE)) + " |")
    print("|---" * (len(PLUGINS) + 2) + "|")
    for syntax in SYNTAXES:
        cells = [_cell(tally.get((syntax.keyword, plugin), [])) for plugin in (*PLUGINS, HERE)]
        print(f"| {syntax.keyword} | " + " | ".join(cells) + " |")


def _cell(results: list[float | str]) -> str:
    """Files: exact, within 1, wrong, refused."""
    if not results:
        return "–"
    numbers = [off for off in results if not isinstance(off, str)]
    counts = {
        "exact": sum(off == 0 for off in numbers),
        "within 1": sum(0 < off <= 1 for off in numbers),
        "**wrong**": sum(off > 1 for off in numbers),
        "refused": len(results) - len(numbers),
    }
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


if __name__ == "__main__":
    main()
