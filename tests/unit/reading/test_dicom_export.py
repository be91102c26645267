"""Readings as DICOM, opened again with pydicom, highdicom and, where it is there, dcmtk."""

import io
import shutil
import subprocess
import warnings
import zipfile

import highdicom as hd
import numpy as np
import pydicom
import pytest
from pydicom import uid

from core.films.film import FilmError
from core.films.read import read_film
from core.findings import NAMES
from core.gate import corrections
from core.maps import colours, lung_zones
from core.reading import dicom_codes, dicom_export, map_sheet
from core.reading.by_margin import ranked
from core.reading.predictor import Predictor
from tests.unit.films.dicom_files import header, written
from tests.unit.films.test_read import FILES

DATA = (FILES / "rsna_jpeg_baseline.dcm").read_bytes()
STUDY, SERIES = "1.2.3.4", "1.2.3.5"
PERSON = {
    "PatientID": "0815",
    "PatientBirthDate": "19500102",
    "PatientSex": "F",
    "AccessionNumber": "A1",
    "StudyDate": "20200102",
    "StudyID": "S1",
}


@pytest.fixture(scope="module")
def predictors() -> list[Predictor]:
    return [Predictor("cnn"), Predictor("mobilenet_v2")]


@pytest.fixture(scope="module")
def real(predictors):
    """The committed film, its readings and their DICOM results."""
    film = read_film(DATA, "film.dcm")
    readings = [(p.card, p.read(film)) for p in predictors]
    return film, readings, dicom_export.make(DATA, film, readings)


@pytest.fixture(scope="module")
def plain(predictors):
    """Both files of the small film, stored without compression."""
    return made(stored(), predictors[0])


def opened(data: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(data))


def made(data: bytes, predictor: Predictor) -> tuple[pydicom.Dataset, pydicom.Dataset]:
    film = read_film(data, "film.dcm")
    result = dicom_export.make(data, film, [(predictor.card, predictor.read(film))])
    return opened(result.heat_maps), opened(result.report)


def twelve_bit() -> np.ndarray:
    """The committed film at a quarter of its size, in 12 bits, 256 px high and 224 px wide."""
    pixels = read_film(DATA, "film.dcm").pixels[::4, ::4][:, 16:240]
    return np.rint(pixels * 4095).astype(np.uint16)


def stored(syntax: uid.UID = uid.ExplicitVRLittleEndian, **elements) -> bytes:
    """That film in a transfer syntax, with a study."""
    values = twelve_bit()
    if elements.get("PhotometricInterpretation") == "MONOCHROME1":
        values = 4095 - values
    linked = {"StudyInstanceUID": STUDY, "SeriesInstanceUID": SERIES, "PatientName": "Doe^Jane"}
    given = {"BitsStored": 12, "HighBit": 11} | linked | PERSON | elements
    ds = header(values, **{key: value for key, value in given.items() if value is not None})
    for key in (key for key, value in given.items() if value is None and key in ds):
        delattr(ds, key)
    ds["PixelData"].VR = "OW"
    if syntax.is_compressed and syntax != uid.DeflatedExplicitVRLittleEndian:
        ds.compress(syntax, generate_instance_uid=False)
        return written(ds)
    ds.file_meta.TransferSyntaxUID = syntax
    if syntax == uid.ExplicitVRBigEndian:
        ds.PixelData = values.astype(">u2").tobytes()
    return written(ds)


# --- the heat maps


def test_heat_maps_are_a_secondary_capture_of_the_films_study(real):
    film, _, result = real
    source, image = opened(DATA), opened(result.heat_maps)
    assert image.SOPClassUID == uid.SecondaryCaptureImageStorage
    assert list(image.ImageType) == ["DERIVED", "SECONDARY"]
    for keyword in ("StudyInstanceUID", "PatientID", "PatientName", "PatientSex", "StudyDate"):
        assert image[keyword].value == source[keyword].value, keyword
    assert image.SeriesInstanceUID != source.SeriesInstanceUID
    assert image.SOPInstanceUID != source.SOPInstanceUID
    assert image.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert image.SeriesDescription == "HeAilth heat maps (not for diagnostic use)"
    assert image.BurnedInAnnotation == "YES"
    assert "not for diagnostic use" in image.DerivationDescription
    assert "as its file shows it" in image.DerivationDescription
    assert "PixelSpacing" not in image
    assert film.name not in str(image)


def test_each_network_has_the_film_under_its_map(real):
    film, readings, result = real
    pixels = opened(result.heat_maps).pixel_array
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    side = map_sheet.PANEL_PX
    margin = map_sheet.MARGIN_PX
    top = next(row for row in range(pixels.shape[0]) if row > 60 and pixels[row, margin:].std() > 5)
    grey = colours.window(colours.shown(film.pixels, side), 0, 1).astype(float)
    for number, (card, reading) in enumerate(readings):
        left = margin + number * (side + margin)
        panel = pixels[top : top + side, left : left + side].astype(float)
        assert np.corrcoef(panel.mean(2).ravel(), grey.ravel())[0, 1] > 0.85
        first = ranked(reading.probabilities, card)["finding"][0]
        cells = colours.strength(reading.maps, NAMES.index(first))
        colour = panel.max(2) - panel.min(2)
        strong = colours.enlarge(cells, side, side, smooth=True)
        assert colour[strong > 0.5].mean() > colour[strong < 0.05].mean() + 20 or cells.max() < 0.5


def test_a_tall_film_keeps_its_own_shape(plain):
    image, _ = plain
    width = map_sheet.PANEL_PX
    assert image.Columns == width + 2 * map_sheet.MARGIN_PX
    assert image.Rows > width * 256 / 224


def test_mends_are_named_and_shown(predictors, plain):
    data = stored()
    film = corrections.correct(corrections.correct(read_film(data, "x"), "rotate 90"), "invert")
    read = [(predictors[0].card, predictors[0].read(film))]
    image = opened(dicom_export.make(data, film, read, ("rotate 90", "invert")).heat_maps)
    assert "changed before reading (rotate 90, invert, clockwise)" in image.DerivationDescription
    assert image.Rows < plain[0].Rows  # the tall film now lies on its side


# --- the report


def test_the_report_holds_every_network_and_finding_with_its_numbers(real):
    _, readings, result = real
    report = hd.sr.srread(io.BytesIO(result.report))
    assert isinstance(report, hd.sr.ComprehensiveSR)
    assert (report.CompletionFlag, report.VerificationFlag) == ("PARTIAL", "UNVERIFIED")
    assert "not for diagnostic use" in report.ConceptNameCodeSequence[0].CodeMeaning
    groups = report.content.get_image_measurement_groups()
    assert len(groups) == 28
    expected = [
        (card, name, float(reading.probabilities[NAMES.index(name)]))
        for card, reading in readings
        for name in NAMES
    ]
    for group, (card, name, probability) in zip(groups, expected, strict=True):
        assert group.tracking_identifier == f"{card.id} {name}"
        assert group.finding_type == dicom_codes.FINDINGS[name]
        numbers = {m.name.value: m.value for m in group.get_measurements()}
        assert numbers["PROBABILITY"] == pytest.approx(probability, abs=1e-6)
        found = card.operating_point(name)
        point = found and found.threshold
        side = group.get_qualitative_evaluations(dicom_codes.SIDE)[0].value
        if point is None:
            assert "OPERATING-POINT" not in numbers
            assert side == dicom_codes.NO_POINT
        else:
            assert numbers["OPERATING-POINT"] == pytest.approx(point, abs=1e-6)
            above = dicom_codes.ABOVE if probability >= point else dicom_codes.BELOW
            assert side == above


def test_the_report_points_to_film_and_heat_maps_and_names_its_maker(real):
    _, readings, result = real
    source, image, report = opened(DATA), opened(result.heat_maps), opened(result.report)
    assert report.StudyInstanceUID == source.StudyInstanceUID
    assert report.PatientID == source.PatientID
    assert report.SeriesInstanceUID not in (source.SeriesInstanceUID, image.SeriesInstanceUID)
    referenced = {
        item.ReferencedSOPInstanceUID
        for study in report.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    }
    assert referenced == {source.SOPInstanceUID, image.SOPInstanceUID}
    texts = [element.value for element in report.iterall() if element.keyword == "TextValue"]
    words = " ".join(texts)
    assert "Research software, not a medical device" in words
    assert "1,025 validation films" in words
    for card, _ in readings:
        assert card.id in words


def test_places_have_a_code_each():
    points = [(x, y) for y in (0.1, 0.5, 0.9) for x in (0.1, 0.5, 0.9)]
    words = [lung_zones.zone(*point) for point in points]
    unsided = [lung_zones.zone(*point, sides_known=False) for point in points]
    found = [dicom_codes.place(said) for said in dict.fromkeys([*words, *unsided, ""])]
    assert len({code.value for code in found}) == len(found) == 13
    assert found[5].meaning == "Left mid zone"
    assert all(len(code.value) <= 16 and len(code.meaning) <= 64 for code in found)


def test_every_finding_has_a_code_that_fits():
    assert tuple(dicom_codes.FINDINGS) == NAMES
    codes = [value for value in vars(dicom_codes).values() if isinstance(value, pydicom.sr.Code)]
    for code in [*codes, *dicom_codes.FINDINGS.values()]:
        assert len(code.value) <= 16
        assert len(code.meaning) <= 64


def test_codes_of_dicoms_own_context_groups_are_pydicoms():
    from pydicom.sr.codedict import codes

    assert dicom_codes.FINDINGS["Infiltration"] == codes.cid6104.Infiltrate
    assert dicom_codes.FINDINGS["Mass"] == codes.cid6104.Mass
    assert dicom_codes.FINDINGS["Nodule"] == codes.cid6104.Nodule
    assert dicom_codes.FINDINGS["Pneumothorax"] == codes.cid6105.Pneumothorax
    assert dicom_codes.FINDINGS["Edema"] == codes.cid3700.PulmonaryEdema
    assert dicom_codes.FINDINGS["Effusion"] == codes.cid645.PleuralEffusion


# --- any kind of source


@pytest.mark.parametrize(
    "syntax",
    [
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
        uid.RLELossless,
        uid.JPEG2000Lossless,
    ],
    ids=lambda syntax: syntax.keyword,
)
def test_every_way_of_storing_gives_the_same_result(predictors, plain, syntax):
    image, report = made(stored(syntax), predictors[0])
    assert np.array_equal(image.pixel_array, plain[0].pixel_array)
    assert (image.PatientID, report.PatientID) == ("0815", "0815")
    assert image.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian


def test_monochrome1_is_shown_bright_where_dense(predictors, plain):
    inverted, _ = made(stored(PhotometricInterpretation="MONOCHROME1"), predictors[0])
    difference = inverted.pixel_array.astype(int) - plain[0].pixel_array
    assert np.abs(difference).mean() < 2


def test_a_sparse_header_leaves_the_elements_empty_that_must_be_there(predictors):
    absent = dict.fromkeys([*PERSON, "PatientName"])
    for dataset in made(stored(**absent), predictors[0]):
        for keyword in [*PERSON, "PatientName", "StudyTime", "ReferringPhysicianName"]:
            assert keyword in dataset
            assert not dataset[keyword].value, keyword
        assert dataset.StudyInstanceUID == STUDY


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_without_a_study_the_result_is_refused_in_a_sentence(predictors, keyword):
    with pytest.raises(ValueError, match=rf"cannot be linked .* \({keyword} is missing"):
        made(stored(**{keyword: None}), predictors[0])


def test_what_breaks_dicoms_rules_is_refused_or_left_empty_and_never_quoted(predictors):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns when such values are written
        odd_date = stored(PatientBirthDate="Secret", PatientSex="W")
        odd_study = stored(StudyInstanceUID="1.2.x.Secret")
    image, _ = made(odd_date, predictors[0])
    assert (image.PatientBirthDate, image.PatientSex) == ("", "")
    with pytest.raises(FilmError, match="StudyInstanceUID is malformed") as refusal:
        made(odd_study, predictors[0])
    assert "Secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("AccessionNumber", "1234567890123456789"),
        ("AccessionNumber", ["A1", "A2"]),
        ("PatientID", "Secret" * 20),
        ("PatientName", "Secret" * 20),
        ("StudyID", "Secret" * 20),
        ("StudyDate", "yesterday"),
    ],
)
def test_a_value_that_is_too_long_or_malformed_is_left_empty_and_named(predictors, keyword, value):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = stored(**{keyword: value})
    film = read_film(data, "film.dcm")
    result = dicom_export.make(data, film, [(predictors[0].card, predictors[0].read(film))])
    for dataset in (opened(result.heat_maps), opened(result.report)):
        assert not dataset[keyword].value
        assert dataset.StudyInstanceUID == STUDY
    assert f"rules in {keyword} (" in result.warning
    assert "Secret" not in result.warning
    packed = zipfile.ZipFile(io.BytesIO(result.zipped()))
    assert packed.read("warning.txt").decode().strip() == result.warning


@pytest.mark.parametrize(
    ("charset", "name", "written_as"),
    [
        ("ISO_IR 100", "Müller^Jürgen", "ISO_IR 100"),
        ("ISO_IR 144", "Люкceмбypг", "ISO_IR 192"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小東", "ISO_IR 192"),
    ],
)
def test_names_of_any_script_come_through(predictors, charset, name, written_as):
    data = stored(SpecificCharacterSet=charset, PatientName=name)
    for dataset in made(data, predictors[0]):
        assert dataset.SpecificCharacterSet == written_as
        assert str(dataset.PatientName) == name


def test_patients_reach_neither_logs_nor_warnings_nor_the_picture(
    predictors, plain, caplog, recwarn
):
    data = stored(PatientName="Secretperson", ReferringPhysicianName="Secretdoctor")
    caplog.set_level("DEBUG")
    image, _ = made(data, predictors[0])
    assert "Secret" not in caplog.text
    assert not [warning for warning in recwarn.list if "Secret" in str(warning.message)]
    assert np.array_equal(image.pixel_array, plain[0].pixel_array)


def test_the_archive_holds_both_files(real):
    packed = zipfile.ZipFile(io.BytesIO(real[2].zipped()))
    assert packed.namelist() == ["heat_maps.dcm", "report.dcm"]
    assert packed.read("report.dcm") == real[2].report


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not installed")
def test_dcmtk_reads_both_without_a_complaint(real, tmp_path):
    real[2].write(tmp_path, "film")
    for command, name in (
        (["dcmdump"], "film-heatmaps.dcm"),
        (["dcmdump"], "film-report.dcm"),
        (["dsrdump"], "film-report.dcm"),
        (["dsr2html"], "film-report.dcm"),
    ):
        done = subprocess.run([*command, str(tmp_path / name)], capture_output=True)
        assert done.returncode == 0
        assert not done.stderr, (command, done.stderr)
