"""Small DICOM files for tests."""

import io
from typing import Any

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset


def header(values: np.ndarray, **elements: Any) -> Dataset:
    """A minimal CR data set around these stored values."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = uid.ComputedRadiographyImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = uid.UID("1.2.3")
    ds.SOPClassUID, ds.SOPInstanceUID = uid.ComputedRadiographyImageStorage, uid.UID("1.2.3")
    ds.Modality, ds.PatientName = "CR", "Secret^Person"
    ds.Rows, ds.Columns = values.shape[:2]
    ds.SamplesPerPixel = 3 if values.ndim == 3 else 1
    ds.PhotometricInterpretation = "RGB" if values.ndim == 3 else "MONOCHROME2"
    if values.ndim == 3:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = values.itemsize * 8
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(values.dtype.kind == "i")
    ds.PixelData = values.tobytes()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def written(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
