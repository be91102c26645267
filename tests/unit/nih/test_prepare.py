"""Preparing films: from files, straight from archives, and from what is broken."""

import gzip
import io
import shutil
import tarfile
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.nih.film_set import open_films
from core.nih.prepare import prepare
from core.paths import SAMPLES

FILMS = sorted(SAMPLES.glob("*.png"))[:4]
NAMES = [film.name for film in FILMS]


def _loose(folder, films=FILMS):
    folder.mkdir(exist_ok=True)
    for film in films:
        shutil.copy(film, folder)
    return folder


def _archive(folder, films=FILMS, name="images_001.tar.gz"):
    """As NIH packs them, with members beside them that no film should be made of."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / name, "w:gz") as archive:
        archive.add(FILMS[0].parent, "images", recursive=False)
        _member(archive, "images/holiday.png", b"not in the table")
        link = tarfile.TarInfo(f"images/{NAMES[-1]}")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for film in films:
            archive.add(film, f"images/{film.name}")
    return folder


def _member(archive, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def test_what_is_written_is_what_open_reads(tmp_path):
    nih = _loose(tmp_path / "nih")
    done = prepare(nih, tmp_path / "ready")
    assert (done.count, done.unreadable) == (len(NAMES), {})
    ready, raw = (open_films(tmp_path / part) for part in ("ready", "nih"))
    assert isinstance(ready.pixels, np.memmap)
    assert np.array_equal(ready.pixels, raw.pixels)
    assert list(ready.table["image_index"]) == NAMES
    assert len(open_films(tmp_path / "ready", "train_val")) == 0


def test_archives_give_what_their_films_give(tmp_path):
    prepare(_loose(tmp_path / "nih"), tmp_path / "loose")
    assert prepare(_archive(tmp_path / "packed"), tmp_path / "ready").count == len(NAMES)
    loose, packed = (open_films(tmp_path / part) for part in ("loose", "ready"))
    assert np.array_equal(loose.pixels, packed.pixels)
    assert list(packed.table["image_index"]) == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loose", "nih", "packed", "ready"]


def test_a_film_that_is_there_twice_is_taken_once(tmp_path):
    nih = _loose(tmp_path / "nih", FILMS[2:])
    _archive(nih, FILMS[:3])
    _archive(nih, FILMS, "images_002.tar.gz")
    assert prepare(nih, tmp_path / "ready").count == len(NAMES)
    assert list(open_films(tmp_path / "ready").table["image_index"]) == [
        *NAMES[2:],
        *NAMES[:2],
    ]


def test_films_that_cannot_be_read_are_named_and_left_out(tmp_path):
    nih = _loose(tmp_path / "nih")
    (nih / NAMES[1]).write_bytes(FILMS[1].read_bytes()[:5_000])
    answer = CliRunner().invoke(
        app, ["prepare", "--from", str(nih), "--to", str(tmp_path / "ready")]
    )
    assert answer.exit_code == 0
    assert f"{NAMES[1]} is left out: " in answer.output
    assert "3 films in" in answer.output
    assert list(open_films(tmp_path / "ready").table["image_index"]) == [
        NAMES[0],
        *NAMES[2:],
    ]


def _cut_compressed(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def _cut_between_members(path, share):
    """Whole members, then nothing: neither the end of the archive nor that of the gzip stream."""
    plain = gzip.decompress(path.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        start = archive.getmembers()[int(len(archive.getmembers()) * share)].offset
    packer = zlib.compressobj(wbits=31)
    path.write_bytes(packer.compress(plain[:start]) + packer.flush(zlib.Z_FULL_FLUSH))


@pytest.mark.parametrize("cut", [_cut_compressed, _cut_between_members])
@pytest.mark.parametrize("share", [0.3, 0.999])
def test_an_archive_that_breaks_off_costs_nothing(tmp_path, cut, share):
    prepare(_loose(tmp_path / "nih"), tmp_path / "ready")
    cut(_archive(tmp_path / "packed") / "images_001.tar.gz", share)
    with pytest.raises(ValueError, match=r"images_001\.tar\.gz is damaged .* fetch it again"):
        prepare(tmp_path / "packed", tmp_path / "ready")
    assert len(open_films(tmp_path / "ready")) == len(NAMES)
    assert sorted(p.name for p in (tmp_path / "ready").iterdir()) == ["films.npy", "index.csv"]


def test_a_film_half_unpacked_is_taken_from_its_archive(tmp_path):
    nih = _archive(_loose(tmp_path / "nih"))
    (nih / NAMES[1]).write_bytes(FILMS[1].read_bytes()[:5_000])
    done = prepare(nih, tmp_path / "ready")
    assert (done.count, done.unreadable) == (len(NAMES), {})


def test_a_folder_of_no_use_is_named(tmp_path):
    (tmp_path / "nih").mkdir()
    with pytest.raises(FileNotFoundError, match="No NIH film was found"):
        prepare(tmp_path / "nih", tmp_path / "ready")
    (tmp_path / "nih" / NAMES[0]).write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=rf"None of the 1 films .* {NAMES[0]}: .*empty"):
        prepare(tmp_path / "nih", tmp_path / "ready")
    assert list((tmp_path / "ready").iterdir()) == []


def test_a_folder_that_does_not_fit_its_index_is_refused(tmp_path):
    prepare(_loose(tmp_path / "nih"), tmp_path / "ready")
    index = tmp_path / "ready" / "index.csv"
    index.write_text("\n".join(index.read_text().splitlines()[:-1]))
    with pytest.raises(ValueError, match="run `python -m core prepare` again"):
        open_films(tmp_path / "ready")


@pytest.mark.parametrize("moved", [[], ["films.npy"]])
def test_a_kill_while_both_files_take_their_place_is_made_good_by_the_next_reader(tmp_path, moved):
    prepare(_loose(tmp_path / "old", FILMS[:2]), tmp_path / "ready")
    prepare(_loose(tmp_path / "nih", FILMS[2:]), tmp_path / "new")
    rest = tmp_path / "ready" / ".prepared.new"  # whole, as `atomic_files` leaves it
    (tmp_path / "new").rename(rest)
    for name in moved:
        (rest / name).replace(tmp_path / "ready" / name)
    films = open_films(tmp_path / "ready")
    assert list(films.table["image_index"]) == NAMES[2:]
    assert np.array_equal(films.pixels, open_films(tmp_path / "nih").pixels)
    assert sorted(p.name for p in (tmp_path / "ready").iterdir()) == ["films.npy", "index.csv"]
