"""Decoders written in C, in a process of their own: a broken film may cost that process, no more.

GDCM aborts or crashes on many damaged streams, and OpenJPEG can take minutes over one. The process
starts with the first film that needs it, waits for the next, and ends with its parent.
"""

from __future__ import annotations

import atexit
import io
import multiprocessing
import os
import pickle
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import IO, BinaryIO

import numpy as np
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array

from core.films.film import FilmError
from core.paths import ROOT

PATIENCE = 60  # seconds; JPEG 2000 of 49 million 16-bit pixels took 7 on two cores
MEMORY = 4 * 2**30  # bytes of address space; the same film took 0.8 GiB


@dataclass(frozen=True)
class Job:
    """One compressed picture. elements: of the image pixel module, by keyword; plugin: pydicom's.

    syntax: the transfer syntax to decode by.
    """

    frame: bytes
    elements: dict[str, int | str]
    syntax: str
    plugin: str


def decode(job: Job) -> np.ndarray:
    """The picture, H x W or H x W x 3, unused bits and all.

    Raises FilmError where its decoder crashed or was stopped, ValueError where it refused. In a
    process of multiprocessing it is decoded on the spot: whoever started that one looks after it.
    """
    if multiprocessing.parent_process() is not None:
        return _decoded(job)
    with _TURN:
        return _answer(_running(), job)


_TURN = threading.Lock()
_process: subprocess.Popen[bytes] | None = None


def _running() -> subprocess.Popen[bytes]:
    global _process
    if _process is None or _process.poll() is not None:
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        _process = subprocess.Popen(
            [sys.executable, "-m", "core.films.decoder_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries write there about every stream they try
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        atexit.register(_process.kill)
    return _process


def _answer(process: subprocess.Popen[bytes], job: Job) -> np.ndarray:
    assert process.stdin is not None and process.stdout is not None
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(PATIENCE, give_up)
    timer.start()
    try:
        pickle.dump(job, process.stdin)
        process.stdin.flush()
        found = _received(process.stdout)
    except (OSError, EOFError) as error:
        process.kill()
        process.wait()
        why = f"did not come back within {PATIENCE} seconds" if late.is_set() else "crashed"
        raise FilmError(
            f"This DICOM file is damaged (the decoder of its compressed picture {why}): export the"
            " film again, best uncompressed."
        ) from error
    finally:
        timer.cancel()
    if found.dtype.kind == "U":
        raise ValueError(f"The decoder refused: {found.item()}")
    return found


def _decoded(job: Job) -> np.ndarray:
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = uid.UID(job.syntax)
    for keyword, value in job.elements.items():
        setattr(header, keyword, value)
    header.PixelData = encapsulate([job.frame])
    values = pixel_array(header, decoding_plugin=job.plugin, correct_unused_bits=False)
    return np.asarray(values)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Pickled jobs in, arrays out; a text in place of an array is an error's name."""
    while True:
        try:
            job = pickle.load(jobs)
        except EOFError:
            return
        try:
            found = _decoded(job)
        except Exception as error:  # plug-ins raise anything
            found = np.array(type(error).__name__)
        _send(found, answers)


_LENGTH = struct.Struct("<Q")


def _send(array: np.ndarray, stream: BinaryIO) -> None:
    """In NumPy's own format, which can carry no code, after its length."""
    packed = io.BytesIO()
    np.save(packed, array, allow_pickle=False)
    stream.write(_LENGTH.pack(packed.tell()))
    stream.write(packed.getbuffer())
    stream.flush()


def _received(stream: IO[bytes]) -> np.ndarray:
    """EOFError where the sender ended before."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(start)
    packed = stream.read(length)
    if len(packed) < length:
        raise EOFError
    return np.asarray(np.load(io.BytesIO(packed), allow_pickle=False))


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _bound_memory()
    to_parent = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not mix with answers
    serve(sys.stdin.buffer, to_parent)
