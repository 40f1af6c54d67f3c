"""The quick way of cutting delimited text gives what Python's ``csv`` gives, whatever the text and wherever pieces end."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import Layout, regular, supply, table
from vinculo.ingest.formats.opened import open_file

LAYOUT = Layout(columns=("first", "second", "third"))
HEADER = "first,second,third\n"
Found = tuple[list[tuple[int, int, list[str]]], list[tuple[int, int]], tuple[str, int, int] | None]

#: Mostly whole cells, so that much of it is regular; now and then a lone quote, an odd line end, a cell too many.
CELLS = st.sampled_from(
    ["a", "", "b c", " d", "é", '"e"', '"f, g"', '"h ""i"" j"', '""', '"k\nl"', '"m\r\nn"', "\x1a", "\u2028", "x" * 9]
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
ROWS = st.tuples(st.lists(CELLS, min_size=0, max_size=5), ENDS).map(lambda r: ",".join(r[0]) + r[1])
DAMAGE = st.text(st.sampled_from('ab, "\n\r\x1a\u2028é'), max_size=12)
BODIES = st.lists(st.one_of(ROWS, ROWS, ROWS, DAMAGE), max_size=30).map("".join)


def by_csv(body: str, width: int = 3) -> Found:
    """Rows, ragged rows and damage, as ``csv`` in strict mode has them, row after row."""
    reader = csv.reader(io.StringIO(body, newline=""), strict=True, skipinitialspace=True)
    rows: list[tuple[int, int, list[str]]] = []
    ragged: list[tuple[int, int]] = []
    record, last = 0, 1
    try:
        for row in reader:
            line, last = last + 1, 1 + reader.line_num
            if not row or (len(row) == 1 and row[0].strip(" ") in ("", "\x1a")):
                continue
            record += 1
            if len(row) < width or any(row[width:]):
                ragged.append((record, line))
            else:
                rows.append((record, line, row[:width]))
    except csv.Error as error:
        code = "unclosed_quote" if "unexpected end" in str(error) else "damaged_quote"
        return rows, ragged, (code, last + 1, record)
    return rows, ragged, None


def by_reader(path: Path) -> Found:
    """The same as the format gives them, from a file."""
    rows: list[tuple[int, int, list[str]]] = []
    ragged: list[tuple[int, int]] = []
    damage = None
    try:
        for chunk in table.FORMAT.reads(open_file(path), LAYOUT, {}):
            assert chunk.table.num_rows <= 4 * table.CHUNK
            rows += [
                (r["record"], r["line"], [r[c] for c in ("first", "second", "third")]) for r in chunk.table.to_pylist()
            ]
            ragged += [(r["record"], r["line"]) for r in chunk.rejects.to_pylist()]
    except InputError as error:
        damage = (error.code, error.line or 0, error.values["records"])
    return rows, ragged, damage


@pytest.mark.parametrize(("block", "piece", "chunk"), [(1, 7, 3), (40, 16, 5), (4 << 20, 1 << 20, 16_384)])
def test_files_read_as_csv_reads_them(
    block: int, piece: int, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_BLOCK", block)
    monkeypatch.setattr(table, "CHUNK", chunk)
    monkeypatch.setattr(supply, "_PIECE", piece)
    path = tmp_path / "some.csv"

    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(BODIES)
    def same(body: str) -> None:
        path.write_bytes((HEADER + body).encode())
        assert by_reader(path) == by_csv(body)

    same()


@settings(max_examples=600, deadline=None)
@given(BODIES, st.booleans())
def test_what_it_cuts_is_what_csv_reads(body: str, closed: bool) -> None:
    text = body + "\n" if closed else body
    cut = regular.rows(text.encode(), ",", 3, 1000)
    if cut is None:
        return
    taken = text.encode()[: cut.taken].decode()
    rows, ragged, damage = by_csv(taken)
    assert damage is None
    columns = [c.to_pylist() for c in cut.columns]
    found = [
        (int(record) + 1, int(line) + 2, list(cells))
        for record, line, *cells in zip(cut.records, cut.lines, *columns, strict=True)
    ]
    assert found == rows
    assert [(record + 1, line + 2) for record, line, _ in cut.ragged] == ragged
    assert cut.found == len(rows) + len(ragged)


def test_plain_text_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mark that never comes from ``csv``: the careful way is not taken for regular text, and is for a stray quote."""
    asked: list[int] = []
    careful = table._careful
    monkeypatch.setattr(table, "_careful", lambda *a: asked.append(1) or careful(*a))
    path = tmp_path / "some.csv"
    path.write_text(HEADER + '1,"a, ""b""",c\r\n2,"two\nlines",\n3,,""', encoding="utf-8", newline="")
    rows, ragged, damage = by_reader(path)
    assert [r[2] for r in rows] == [["1", 'a, "b"', "c"], ["2", "two\nlines", ""], ["3", "", ""]]
    assert (ragged, damage, asked) == ([], None, [])
    path.write_text(HEADER + '1,5" pipe,c\n2,b,c\n', encoding="utf-8")
    assert [r[2] for r in by_reader(path)[0]] == [["1", '5" pipe', "c"], ["2", "b", "c"]]
    assert asked == [1]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1252", "utf-8-sig"])
def test_other_encodings(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    text = HEADER + 'ñ,"Íñigo, S.A.",c\n' * 30
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + text.encode(encoding))
    rows, ragged, damage = by_reader(path)
    assert [r[2] for r in rows] == [["ñ", "Íñigo, S.A.", "c"]] * 30
    assert (ragged, damage) == ([], None)


def test_a_byte_that_does_not_fit_stops_the_file_after_the_rows_before_it(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes((HEADER + "a,b,c\n" * 5).encode("utf-16") + b"\x00\xd8x\x00,\x00\n\x00")
    rows, ragged, damage = by_reader(path)
    assert len(rows) == 5
    assert (ragged, damage) == ([], ("wrong_encoding", 7, 5))
