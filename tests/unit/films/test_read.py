"""`core.films`: what comes out of real bytes, and the one sentence for bytes that are no film."""

import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageCms
from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from core.films import film
from core.films.film import Film, FilmError
from core.films.read import read_film, read_path
from tests.unit.films.dicom_files import header, written

FILES = Path(__file__).parents[2] / "files"
RAMP = (np.arange(64 * 64).reshape(64, 64) // 16).astype(np.uint8)  # every grey 0..255


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values)


def read(data: bytes) -> Film:
    return read_film(data, "film")


def dicom(values: np.ndarray, **elements) -> Film:
    return read(written(header(values, **elements)))


def lut(entries: list[int], first: int, bits: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS", [len(entries), first, bits])
    item.add_new("LUTData", "US", entries)
    return item


def column(*values: float) -> np.ndarray:
    """A 40 x 40 16-bit picture whose first column starts with these values, 0 elsewhere."""
    picture = np.zeros((40, 40), dtype=np.uint16)
    picture[: len(values), 0] = values
    return picture


# --- PNG and JPEG


def test_eight_bit_png_gives_back_its_bytes():
    film = read_film(encoded(grey(RAMP)), "a.png")
    assert (film.format, film.bits, film.saturation) == ("PNG", 8, 0.0)
    assert (film.height, film.width) == (64, 64)
    assert film.pixels.dtype == np.float32
    assert np.array_equal(film.pixels, RAMP.astype(np.float32) / np.float32(255))
    assert film.view is film.laterality is film.age is film.sex is None


def test_grey_rgb_palette_and_opaque_alpha_read_like_plain_grey():
    plain = read(encoded(grey(RAMP))).pixels
    for mode in ("RGB", "RGBA", "LA", "P"):
        film = read(encoded(grey(RAMP).convert(mode)))
        assert np.array_equal(film.pixels, plain), mode
        assert film.saturation == 0.0, mode


def test_colour_becomes_luma_and_its_saturation_is_reported():
    red = read(encoded(Image.new("RGB", (40, 50), (255, 0, 0))))
    assert red.pixels.shape == (50, 40)
    assert red.pixels == pytest.approx(0.299, abs=0.003)
    assert red.saturation == 1.0
    half = read(encoded(Image.new("RGB", (40, 40), (200, 100, 100))))
    assert half.saturation == pytest.approx(0.5)


def test_transparent_pixels_are_black():
    picture = Image.new("RGBA", (40, 40), (255, 255, 255, 255))
    picture.putpixel((0, 0), (255, 255, 255, 0))
    picture.putpixel((1, 0), (255, 255, 255, 51))
    pixels = read(encoded(picture)).pixels
    assert pixels[0, :3] == pytest.approx([0.0, 0.2, 1.0])
    keyed = grey(np.full((40, 40), 7, np.uint8))
    assert read(encoded(keyed, transparency=7)).pixels.max() == 0


def test_bilevel_png_is_black_and_white():
    picture = Image.new("1", (40, 40), 0)
    picture.putpixel((3, 2), 1)
    pixels = read(encoded(picture)).pixels
    assert pixels[2, 3] == 1
    assert pixels.sum() == 1


@pytest.mark.parametrize(
    ("top", "bits"), [(255, 8), (1000, 10), (4095, 12), (9000, 14), (65000, 16)]
)
def test_sixteen_bit_png_is_scaled_by_the_bits_it_uses(top, bits):
    film = read(encoded(grey(column(top, top // 2))))
    assert film.bits == bits
    assert film.pixels[:2, 0] == pytest.approx([top / (2**bits - 1), top // 2 / (2**bits - 1)])


def test_eight_bit_film_stored_as_sixteen_reads_like_its_original():
    dim = RAMP // 4
    for original in (RAMP, dim):
        film = read(encoded(grey(original.astype(np.uint16) * 257)))
        assert film.bits == 8
        assert np.array_equal(film.pixels, read(encoded(grey(original))).pixels)


def test_exif_orientation_is_applied():
    wide = grey(np.repeat(np.uint8([[0] * 32 + [200] * 32]), 40, axis=0))
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate 90 degrees clockwise to show
    for kind in ("JPEG", "PNG"):
        film = read(encoded(wide, kind, exif=exif))
        assert (film.height, film.width) == (64, 40)
        assert film.pixels[:20].mean() < 0.1 < film.pixels[-20:].mean()


def test_jpeg_reads_in_grey_rgb_and_cmyk():
    for mode in ("L", "RGB", "CMYK"):
        picture = Image.new("RGB", (40, 40), (90, 90, 90)).convert(mode)
        film = read(encoded(picture, "JPEG", quality=95))
        assert film.format == "JPEG"
        assert film.pixels == pytest.approx(90 / 255, abs=0.02)


def test_phone_jpeg_with_a_second_picture_inside_shows_the_first():
    first, second = Image.new("L", (40, 40), 200), Image.new("L", (40, 40), 10)
    film = read(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert film.format == "JPEG"
    assert film.pixels.mean() == pytest.approx(200 / 255, abs=0.01)


def test_colour_profile_does_not_disturb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    film = read(encoded(grey(RAMP).convert("RGB"), icc_profile=profile))
    assert np.array_equal(np.rint(film.pixels * 255), RAMP)


def test_film_cannot_be_changed():
    film = read(encoded(grey(RAMP)))
    with pytest.raises(ValueError, match="read-only"):
        film.pixels[0, 0] = 1
    with pytest.raises(AttributeError):
        film.name = "other"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("film.png", "film.png"),
        ("../../etc/film.png", "film.png"),
        ("C:\\Users\\me\\film.png", "film.png"),
        ("<b>film.png", "_b_film.png"),
        ("a\nb\x1b.png", "a_b_.png"),
        ("x" * 500 + ".png", "x" * 116 + ".png"),
    ],
)
def test_name_is_text_without_path(given, kept):
    assert read_film(encoded(grey(RAMP)), given).name == kept


# --- DICOM: grey values


def test_eight_bit_dicom_gives_back_its_bytes():
    film = dicom(RAMP)
    assert (film.format, film.bits, film.saturation) == ("DICOM", 8, 0.0)
    assert np.array_equal(film.pixels, RAMP.astype(np.float32) / np.float32(255))


def test_monochrome1_is_inverted():
    film = dicom(RAMP, PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(np.rint(film.pixels * 255), 255 - RAMP)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["L", "F"], ("L", "F")),
        (["R", "F"], ("L", "F")),
        (["RA", "HL"], ("L", "F")),
        (["A", "F"], ("A", "F")),
        (["L"], None),
        (["", ""], None),
        (["X", "F"], None),
        (None, None),
    ],
)
def test_directions_of_rows_and_columns_are_those_of_the_film_as_it_is_shown(said, kept):
    elements = {} if said is None else {"PatientOrientation": said}
    film = dicom(RAMP, **elements)
    assert film.directions == kept
    assert film.sides_known == (kept in (None, ("L", "F")))


def test_deep_dicom_without_window_spans_its_own_range():
    picture = np.full((40, 40), 1000, np.uint16)
    picture[0, :2] = 3000, 2000
    film = dicom(picture, BitsStored=12, HighBit=11)
    assert film.bits == 12
    assert film.pixels[0, :3] == pytest.approx([1, 0.5, 0])


def test_window_is_applied_by_the_formula_of_the_standard():
    film = dicom(column(100, 149, 150, 199, 200), WindowCenter=150, WindowWidth=101)
    # PS3.3 C.11.2.1.2.1: (x - 149.5) / 100 + 0.5
    assert film.pixels[:5, 0] == pytest.approx([0.005, 0.495, 0.505, 0.995, 1])


def test_window_comes_before_the_inversion():
    film = dicom(
        column(250, 1000),
        WindowCenter=250.5,
        WindowWidth=501,
        PhotometricInterpretation="MONOCHROME1",
    )
    assert film.pixels[:3, 0] == pytest.approx([0.5, 0, 1])


def test_first_of_several_windows_counts():
    film = dicom(column(100), WindowCenter=[50, 5000], WindowWidth=[101, 10000])
    assert film.pixels[0, 0] == 1


def test_exact_and_sigmoid_windows():
    exact = dicom(column(25), WindowCenter=50, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    assert exact.pixels[0, 0] == pytest.approx(0.25)
    sigmoid = dicom(column(75), WindowCenter=50, WindowWidth=100, VOILUTFunction="SIGMOID")
    assert sigmoid.pixels[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


@pytest.mark.parametrize(
    "window",
    [
        {"WindowCenter": 5, "WindowWidth": 0},
        {"WindowCenter": 5, "WindowWidth": -4},
        {"WindowCenter": 5},
        {"WindowCenter": None, "WindowWidth": None},
        {"WindowCenter": 60000, "WindowWidth": 10},
    ],
)
def test_unusable_window_is_ignored(window):
    film = dicom(column(400, 100), **window)
    assert film.pixels[:3, 0] == pytest.approx([1, 0.25, 0])


def test_window_that_is_no_number_is_ignored():
    data = written(header(column(400, 100), WindowCenter=55, WindowWidth=77))
    film = read(data.replace(b"77", b"no"))
    assert film.pixels[:3, 0] == pytest.approx([1, 0.25, 0])


def test_rescale_comes_before_the_window():
    film = dicom(
        column(10, 20),
        RescaleSlope=2,
        RescaleIntercept=-20,
        WindowCenter=10.5,
        WindowWidth=21,
    )
    assert film.pixels[:3, 0] == pytest.approx([0, 1, 0])


def test_negative_slope_turns_the_film_over():
    film = dicom(column(4, 1), RescaleSlope=-1, RescaleIntercept=0)
    assert film.pixels[:3, 0] == pytest.approx([0, 0.75, 1])


def test_signed_values_span_their_range():
    picture = np.zeros((40, 40), np.int16)
    picture[0, :2] = -100, 100
    assert dicom(picture).pixels[0, :3] == pytest.approx([0, 1, 0.5])


def test_voi_table_goes_before_the_window_and_clamps_at_its_ends():
    table = lut([0, 100, 255], first=10, bits=8)
    film = dicom(column(9, 10, 11, 12, 900), VOILUTSequence=[table], WindowCenter=1, WindowWidth=1)
    assert film.pixels[:5, 0] == pytest.approx([0, 0, 100 / 255, 1, 1])


def test_eight_bit_voi_table_with_a_thousand_entries():
    table = lut([i // 4 for i in range(1024)], first=0, bits=8)
    film = dicom(column(1023, 512), VOILUTSequence=[table], BitsStored=10, HighBit=9)
    assert film.pixels[:2, 0] == pytest.approx([1, 128 / 255])


def test_modality_table_goes_before_the_window():
    table = lut([0, 1000, 500], first=0, bits=16)
    film = dicom(column(1, 2), ModalityLUTSequence=[table], WindowCenter=500.5, WindowWidth=1001)
    assert film.pixels[:3, 0] == pytest.approx([1, 0.5, 0])


def test_padding_is_black_and_does_not_stretch_the_range():
    picture = np.full((40, 40), 100, np.uint16)
    picture[0, :3] = 65535, 300, 200
    for photometric, expected in (("MONOCHROME2", [0, 1, 0.5, 0]), ("MONOCHROME1", [0, 0, 0.5, 1])):
        film = dicom(picture, PixelPaddingValue=65535, PhotometricInterpretation=photometric)
        assert film.pixels[0, :4] == pytest.approx(expected)


def test_padding_range_covers_all_values_between():
    picture = np.full((40, 40), 100, np.uint16)
    picture[0, :3] = 5, 9, 200
    film = dicom(picture, PixelPaddingValue=0, PixelPaddingRangeLimit=9)
    assert film.pixels[0, :4] == pytest.approx([0, 0, 1, 0])


def test_film_of_one_value_only_reads_as_black():
    assert dicom(np.full((40, 40), 700, np.uint16)).pixels.max() == 0


def test_colour_radiograph_becomes_grey():
    film = dicom(np.dstack([RAMP] * 3))
    assert np.array_equal(np.rint(film.pixels * 255), RAMP)
    assert film.saturation == 0
    red = dicom(np.dstack([RAMP, RAMP * 0, RAMP * 0]))
    assert red.saturation == 1


# --- DICOM: ways of storing

TWELVE = (np.arange(64 * 64).reshape(64, 64)).astype(np.uint16)


def stored(syntax: uid.UID) -> bytes:
    """The same 12-bit film in a native or deflated transfer syntax."""
    big = syntax == uid.ExplicitVRBigEndian
    ds = header(TWELVE, BitsStored=12, HighBit=11, WindowCenter=2048, WindowWidth=4096)
    ds.file_meta.TransferSyntaxUID = syntax
    ds["PixelData"].VR = "OW"
    ds.PixelData = TWELVE.astype(">u2" if big else "<u2").tobytes()
    return written(ds)


def compressed(syntax: uid.UID) -> bytes:
    ds = pydicom.dcmread(io.BytesIO(stored(uid.ExplicitVRLittleEndian)))
    ds.compress(syntax, generate_instance_uid=False)
    return written(ds)


def test_all_lossless_ways_of_storing_give_the_same_film():
    plain = read(stored(uid.ExplicitVRLittleEndian))
    assert plain.pixels[0, 0] == 0
    assert plain.pixels[-1, -1] == 1
    others = [
        stored(uid.ImplicitVRLittleEndian),
        stored(uid.ExplicitVRBigEndian),
        stored(uid.DeflatedExplicitVRLittleEndian),
        compressed(uid.RLELossless),
        compressed(uid.JPEG2000Lossless),
    ]
    for data in others:
        film = read(data)
        assert film.bits == 12
        assert np.array_equal(film.pixels, plain.pixels)


def test_big_endian_table_in_bytes_is_read_in_its_order():
    item = lut([0, 1], 0, 16)
    item.add_new("LUTData", "OW", np.array([0, 65535], ">u2").tobytes())
    ds = header(column(1), VOILUTSequence=[item])
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRBigEndian
    ds["PixelData"].VR, ds.PixelData = "OW", column(1).astype(">u2").tobytes()
    assert read(written(ds)).pixels[:2, 0] == pytest.approx([1, 0])


def packaged(name: str, **changes) -> Dataset:
    """One of pydicom's own test files (MIT), made to say that it is a radiograph."""
    ds = pydicom.dcmread(get_testdata_file(name, download=False))
    ds.Modality = "CR"
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def test_jpeg_ls_gives_the_same_film_as_the_uncompressed_file():
    plain = read(written(packaged("MR_small.dcm")))
    assert np.array_equal(
        read(written(packaged("MR_small_jpeg_ls_lossless.dcm"))).pixels, plain.pixels
    )
    assert np.array_equal(read(written(packaged("MR_small_jp2klossless.dcm"))).pixels, plain.pixels)


def test_twelve_bit_jpeg_is_decoded():
    film = read(written(packaged("JPGExtended.dcm")))
    assert film.pixels.shape == (1024, 256)
    assert film.pixels.std() > 0.01


def test_jpeg_baseline_inside_dicom_equals_the_jpeg_itself():
    jpeg = encoded(grey(RAMP), "JPEG", quality=90)
    ds = header(RAMP)
    ds.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    ds.PixelData = encapsulate([jpeg])
    inside, outside = read(written(ds)), read(jpeg)
    assert np.abs(inside.pixels - outside.pixels).max() <= 1.01 / 255  # two IDCTs may round apart


def test_real_film_from_the_rsna_challenge():
    film = read_path(FILES / "rsna_jpeg_baseline.dcm")
    assert (film.height, film.width, film.bits) == (1024, 1024, 8)
    assert (film.view, film.age, film.sex) == ("PA", 62, "M")
    lungs, spine = film.pixels[300:500, 280:380].mean(), film.pixels[300:500, 490:530].mean()
    assert lungs < 0.6 * spine  # dark lungs, bright spine


def test_content_counts_and_not_the_name():
    assert read_film(written(header(RAMP)), "film.png").format == "DICOM"
    assert read_film(encoded(grey(RAMP)), "film.dcm").format == "PNG"


@pytest.mark.parametrize("implicit", [True, False])
def test_file_without_preamble_and_meta_is_read(implicit):
    ds = header(RAMP)
    del ds.file_meta
    buffer = io.BytesIO()
    ds.save_as(buffer, implicit_vr=implicit, little_endian=True)
    assert np.array_equal(np.rint(read(buffer.getvalue()).pixels * 255), RAMP)


def test_file_with_meta_but_no_preamble_is_read():
    assert np.array_equal(np.rint(read(written(header(RAMP))[132:]).pixels * 255), RAMP)


# --- DICOM: the four facts, and privacy


def test_view_side_age_and_sex_are_kept_and_nothing_else():
    film = dicom(RAMP, ViewPosition="AP", ImageLaterality="L", PatientAge="045Y", PatientSex="F")
    assert (film.view, film.laterality, film.age, film.sex) == ("AP", "L", 45, "F")
    assert "Secret" not in repr(film)


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ("045Y", 45),
        ("006M", 0),
        ("024M", 2),
        ("104W", 1),
        ("020D", 0),
        ("81", 81),
        ("", None),
        ("old", None),
        ("999Y", None),
    ],
)
def test_age_in_whole_years(age, years):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns when such an age is written
        data = written(header(RAMP, PatientAge=age))
    assert read(data).age == years


def test_unknown_codes_are_none():
    film = dicom(RAMP, ViewPosition="", PatientSex="X")
    assert film.view is film.sex is None


def test_patient_data_reach_neither_messages_nor_logs_nor_warnings(caplog, recwarn):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = written(header(RAMP, PatientAge="Secret^Age", StudyDate="Secret^Date"))
    caplog.set_level("DEBUG")
    read(data)
    with pytest.raises(ValueError) as refusal:
        read(data[:-100])
    assert "Secret" not in str(refusal.value) + caplog.text
    assert not recwarn.list


# --- refusals


def sentence(data: bytes) -> str:
    with pytest.raises(ValueError) as refusal:
        read(data)
    text = str(refusal.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert text[:-1].count(". ") == 0, "one sentence"
    return text


@pytest.mark.parametrize(
    ("modality", "words"),
    [
        ("CT", "a CT slice"),
        ("MR", "an MR slice"),
        ("US", "ultrasound"),
        ("PX", "panoramic dental"),
        ("SR", "structured report"),
        ("RTSTRUCT", "radiotherapy contours"),
        ("ZZ", "of modality ZZ"),
    ],
)
def test_other_modalities_are_named(modality, words):
    assert words in sentence(written(header(RAMP, Modality=modality)))


@pytest.mark.parametrize("modality", ["CR", "DX", "RG", ""])
def test_radiographs_are_accepted_also_where_only_the_class_says_so(modality):
    assert dicom(RAMP, Modality=modality).format == "DICOM"


def test_missing_modality_with_a_foreign_class_is_refused():
    ds = header(RAMP, Modality="", SOPClassUID=uid.CTImageStorage)
    assert "not a radiograph" in sentence(written(ds))


def test_dicomdir_is_named():
    ds = header(RAMP)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = uid.MediaStorageDirectoryStorage
    assert "DICOMDIR" in sentence(written(ds))


def test_dicom_without_picture_is_refused():
    ds = header(RAMP)
    del ds.PixelData
    assert "holds no picture" in sentence(written(ds))


def test_dicom_with_several_frames_is_refused():
    ds = header(np.vstack([RAMP, RAMP]), Rows=64, NumberOfFrames=2)
    assert "2 pictures" in sentence(written(ds))


def test_dicom_that_breaks_off_is_refused():
    assert "breaks off" in sentence(written(header(RAMP))[:-500])
    assert "breaks off" in sentence(compressed(uid.RLELossless)[:-50])


def test_jpeg_that_breaks_off_inside_an_intact_dicom_is_refused():
    jpeg = encoded(grey(RAMP), "JPEG")
    ds = header(RAMP)
    ds.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    ds.PixelData = encapsulate([jpeg[: len(jpeg) // 2 * 2 - 60]])
    assert "breaks off" in sentence(written(ds))


def test_unknown_transfer_syntax_is_refused():
    ds = header(RAMP)
    ds.file_meta.TransferSyntaxUID = uid.MPEG2MPML
    ds.PixelData = encapsulate([b"\0" * 100])
    sentence(written(ds))


def test_dicom_header_with_too_many_pixels_is_refused_before_decoding():
    assert "million pixels" in sentence(written(header(RAMP, Rows=60000, Columns=60000)))


@pytest.mark.parametrize("kind", ["JPEG2000", "JPEG"])
def test_compressed_picture_of_another_size_than_its_header_is_refused(kind):
    ds = header(RAMP)
    if kind == "JPEG":
        stream = bytearray(encoded(grey(RAMP), "JPEG"))
        at = stream.index(b"\xff\xc0") + 5
        stream[at : at + 4] = b"\xff\xf0\xff\xf0"
        ds.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    else:
        stream = bytearray(encoded(grey(RAMP), "JPEG2000", no_jp2=True))
        stream[8:16] = struct.pack(">II", 60000, 60000)
        ds.file_meta.TransferSyntaxUID = uid.JPEG2000Lossless
    ds.PixelData = encapsulate([bytes(stream)])
    assert "contradicts itself" in sentence(written(ds))


def test_rle_bomb_is_refused():
    ds = header(RAMP)
    ds.file_meta.TransferSyntaxUID = uid.RLELossless
    ds.PixelData = encapsulate([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x00" * 50_000])
    assert "contradicts itself" in sentence(written(ds))


@pytest.mark.parametrize("preamble", [True, False])
def test_deflate_bomb_is_refused(preamble, monkeypatch):
    from core.films import dicom

    monkeypatch.setattr(dicom, "MAX_INFLATED", 2_000_000)
    data = stored(uid.DeflatedExplicitVRLittleEndian)
    start = 144 + struct.unpack("<I", data[140:144])[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = data[:start] + packer.compress(b"\x08\0\x05\0UN\0\0" * 400_000) + packer.flush()
    assert len(bomb) < 30_000
    assert "unpacks to more" in sentence(bomb if preamble else bomb[132:])


def bitmap_of(kind: str) -> bytes:
    return encoded(Image.new("RGB", (40, 40)), kind)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bitmap_of("GIF"), "a GIF"),
        (bitmap_of("TIFF"), "a TIFF"),
        (bitmap_of("BMP"), "a BMP"),
        (bitmap_of("WEBP"), "a WebP"),
        (bitmap_of("JPEG2000"), "a JPEG 2000"),
        (bitmap_of("PDF"), "a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC"),
        (b"PK\x03\x04" + b"\0" * 100, "a ZIP"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        ("Befund: unauffällig\n".encode(), "a text file"),
        (b"\x00\x01\x02\x03" * 50, "unknown kind"),
    ],
)
def test_other_files_are_named_with_what_is_accepted(data, words):
    text = sentence(data)
    assert words in text
    assert "PNG, JPEG or DICOM" in text


def test_animated_png_is_refused():
    frames = [Image.new("L", (40, 40), shade) for shade in (0, 200)]
    assert "animated" in sentence(encoded(frames[0], save_all=True, append_images=frames[1:]))


def test_empty_file_is_refused():
    assert "0 bytes" in sentence(b"")


def test_oversized_file_is_refused(monkeypatch):
    monkeypatch.setattr(film, "MAX_BYTES", 2**20)
    assert "more than the 1 MB" in sentence(b"\x89PNG" * 2**19)


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_png_with_too_many_pixels_is_refused_from_its_header(side):
    data = bytearray(encoded(grey(RAMP)))
    data[16:24] = struct.pack(">II", side, side)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow's own warning must not decide
        assert "million pixels" in sentence(bytes(data))


def test_icon_is_refused():
    assert "31 x 40" in sentence(encoded(Image.new("L", (31, 40))))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_picture_that_breaks_off_is_refused(kind):
    noise = np.random.default_rng(0).integers(0, 256, (200, 200)).astype(np.uint8)
    data = encoded(grey(noise), kind)
    assert f"{kind} breaks off in the middle" in sentence(data[: len(data) // 2])


def test_damaged_png_is_refused():
    data = bytearray(encoded(grey(RAMP)))
    data[60] ^= 0xFF
    assert "damaged" in sentence(bytes(data))


def test_missing_path_is_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.png"):
        read_path(tmp_path / "none.png")
    with pytest.raises(FileNotFoundError):
        read_path(tmp_path)


def test_path_gives_the_films_name(tmp_path):
    (tmp_path / "a film.png").write_bytes(encoded(grey(RAMP)))
    assert read_path(tmp_path / "a film.png").name == "a film.png"


# --- hostile bytes


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Cut off, flip bits in the header, overwrite anywhere, or drop a few bytes."""
    broken = bytearray(data)
    how = rng.integers(4)
    if how == 0:
        return data[: rng.integers(len(data))]
    if how == 1:
        for at in rng.integers(min(len(data), 1500), size=rng.integers(1, 12)):
            broken[at] ^= 1 << int(rng.integers(8))
    elif how == 2:
        for at in rng.integers(len(data), size=rng.integers(1, 100)):
            broken[at] = int(rng.integers(256))
    else:
        start = int(rng.integers(len(data)))
        del broken[start : start + int(rng.integers(1, 40))]
    return bytes(broken)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow on broken EXIF
def test_damaged_files_give_a_film_or_a_sentence():
    exif = Image.Exif()
    exif[0x0112] = 3
    whole = [
        encoded(grey(RAMP)),
        encoded(grey(TWELVE)),
        encoded(grey(RAMP).convert("RGB"), "JPEG", exif=exif),
        stored(uid.ImplicitVRLittleEndian),
        stored(uid.ExplicitVRBigEndian),
        stored(uid.DeflatedExplicitVRLittleEndian),
        compressed(uid.RLELossless),
        compressed(uid.JPEG2000Lossless),
        written(packaged("MR_small_jpeg_ls_lossless.dcm")),
        written(packaged("JPGExtended.dcm")),
        written(header(RAMP, VOILUTSequence=[lut([0, 255], 0, 8)], PixelPaddingValue=3)),
    ]
    rng = np.random.default_rng(20)
    outcomes = {"film": 0, "sentence": 0}
    for number in range(660):
        try:
            film = read(mutated(whole[number % len(whole)], rng))
        except ValueError as refusal:
            assert isinstance(refusal, FilmError), refusal
            outcomes["sentence"] += 1
            continue
        assert film.pixels.dtype == np.float32
        assert film.pixels.ndim == 2
        assert np.isfinite(film.pixels).all()
        assert 0 <= film.pixels.min() <= film.pixels.max() <= 1
        outcomes["film"] += 1
    assert min(outcomes.values()) > 50  # both ways out were tried


def test_nested_sequences_do_not_escape_as_recursion():
    nest = b"\x28\0\x00\x30" + b"SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    sentence(written(header(RAMP))[:400] + nest * 3000)


def test_many_threads_read_the_same():
    data = [stored(uid.ExplicitVRLittleEndian), compressed(uid.RLELossless)] * 8
    with ThreadPoolExecutor(4) as pool:
        pixels = [film.pixels for film in pool.map(read, data)]
    assert all(np.array_equal(pixels[0], other) for other in pixels)
