"""Files, folders, patterns and archives give the files that are meant; an archive cannot do harm."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.store import Store
from vinculo.ingest import gathering
from vinculo.ingest.gathering import gathered
from vinculo.ingest.load import ingest


def given(*paths: Path | str) -> list[tuple[str, bytes | str]]:
    """Name and bytes of each file, or name and code of what was refused."""
    made: list[tuple[str, bytes | str]] = []
    with gathered(paths) as files:
        for found in files:
            if isinstance(found, InputError):
                made.append((Path(found.file or "").name, found.code))
                for language in ("en", "es"):
                    assert found.message(language)
                    assert found.hint(language)
            else:
                made.append((found.shown.name, found.path.read_bytes()))
    return made


def archive(path: Path, members: dict[str, bytes], **info: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(member, key, value)
            made.writestr(member, data)
    return path


def test_folders_and_patterns(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "sub/c.csv", ".hidden/d.csv", ".e.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert [n for n, _ in given(tmp_path)] == ["a.csv", "b.csv", "c.csv"]
    assert [n for n, _ in given(tmp_path / "*.csv")] == ["a.csv", "b.csv"]
    assert [n for n, _ in given(tmp_path / "**" / "c*")] == ["c.csv"]
    assert given(tmp_path / "x*.csv") == [("x*.csv", "no_match")]
    (tmp_path / "empty").mkdir()
    assert given(tmp_path / "empty") == [("empty", "empty_folder")]
    (tmp_path / "odd[1].csv").write_bytes(b"odd")
    assert given(tmp_path / "odd[1].csv") == [("odd[1].csv", b"odd")]


def test_members_of_an_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {"b.csv": b"1", "folder/a.csv": b"2", "__MACOSX/._b.csv": b"3"})
    assert given(path) == [("b.csv", b"1"), ("a.csv", b"2")]
    with gathered([path]) as files:
        shown = [f.shown for f in files if not isinstance(f, InputError)]
    assert shown == [path / "b.csv", path / "a.csv"]


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    given(archive(tmp_path / "x.zip", {"a": b"1", "b": b"2"}))
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
def test_paths_that_lead_out(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "x.zip", {name: b"1", "ok": b"2"})
    assert given(path) == [("evil.csv", "archive_path"), ("ok", b"2")]
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["x.zip"]


def test_links_and_archives_in_archives(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "x.zip", {"l.csv": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16, create_system=3
    )
    assert given(path) == [("l.csv", "archive_link")]
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("a", "1")
    assert given(archive(tmp_path / "y.zip", {"in.zip": inner.getvalue()})) == [("in.zip", "archive_in_archive")]


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = archive(tmp_path / "x.zip", {"a.csv": bytes(50 << 20), "b.csv": b"1"})
    assert zeros.stat().st_size < 100_000
    assert given(zeros) == [("a.csv", "archive_ratio"), ("b.csv", b"1")]
    monkeypatch.setattr(gathering, "TOTAL", 10)
    assert given(archive(tmp_path / "y.zip", {"a": b"123456", "b": b"1234567", "c": b"1"})) == [
        ("a", b"123456"),
        ("b", "archive_total"),
    ]
    monkeypatch.setattr(gathering, "MEMBERS", 3)
    assert given(archive(tmp_path / "z.zip", {str(n): b"1" for n in range(4)})) == [("z.zip", "archive_members")]


def test_damaged_archives(tmp_path: Path) -> None:
    whole = archive(tmp_path / "x.zip", {"a.csv": bytes(range(256)) * 99}).read_bytes()
    broken = bytearray(whole)
    broken[60] ^= 255
    for name, data in (("cut.zip", whole[:200]), ("byte.zip", bytes(broken))):
        (tmp_path / name).write_bytes(data)
        assert [code for _, code in given(tmp_path / name)] == ["damaged_archive"]
    assert given(archive(tmp_path / "e.zip", {})) == [("e.zip", "empty_archive")]


def test_a_workbook_is_a_file(tmp_path: Path) -> None:
    path = archive(tmp_path / "x.xlsx", {"[Content_Types].xml": b"<x/>"})
    assert [n for n, _ in given(path)] == ["x.xlsx"]


def test_an_archive_loads_as_its_files_do(tmp_path: Path, store: Store) -> None:
    rows = "transfer_id,date,amount,currency,originator_account,beneficiary_account\nT1,2024-01-02,5,USD,A,B\n"
    bad = "transfer_id,date,amount,currency,originator_account,beneficiary_account\nT2,2024-99-02,5,USD,A,B\n"
    path = archive(tmp_path / "x.zip", {"deep/a.csv": rows.encode(), "b.csv": bad.encode()})
    first, second = ingest(path, store)
    assert (first.file, first.loaded) == (str(path / "a.csv"), 1)
    assert (second.file, second.rejected) == (str(path / "b.csv"), 1)
    assert {s.file for s in store.sources()} == {"a.csv", "b.csv"}
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    (again,) = ingest(tmp_path / "a.csv", store)
    assert (again.already_there, again.loaded) == (1, 0)
    with pytest.raises(InputError) as caught:
        ingest(tmp_path / "*.xml", store)
    assert caught.value.code == "no_match"
