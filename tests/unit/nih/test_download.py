"""Fetching NIH's archives: a real HTTP server, whole and broken."""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.nih import download

CONTENT = np.random.default_rng(0).bytes(4_000_000)
MD5 = hashlib.md5(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves CONTENT; `asked` holds the first byte of each request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[int] = []
        self.ranges = True
        self.cuts: list[int] = []  # bytes after which an answer breaks off, request by request
        self.page: bytes | None = None
        self.lengths = True
        self.status = 200

    def archive(self, **changes) -> download.Archive:
        url = f"http://127.0.0.1:{self.server_port}/films.gz"
        facts = {"name": "images_001.tar.gz", "url": url, "size": len(CONTENT), "md5": MD5}
        return download.Archive(**{**facts, **changes})


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        first = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
        self.server.asked.append(first)
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        ranges = self.server.ranges and self.server.page is None
        body = self.server.page or (CONTENT[first:] if ranges else CONTENT)
        self.send_response(206 if ranges else 200)
        if ranges:
            self.send_header("Content-Range", f"bytes {first}-{len(CONTENT) - 1}/{len(CONTENT)}")
        if self.server.lengths:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cuts.pop(0)] if self.server.cuts else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "PAUSE_S", 0)
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_there_is_verified_and_not_fetched_again(server, tmp_path):
    folder = tmp_path / "new" / "nih"
    for _ in range(2):
        (path,) = download.fetch([server.archive()], folder)
        assert path.read_bytes() == CONTENT
    assert server.asked == [0]
    assert _names(folder) == ["images_001.tar.gz"]


def test_a_stopped_download_goes_on_where_it_stopped(server, tmp_path):
    (tmp_path / "images_001.tar.gz.part").write_bytes(CONTENT[:100_000])
    (path,) = download.fetch([server.archive()], tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.asked == [100_000]


def test_lost_connections_are_taken_up_again(server, tmp_path):
    server.cuts = [2_500_000, 0, 1_200_000]
    (path,) = download.fetch([server.archive()], tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.asked[0] == 0
    assert len(server.asked) == 4
    assert server.asked == sorted(server.asked)
    assert server.asked[-1] >= 3_000_000


def test_a_server_that_cannot_go_on_in_the_middle_starts_anew(server, tmp_path):
    server.ranges = False
    (tmp_path / "images_001.tar.gz.part").write_bytes(b"x" * 1_000)
    (path,) = download.fetch([server.archive()], tmp_path)
    assert path.read_bytes() == CONTENT


def test_what_arrives_damaged_never_gets_the_name(server, tmp_path):
    with pytest.raises(ValueError, match=r"arrived damaged .* run the same command again"):
        download.fetch([server.archive(md5="0" * 32)], tmp_path)
    assert _names(tmp_path) == []


@pytest.mark.parametrize("content", [b"notes", b"\0" * len(CONTENT)])
def test_another_file_of_that_name_is_left_alone(server, tmp_path, content):
    path = tmp_path / "images_001.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not the archive that NIH publishes"):
        download.fetch([server.archive()], tmp_path)
    assert path.read_bytes() == content
    assert server.asked == []


def test_a_server_without_the_file_is_named_after_a_few_tries(server, tmp_path):
    server.status = 404
    (tmp_path / "images_001.tar.gz.part").write_bytes(CONTENT[:10])
    with pytest.raises(OSError, match=r"404.*save the file from https://nihcc\.app\.box\.com"):
        download.fetch([server.archive()], tmp_path)
    assert server.asked == [10] * download.TRIES
    assert (tmp_path / "images_001.tar.gz.part").read_bytes() == CONTENT[:10]


@pytest.mark.parametrize(("lengths", "found"), [(True, "27"), (False, "a page without a length")])
def test_a_web_page_in_place_of_the_archive_is_refused_unsaved(server, tmp_path, lengths, found):
    server.page = b"<html>This link has expired"
    server.lengths = lengths
    (tmp_path / "images_001.tar.gz.part").write_bytes(CONTENT[:10])
    with pytest.raises(OSError, match=f"sends {found} instead of 4000000"):
        download.fetch([server.archive()], tmp_path)
    assert (tmp_path / "images_001.tar.gz.part").read_bytes() == CONTENT[:10]


def test_a_disk_too_small_is_told_before_the_first_byte(server, tmp_path):
    with pytest.raises(OSError, match=r"GB free and .* GB are to come"):
        download.fetch([server.archive(size=10**18)], tmp_path)
    assert server.asked == []
    assert _names(tmp_path) == []


def test_the_twelve_archives_as_nih_publishes_them():
    known = download.archives()
    assert [one.name for one in known] == [f"images_{n:03d}.tar.gz" for n in range(1, 13)]
    assert len({one.url for one in known}) == len({one.md5 for one in known}) == 12
    assert all(re.fullmatch(r"[0-9a-f]{32}", one.md5) for one in known)
    assert round(sum(one.size for one in known) / 1e9) == 45
    assert [one.name for one in download.archives([12, 1])] == [known[0].name, known[11].name]
    with pytest.raises(ValueError, match="no archive 13"):
        download.archives([13])


def test_the_command_says_in_a_sentence_what_is_wrong(tmp_path):
    (tmp_path / "images_001.tar.gz").write_bytes(b"notes")
    answer = CliRunner().invoke(app, ["download", "--to", str(tmp_path), "--part", "1"])
    assert answer.exit_code == 2
    assert "Error: " in answer.output
    assert "move it away" in answer.output
    assert "Traceback" not in answer.output
