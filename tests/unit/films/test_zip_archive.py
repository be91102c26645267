"""ZIP archives: every nasty kind made by hand, each answered in a sentence, none unpacked whole."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from core.films import zip_archive
from core.films.film import FilmError
from core.findings import NAMES
from core.paths import SAMPLES
from core.reading import batch
from core.reading.predictor import Predictor

FILM = sorted(SAMPLES.glob("*.png"))[0].read_bytes()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def sources(data: bytes) -> list[zip_archive.Source]:
    return zip_archive.open_zip(io.BytesIO(data), "a.zip")


def refusal(source: zip_archive.Source) -> str:
    with pytest.raises(FilmError) as caught:
        source.load()
    return str(caught.value)


def patched(data: bytes, entry: bytes, offset: int, value: bytes) -> bytes:
    """The bytes with a field of every header of a kind overwritten."""
    changed, at = bytearray(data), data.find(entry)
    while at >= 0:
        changed[at + offset : at + offset + len(value)] = value
        at = data.find(entry, at + 1)
    return bytes(changed)


def test_films_come_out_as_they_went_in():
    found = sources(zipped(("one.png", FILM), ("folder/two.png", FILM)))
    assert [source.name for source in found] == ["a.zip/one.png", "a.zip/folder/two.png"]
    assert all(source.load() == FILM for source in found)


def test_what_systems_put_beside_films_is_left_out():
    names = ("dir/", "__MACOSX/._one.png", ".DS_Store", "x/.hidden", "DICOMDIR", "x/Thumbs.db")
    found = sources(zipped(*((name, b"x") for name in names), ("one.png", FILM)))
    assert [source.name for source in found] == ["a.zip/one.png"]


@pytest.mark.parametrize("data", [zipped(), zipped(("dir/", b""), (".DS_Store", b"x"))])
def test_an_archive_without_films_says_so(data: bytes):
    (only,) = sources(data)
    assert only.name == "a.zip"
    assert "holds no files" in refusal(only)


@pytest.mark.parametrize("keep", [10, 5_000, -10])
def test_an_archive_that_breaks_off_says_so(keep: int):
    (only,) = sources(zipped(("one.png", FILM))[:keep])
    assert "damaged or breaks off" in refusal(only)


def test_a_gigabyte_of_zeros_is_refused_without_being_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("zeros.png", "w") as member:
            for _ in range(1024):
                member.write(bytes(2**20))
        archive.writestr("film.png", FILM)
    tracemalloc.start()
    bomb, film = sources(target.getvalue())
    reason = refusal(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "unpacks to 1,024 MB" in reason
    assert peak < 10 * 2**20
    assert film.load() == FILM


def test_a_member_below_the_size_that_grows_as_no_film_does_is_refused():
    (bomb,) = sources(zipped(("zeros.png", bytes(60 * 2**20))))
    assert "times its packed size" in refusal(bomb)


@pytest.mark.parametrize("size", [1000, 2 * 2**20])
def test_a_bomb_that_lies_about_its_size_unpacks_no_further_than_it_says(size: int):
    honest = zipped(("zeros.png", bytes(50 * 2**20)))
    liar = patched(honest, b"PK\x01\x02", 24, struct.pack("<I", size))
    tracemalloc.start()
    (bomb,) = sources(liar)
    reason = refusal(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "cannot be unpacked" in reason
    assert peak < 10 * 2**20


def test_all_films_together_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zip_archive, "MAX_UNPACKED", 3 * len(FILM) // 2)
    first, second = sources(zipped(("one.png", FILM), ("two.png", FILM)))
    assert first.load() == FILM
    assert "split it" in refusal(second)


def test_too_many_entries_are_not_even_listed():
    many = zipped(*((f"{number}.png", b"") for number in range(zip_archive.MAX_ENTRIES + 1)))
    (only,) = sources(many)
    assert "more than 5,000 entries" in refusal(only)


def test_an_encrypted_member_is_named_and_the_others_are_read():
    data = zipped(("one.png", FILM))
    locked = patched(data, b"PK\x01\x02", 8, struct.pack("<H", 1))
    (only,) = sources(locked)
    assert "encrypted" in refusal(only)


def test_methods_that_unpack_without_bound_are_refused():
    (only,) = sources(zipped(("one.png", FILM), method=zipfile.ZIP_BZIP2))
    assert "rare method" in refusal(only)


def test_a_zip_in_a_zip_is_not_opened():
    inner, film = sources(zipped(("inner.zip", zipped(("one.png", FILM))), ("one.png", FILM)))
    assert "ZIP inside a ZIP" in refusal(inner)
    assert film.load() == FILM


def test_a_flipped_byte_is_found_and_costs_only_its_member():
    data = bytearray(zipped(("one.png", FILM), ("two.png", FILM), method=zipfile.ZIP_STORED))
    data[1000] ^= 1
    first, second = sources(bytes(data))
    assert "damaged" in refusal(first)
    assert second.load() == FILM


def test_an_office_document_is_one_file():
    document = zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>"))
    (only,) = sources(document)
    assert only.load() == document


@pytest.mark.parametrize(
    "name", ["../../escape.png", "/etc/escape.png", "C:\\escape.png", "<b>x</b>\x07.png"]
)
def test_names_are_text_and_make_no_path(name: str, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "in" / "films.zip"
    path.parent.mkdir()
    path.write_bytes(zipped((name, FILM)))
    (row,) = batch.predict([path], "cnn", tmp_path / "maps")
    assert row.status == "ok"
    assert row.file.startswith(f"{path}/")
    assert not set("<>\x07") & set(row.file)
    written = [p for p in tmp_path.rglob("*") if p.is_file() and p != path]
    assert [p.parent for p in written] == [tmp_path / "maps"]


def test_a_name_twice_is_two_rows():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("one.png", FILM), ("one.png", b"hello"))
    first, second = sources(data)
    assert (first.name, second.name) == ("a.zip/one.png", "a.zip/one.png (2)")
    assert (first.load(), second.load()) == (FILM, b"hello")


def test_zips_folders_and_films_are_read_alike(tmp_path):
    (tmp_path / "film.png").write_bytes(FILM)
    members = (("x/film.png", FILM), ("notes.txt", b"hello"), ("blank.png", b""))
    (tmp_path / "films.zip").write_bytes(zipped(*members))
    rows = batch.predict([tmp_path], "cnn")
    assert [row.file.removeprefix(f"{tmp_path}/") for row in rows] == [
        "film.png",
        "films.zip/x/film.png",
        "films.zip/notes.txt",
        "films.zip/blank.png",
    ]
    assert [row.status for row in rows] == ["ok", "ok", "error", "error"]
    assert rows[0].probabilities == rows[1].probabilities
    assert len(rows[0].probabilities) == len(NAMES)
    uploaded = batch.from_bytes("films.zip", (tmp_path / "films.zip").read_bytes())
    said, _ = batch.answer(uploaded[0], {"cnn": Predictor("cnn")})
    assert tuple(map(float, said.readings["cnn"].probabilities)) == rows[0].probabilities
