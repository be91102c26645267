"""Compressed DICOM: the right values from every syntax, and a decoder that fails costs one film."""

import copy
import io
import os
import signal

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame

from core.films import decoder_process, dicom_pixels
from core.films.decoder_process import Job
from core.films.film import FilmError
from tests.unit.films import lossless_jpeg
from tests.unit.films.dicom_files import header, written
from tests.unit.films.known_film import KNOWN, of_bits, off, read


def edged(bits: int) -> np.ndarray:
    """The known film with hard edges, whose differences are as large as they can be."""
    values = of_bits(bits)
    values[40:44, 40:44], values[44:48, 40:44] = 2**bits - 1, 0
    return values.astype(np.uint8 if bits <= 8 else np.uint16)


def encapsulated(stream: bytes, syntax: uid.UID, bits: int) -> Dataset:
    ds = header(edged(bits), BitsStored=bits, HighBit=bits - 1)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].VR = "OB"
    return ds


def decoded(ds: Dataset) -> tuple[np.ndarray, list[str]]:
    notes: list[str] = []
    return dicom_pixels.decoded(ds, notes), notes


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("predictor", range(1, 8))
def test_lossless_jpeg_is_exact_or_says_that_it_is_not(bits, predictor):
    values = edged(bits)
    for wrap in sorted({bits, 16}):
        stream = lossless_jpeg.encode(values, bits, predictor, wrap)
        found, notes = decoded(encapsulated(stream, uid.JPEGLossless, bits))
        if predictor > 4 and wrap < 16:
            assert not np.array_equal(found, values)  # else the warning could go
            assert "no decoder undoes" in notes[0]
        else:
            assert np.array_equal(found, values)
            assert notes == []


def test_the_first_order_syntax_with_wrapped_differences_is_exact():
    stream = lossless_jpeg.encode(edged(8), 8, 1, 8)
    found, _ = decoded(encapsulated(stream, uid.JPEGLosslessSV1, 8))
    assert np.array_equal(found, edged(8))


@pytest.mark.parametrize("said", [(8, 8), (16, 8), (16, 10), (16, 12), (16, 16)])
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_a_header_that_says_other_bits_than_its_codestream_does_not_mislead_the_decoder(bits, said):
    """GDCM that is told 16 bits of a stream of 12 gives noise, and says nothing."""
    values = of_bits(bits).astype(np.uint8 if bits == 8 else np.uint16)
    plain = header(values, BitsStored=bits, HighBit=bits - 1)
    streams = {uid.JPEGLosslessSV1: lossless_jpeg.encode(values, bits)}
    for syntax in (uid.JPEGLSLossless, uid.JPEG2000Lossless):
        ds = copy.deepcopy(plain)
        ds.compress(syntax, generate_instance_uid=False)
        streams[syntax] = get_frame(ds.PixelData, 0, number_of_frames=1)
    for syntax, stream in streams.items():
        ds = encapsulated(stream, syntax, bits)
        ds.BitsAllocated, ds.BitsStored = said
        ds.HighBit = ds.BitsStored - 1
        film = read(written(ds))
        assert off(film) < 0.003, syntax.name
        assert film.bits == said[1]


@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG-lossy.dcm"])
def test_twelve_bit_jpeg_keeps_its_twelve_bits(name):
    found, _ = decoded(pydicom.dcmread(get_testdata_file(name, download=False)))
    assert found.shape == (1024, 256)
    assert found.max() == 264  # as dcmtk 3.6.7 decodes both files


def compressed(syntax: uid.UID) -> tuple[Dataset, np.ndarray]:
    """The known film in one of the syntaxes, and what is to come out."""
    values = edged(8)
    if syntax == uid.JPEGLosslessSV1:
        stream = lossless_jpeg.encode(values, 8)
    elif syntax == uid.JPEGBaseline8Bit:
        target = io.BytesIO()
        Image.fromarray(values).save(target, "JPEG", quality=95)
        stream = target.getvalue()
        values = np.asarray(Image.open(target))
    else:
        ds = header(values)
        ds.compress(syntax, generate_instance_uid=False)
        stream = get_frame(ds.PixelData, 0, number_of_frames=1)
    return encapsulated(stream, syntax, 8), values


@pytest.mark.parametrize("padding", [0, 1, 100, 5000])
@pytest.mark.parametrize(
    "syntax",
    [uid.JPEGBaseline8Bit, uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless],
    ids=lambda syntax: syntax.keyword,
)
def test_padding_after_the_end_marker_is_read_over_and_a_lost_end_is_refused(syntax, padding):
    ds, values = compressed(syntax)
    stream = get_frame(ds.PixelData, 0, number_of_frames=1).rstrip(b"\0")
    ds.PixelData = encapsulate([stream + bytes(padding)])
    assert off(read(written(ds)), values / 255) < 0.001
    ds.PixelData = encapsulate([stream[: len(stream) // 2] + bytes(padding)])
    with pytest.raises(FilmError, match="breaks off"):
        read(written(ds))


def hostile() -> Dataset:
    """A lossless JPEG whose header claims so much that GDCM writes where it must not."""
    stream = bytearray(lossless_jpeg.encode(edged(8), 8, 1))
    place = stream.index(b"\xff\xc3")
    stream[place + 9] = 200  # components in the frame header, of which one is described
    return encapsulated(bytes(stream), uid.JPEGLossless, 8)


def test_a_hostile_stream_costs_one_film_and_the_next_is_read():
    with pytest.raises(FilmError):
        read(written(hostile()))
    ds, values = compressed(uid.JPEGLosslessSV1)
    assert off(read(written(ds)), values / 255) < 0.001


def job() -> Job:
    ds, _ = compressed(uid.JPEGLosslessSV1)
    return dicom_pixels._job(ds, "gdcm")


def test_a_decoder_that_crashes_is_named_and_the_next_film_gets_a_new_one():
    decoder_process.decode(job())
    os.kill(decoder_process._process.pid, signal.SIGSEGV)
    decoder_process._process.wait()
    assert decoder_process.decode(job()).shape == KNOWN.shape  # it had been found dead
    process = decoder_process._process
    os.kill(process.pid, signal.SIGSTOP)  # so that it dies while it works
    signalled = signal.signal(signal.SIGALRM, lambda *_: os.kill(process.pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(FilmError, match="decoder of its compressed picture crashed"):
            decoder_process.decode(job())
    finally:
        signal.signal(signal.SIGALRM, signalled)
    assert decoder_process.decode(job()).shape == KNOWN.shape


def test_a_decoder_that_does_not_come_back_is_stopped(monkeypatch):
    decoder_process.decode(job())
    monkeypatch.setattr(decoder_process, "PATIENCE", 0.5)
    os.kill(decoder_process._process.pid, signal.SIGSTOP)
    with pytest.raises(FilmError, match="did not come back"):
        decoder_process.decode(job())
    monkeypatch.undo()
    assert decoder_process.decode(job()).shape == KNOWN.shape


def test_a_syntax_that_nobody_decodes_is_named():
    ds, _ = compressed(uid.JPEGLosslessSV1)
    ds.file_meta.TransferSyntaxUID = uid.MPEG2MPML
    with pytest.raises(FilmError, match="MPEG2"):
        dicom_pixels.decoded(ds, [])


def test_a_decoder_that_is_not_installed_is_named(monkeypatch):
    ds, _ = compressed(uid.JPEGLosslessSV1)
    monkeypatch.setitem(dicom_pixels.DECODERS, uid.JPEGLosslessSV1, ("none",))
    with pytest.raises(FilmError, match=r"the package that decodes it \(none\) is not installed"):
        dicom_pixels.decoded(ds, [])
