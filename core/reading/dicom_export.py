"""A reading as DICOM: heat maps as a secondary capture, numbers as a structured report.

Both are new series of the film's own study, point to the film, and say in title and text that they
are not for diagnostic use. The secondary capture (PS3.3 A.8) has another geometry than the film
(maps side by side, text), so it carries neither its pixel spacing nor its orientation; the class
has no frame of reference. The report is a Comprehensive SR after TID 1500 (PS3.16): a measurement
group for each network and finding. It is PARTIAL, PRELIMINARY, UNVERIFIED: nobody has looked at it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import highdicom as hd
import numpy as np
import pandas as pd
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from core import NOT_A_DIAGNOSIS, VERSION
from core.checkpoints.card import Card
from core.films.film import Film
from core.findings import NAMES
from core.maps import colours, lung_zones
from core.reading import dicom_codes, dicom_source, map_sheet
from core.reading.by_margin import ranked
from core.reading.predictor import Reading

WARNING = "Research software - not for diagnostic use"
MAPS_SERIES = "HeAilth heat maps (not for diagnostic use)"
REPORT_SERIES = "HeAilth reading (not for diagnostic use)"
MAPS_NUMBER, REPORT_NUMBER = 9001, 9002  # of the series: beyond those that a modality gives
MAKER = "HeAilth (research software)"
DEVICE_UID = uid.UID(f"2.25.{uuid5(NAMESPACE_URL, f'heailth {VERSION}').int}")


@dataclass(frozen=True)
class DicomResult:
    """Two DICOM files of one reading; warning: what they could not take over, "" if nothing."""

    heat_maps: bytes
    report: bytes
    warning: str = ""

    def zipped(self) -> bytes:
        """Both as heat_maps.dcm and report.dcm in a ZIP archive, with warning.txt if there is."""
        files = {"heat_maps.dcm": self.heat_maps, "report.dcm": self.report}
        if self.warning:
            files["warning.txt"] = f"{self.warning}\n".encode()
        return archive(files)

    def write(self, folder: Path, stem: str) -> None:
        """`<stem>-heatmaps.dcm` and `<stem>-report.dcm` in a folder that is there."""
        (folder / f"{stem}-heatmaps.dcm").write_bytes(self.heat_maps)
        (folder / f"{stem}-report.dcm").write_bytes(self.report)


def archive(files: dict[str, bytes]) -> bytes:
    """Files by name in a ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


def make(
    data: bytes,
    film: Film,
    readings: Sequence[tuple[Card, Reading]],
    corrections: Sequence[str] = (),
    upright: bool = True,
) -> DicomResult:
    """Heat maps and report of a DICOM film that one or more networks have read.

    data: the file that `film` came from; its header is read here and not before, because a Film
    holds nothing that names a patient. film: as it was read, after these corrections
    (keys of `gate.corrections`).
    upright: False names no places, as on a film that seems to be turned.
    Raises FilmError with one sentence where the file cannot be linked to (`dicom_source.read`).
    """
    source, left_empty = dicom_source.read(data)
    nameless = dicom_source.nameless(source)  # highdicom's warnings quote names
    where = partial(lung_zones.strongest_zone, sides_known=film.sides_known, upright=upright)
    panels = tuple(map_sheet.panel(card, reading, where) for card, reading in readings)
    maps = _secondary_capture(nameless, film, panels, readings, corrections)
    groups = [_group(nameless, *pair, row, where) for pair in readings for row in _rows(*pair)]
    report = _report(nameless, maps, groups, readings, corrections)
    return DicomResult(_filed(maps, source), _filed(report, source), _left_empty(left_empty))


def _left_empty(keywords: Sequence[str]) -> str:
    """A sentence without the values: it may reach a log."""
    if not keywords:
        return ""
    return (
        f"The film's header breaks DICOM's rules in {', '.join(keywords)} (too long, or of another"
        " form), which the DICOM result leaves empty: complete it before you archive it."
    )


def _filed(dataset: hd.SOPClass, source: Dataset) -> bytes:
    """The file, given to the source's patient and study."""
    dataset.SpecificCharacterSet = dicom_source.character_set(source)
    dataset.copy_patient_and_study_information(source)
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def _secondary_capture(
    source: Dataset,
    film: Film,
    panels: tuple[map_sheet.Panel, ...],
    readings: Sequence[tuple[Card, Reading]],
    corrections: Sequence[str],
) -> hd.sc.SCImage:
    what = "Each map: one network's evidence for its first finding. It is not a lesion outline."
    sheet = map_sheet.draw(film.pixels, panels, WARNING, f"{what} {NOT_A_DIAGNOSIS}")
    image = hd.sc.SCImage(
        pixel_array=sheet,
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),  # highdicom wants one; emptied below
        study_instance_uid=source.StudyInstanceUID,
        series_number=MAPS_NUMBER,
        series_description=MAPS_SERIES,
        content_qualification="RESEARCH",
        **_made_by(readings),
    )
    image.PatientOrientation = []
    image.ImageType = ["DERIVED", "SECONDARY"]
    image.ConversionType = "WSD"
    image.BurnedInAnnotation = "YES"
    image.DerivationDescription = f"{WARNING}. {what} {_as_read(corrections)}"
    image.SourceImageSequence = [_reference(source)]
    return image


def _made_by(readings: Sequence[tuple[Card, Reading]]) -> dict[str, Any]:
    """What all results say of this program, with UIDs of their own."""
    return {
        "series_instance_uid": hd.UID(),
        "sop_instance_uid": hd.UID(),
        "instance_number": 1,
        "manufacturer": MAKER,
        "manufacturer_model_name": "HeAilth",
        "software_versions": [VERSION, *(card.id[:64] for card, _ in readings)],
        "transfer_syntax_uid": uid.ExplicitVRLittleEndian,
    }


def _reference(source: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = source.SOPClassUID
    item.ReferencedSOPInstanceUID = source.SOPInstanceUID
    purpose = codes.DCM.SourceImageForImageProcessingOperation
    item.PurposeOfReferenceCodeSequence = [hd.sr.CodedConcept.from_code(purpose)]
    return item


def _as_read(corrections: Sequence[str]) -> str:
    """How the picture differs from the film in the archive."""
    turned = ", clockwise" if any("rotate" in how for how in corrections) else ""
    as_is = (
        f"changed before reading ({', '.join(corrections)}{turned})"
        if corrections
        else "as its file shows it"
    )
    return f"The film is shown as it was read: {as_is}, in its own aspect ratio."


def _report(
    source: Dataset,
    maps: Dataset,
    groups: Sequence[hd.sr.MeasurementsAndQualitativeEvaluations],
    readings: Sequence[tuple[Card, Reading]],
    corrections: Sequence[str],
) -> hd.sr.ComprehensiveSR:
    device = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=DEVICE_UID,
        name="HeAilth",
        manufacturer_name=MAKER,
        model_name=", ".join(card.id for card, _ in readings),
        serial_number=VERSION,
    )
    observer = hd.sr.ObserverContext(codes.DCM.Device, device)
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_device_context=observer),
        procedure_reported=dicom_codes.CHEST_FILM,
        imaging_measurements=groups,
        title=dicom_codes.TITLE,
    )
    for note in (f"{WARNING}. {NOT_A_DIAGNOSIS}", *_numbers(readings), _as_read(corrections)):
        content[0].ContentSequence.append(_comment(note))
    content[0].ContentSequence.append(
        hd.sr.ImageContentItem(
            dicom_codes.HEAT_MAPS,
            maps.SOPClassUID,
            maps.SOPInstanceUID,
            relationship_type=hd.sr.RelationshipTypeValues.CONTAINS,
        )
    )
    return hd.sr.ComprehensiveSR(
        evidence=[source, maps],
        content=content[0],
        series_number=REPORT_NUMBER,
        series_description=REPORT_SERIES,
        is_complete=False,
        is_verified=False,
        coding_schemes=[
            CodingSchemeIdentificationItem(dicom_codes.SCHEME, dicom_codes.SCHEME_NAME)
        ],
        **_made_by(readings),
    )


def _rows(card: Card, reading: Reading) -> list[pd.Series]:
    """Findings in NIH order."""
    rows = [row for _, row in ranked(reading.probabilities, card).iterrows()]
    return sorted(rows, key=lambda row: NAMES.index(row["finding"]))


def _comment(words: str) -> hd.sr.TextContentItem:
    return hd.sr.TextContentItem(
        dicom_codes.COMMENT, words, relationship_type=hd.sr.RelationshipTypeValues.CONTAINS
    )


def _numbers(readings: Sequence[tuple[Card, Reading]]) -> list[str]:
    """What kind of number stands beside each finding, a sentence a network."""
    return [f"{card.title} ({card.id}): {card.kind_of_number}" for card, _ in readings]


def _group(
    source: Dataset,
    card: Card,
    reading: Reading,
    row: pd.Series,
    where: Callable[[np.ndarray], str],
) -> hd.sr.MeasurementsAndQualitativeEvaluations:
    """One network on one finding (TID 1501): probability, operating point, side and place."""
    name = str(row["finding"])
    has_point = not np.isnan(row["threshold"])
    numbers = [(dicom_codes.PROBABILITY, float(row["probability"]))]
    if has_point:
        numbers.append((dicom_codes.OPERATING_POINT, float(row["threshold"])))
    place = where(colours.strength(reading.maps, NAMES.index(name)))
    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(hd.UID(), f"{card.id} {name}"),
        finding_type=dicom_codes.FINDINGS[name],
        algorithm_id=hd.sr.AlgorithmIdentification(card.title, card.id),
        measurements=[
            hd.sr.Measurement(code, round(value, 6), codes.UCUM.NoUnits) for code, value in numbers
        ],
        qualitative_evaluations=[
            hd.sr.QualitativeEvaluation(
                dicom_codes.SIDE, dicom_codes.side(bool(row["above"]), has_point)
            ),
            hd.sr.QualitativeEvaluation(dicom_codes.STRONGEST, dicom_codes.place(place)),
        ],
        source_images=[
            hd.sr.SourceImageForMeasurementGroup(source.SOPClassUID, source.SOPInstanceUID)
        ],
    )
