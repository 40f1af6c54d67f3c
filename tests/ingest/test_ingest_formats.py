"""Readers give what stands in the file, with its record and line, or say in one sentence why not."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import Layout, formats, limits, xlsx
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.formats.table import FORMAT as TABLE
from vinculo.ingest.recognise import format_of

QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LAYOUT = Layout(columns=("first", "second", "third"))
Write = Callable[..., Path]


def read(path: Path, layout: Layout = LAYOUT) -> tuple[pa.Table, list[dict[str, Any]], dict[str, str]]:
    """Everything a reader gives for a file."""
    file = open_file(path)
    notes: dict[str, str] = {}
    chunks = list(format_of(file).reads(file, layout, notes))
    rejects = [r for c in chunks for r in c.rejects.to_pylist()]
    return pa.concat_tables([c.table for c in chunks], promote_options="default"), rejects, notes


def fails(path: Path, layout: Layout = LAYOUT) -> InputError:
    """The error of a file that cannot be read."""
    with pytest.raises(InputError) as caught:
        read(path, layout)
    assert path.name in caught.value.message("en")
    assert path.name in caught.value.message("es")
    assert caught.value.hint("es")
    return caught.value


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\ufeff"), max_size=12)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_rows_are_those_of_python(encoding: str, written: Write) -> None:
    @QUIET
    @given(
        st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=20),
        st.sampled_from(",;\t|"),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    )
    def compared(rows: list[tuple[str, str, str]], delimiter: str, ending: str, quoting: Any) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
        writer.writerow(LAYOUT.columns)
        writer.writerows(rows)
        table, rejects, _ = read(written("x.csv", text.getvalue(), encoding))
        plain = csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter, skipinitialspace=True)
        assert rejects == []
        assert [list(r.values())[:3] for r in table.to_pylist()] == list(plain)[1:]
        assert table.column("record").to_pylist() == list(range(1, len(rows) + 1))

    compared()


def test_lines_are_those_of_the_file(written: Write) -> None:
    path = written("x.csv", 'first,second,third\na,"two\nlines",c\n\nd,e,f\ng,h\ni,j,k\n')
    table, rejects, notes = read(path)
    assert table.column("line").to_pylist() == [2, 5, 7]
    assert table.column("record").to_pylist() == [1, 2, 4]
    assert [(r["record"], r["line"], r["code"], r["raw"]) for r in rejects] == [(3, 6, "ragged", "g | h")]
    assert "2 cells" in rejects[0]["en"]
    assert (notes["delimiter"], notes["header_line"]) == ("comma", "1")


def test_the_header_is_found_below_titles(written: Write) -> None:
    text = "SYNTHETIC DATA\nA title, with; marks\n\nFirst;SECOND;Tercero\n1;2;3\n"
    table, _, notes = read(
        written("x.csv", text), Layout(columns=("first", "second", "third"), aliases={"tercero": "third"})
    )
    assert table.to_pylist() == [{"first": "1", "second": "2", "third": "3", "record": 1, "line": 5}]
    assert (notes["header_line"], notes["delimiter"]) == ("4", "semicolon")
    assert open_file(written("y.csv", text)).synthetic


def test_a_header_that_comes_twice_gets_its_place(written: Write) -> None:
    path = written("x.csv", "bank,account,account,\n0,1,2,\n")
    table, _, _ = read(path, Layout(columns=("bank",)))
    assert table.column_names == ["bank", "account", "account_2", "column 4", "record", "line"]
    # a dataset whose files have it twice says so; AMLworld's do
    assert read(path, Layout(columns=("account", "account_2")))[0].num_rows == 1


def test_a_wanted_column_that_comes_twice_is_refused(written: Write, tmp_path: Path) -> None:
    error = fails(written("x.csv", "a title\nbank,amount,Amount\n0,1,2\n"), Layout(columns=("bank", "amount")))
    assert (error.code, error.line, error.column, error.values["places"]) == ("duplicated_header", 2, 3, "2, 3")
    book = openpyxl.Workbook()
    for row in (["bank", "amount", "amount"], ["0", "1", "2"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "x.xlsx")
    assert fails(tmp_path / "x.xlsx", Layout(columns=("bank", "amount"))).code == "duplicated_header"


def test_a_bad_byte_rejects_its_row_and_spoils_no_other(written: Write) -> None:
    good = "".join(f"{n},Peña,Muñoz\n" for n in range(60))
    data = ("first,second,third\n" + good).encode() + b"60,Pe\xf1a,x\n61,Pe\xc3\xb1a,y\n"
    table, rejects, notes = read(written("x.csv", data))
    assert notes["encoding"] == "utf-8"
    assert table.num_rows == 61
    assert set(table.column("second").to_pylist()) == {"Peña"}
    assert [(r["record"], r["line"], r["column"], r["code"]) for r in rejects] == [(61, 62, "second", "bad_byte")]
    lines = "".join(json.dumps({"a": f"ñ{n}"}, ensure_ascii=False) + "\n" for n in range(60)).encode()
    table, rejects, _ = read(written("x.jsonl", lines + b'{"a": "\xf1"}\n{"a": "z"}\n'), Layout())
    assert table.num_rows == 61
    assert [(r["record"], r["line"], r["code"]) for r in rejects] == [(61, 61, "bad_byte")]


def test_a_file_of_another_encoding_is_read_as_that(written: Write) -> None:
    table, rejects, notes = read(written("x.csv", ("first,second,third\n" + "1,Peña,ñ\n" * 9).encode("cp1252")))
    assert (notes["encoding"], rejects, table.column("second")[0].as_py()) == ("cp1252", [], "Peña")


def test_a_stray_nul_is_no_binary_file(written: Write) -> None:
    table, _, _ = read(written("x.csv", b"first,second,third\n1,a\x00b,c\n2,d,e\n"))
    assert table.num_rows == 2
    assert fails(written("y.csv", bytes(range(256)) * 20)).code == "binary_file"


def test_headers_match_however_they_are_written(written: Write) -> None:
    table, _, _ = read(
        written("x.csv", "Bill-Number ,FECHA DE  EMISIÓN\n1,2\n"), Layout(("bill_number", "fecha de emision"))
    )
    assert table.column_names[:2] == ["bill_number", "fecha de emision"]


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("ñandú".encode("cp1252") + b"\x93x\x94", "cp1252", "ñandú“x”"),
        ("ñ".encode("latin-1") + b"\x81", "latin-1", "ñ\x81"),
        ("ñ".encode(), "utf-8", "ñ"),
    ],
)
def test_the_encoding_is_found_and_told(data: bytes, encoding: str, text: str, written: Write) -> None:
    table, _, notes = read(written("x.csv", b"first,second,third\na,b," + data + b"\n"))
    assert (notes["encoding"], table.column("third")[0].as_py()) == (encoding, text)


@pytest.mark.parametrize(
    ("body", "code", "line", "before"),
    [
        ('a,b,c\nd,"e,f\ng,h,i\n', "unclosed_quote", 3, 1),
        ('a,b,c\na,b,c\nd,"e"x,f\n', "damaged_quote", 4, 2),
        ("a,b,c\n" + "x" * 1_000_001 + ",b,c\n", "long_cell", 3, 1),
    ],
)
def test_damage_stops_the_file_where_it_is(body: str, code: str, line: int, before: int, written: Write) -> None:
    file = open_file(written("x.csv", "first,second,third\n" + body))
    given = []
    with pytest.raises(InputError) as caught:
        for chunk in TABLE.reads(file, LAYOUT, {}):
            given.append(chunk.table.num_rows)
    assert (caught.value.code, caught.value.line, sum(given)) == (code, line, before)


def test_a_file_that_is_none_is_named(written: Write, tmp_path: Path) -> None:
    assert fails(tmp_path / "absent.csv").code == "no_file"
    (tmp_path / "folder.csv").mkdir()
    assert fails(tmp_path / "folder.csv").code == "is_folder"
    assert fails(written("e.csv", "")).code == "empty_file"
    assert fails(written("f.csv", "\ufeff\n \n")).code == "empty_file"
    assert fails(written("g.csv", b"GIF89a\x00\x01\x02,\n\x00")).code == "binary_file"
    assert fails(written("h.csv", "x,y\n1,2\n")).code == "no_header"
    packed = gzip.compress(b"first,second,third\n" + bytes(range(32, 120)) * 90)
    assert fails(written("t.csv", packed[: len(packed) // 2])).code == "damaged_gzip"
    assert fails(written("w.xlsx", b"PK\x03\x04 and then nothing")).code == "damaged_workbook"
    assert fails(written("j.json", '[{"first": 1}, ')).code == "damaged_json"
    assert fails(written("k.xml", "<a><b></a>"), Layout(elements=("b",))).code == "damaged_xml"


def test_the_sum_is_that_of_the_bytes_inside(written: Write) -> None:
    text = "first,second,third\n1,2,3\n"
    plain, packed = written("a.csv", text), written("b.csv.gz", text)
    assert open_file(plain).sha256 == open_file(packed).sha256
    assert read(plain)[0].equals(read(packed)[0])


def test_dos_end_of_file_is_no_record(written: Write) -> None:
    layout = Layout(columns=("number", "name"), headerless=True)
    table, rejects, _ = read(written("x.csv", '1,"LAST, First"\r\n2,-0- \r\n\x1a'), layout)
    assert table.column("name").to_pylist() == ["LAST, First", "-0- "]
    assert rejects == []


def test_a_workbook_keeps_its_texts_numbers_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Report of the year"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["First", "Second", "Third"])
    sheet.append(["01", 7.0, date(2024, 1, 31)])
    sheet.append(["x", 0.1, datetime(2024, 1, 31, 8, 5)])
    sheet.append([12345678901234567, None, True])
    other = book.create_sheet("more")
    other.append(["first", "second", "third"])
    other.append(["y", 1, 2])
    book.create_sheet("notes").append(["nothing", "to", "see"])
    book.save(tmp_path / "x.xlsx")
    table, rejects, notes = read(tmp_path / "x.xlsx")
    assert [list(r.values())[:3] for r in table.to_pylist()][:2] == [
        ["01", "7", "2024-01-31"],
        ["x", "0.1", "2024-01-31T08:05:00"],
    ]
    assert table.column("third").to_pylist()[2:] == ["true", "2"]
    assert table.column("record").to_pylist() == [1, 2, 3, 4]
    assert table.column("line").to_pylist() == [4, 5, 6, 2]
    assert (notes["sheet"], rejects) == ("Sheet, more", [])


JSON_VALUES = st.one_of(st.none(), TEXT, st.integers(), st.booleans(), st.lists(TEXT.filter(bool), max_size=3))


@QUIET
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["first", "second", "third"]), JSON_VALUES, min_size=1), min_size=1, max_size=9
    )
)
def test_json_lines_and_documents_say_the_same(written: Write, objects: list[dict[str, Any]]) -> None:
    lines = written("x.jsonl", "".join(json.dumps(o) + "\n" for o in objects))
    whole = written("x.json", json.dumps(objects, indent=1))
    file = open_file(whole)
    from_lines = formats()["jsonl"].reads(open_file(lines), LAYOUT, {})
    from_whole = format_of(file).reads(file, LAYOUT, {})
    told = [
        [
            {k: v for k, v in row.items() if k not in ("line", "record") and v not in (None, [], "")}
            for chunk in chunks
            for row in chunk.table.to_pylist()
        ]
        for chunks in (from_lines, from_whole)
    ]
    assert told[0] == told[1]


def test_json_numbers_keep_their_digits_and_bad_lines_are_rejected(written: Write) -> None:
    body = (
        '{"first": 1.10, "second": 007}\n{"first": 1.10}\n{"first": 1, "first": 2}\n{"first": NaN}\n[1]\n'
        + "[" * 99_999
        + "\n"
    )
    table, rejects, _ = read(written("x.jsonl", '{"first": "a"}\n' + body))
    assert table.column("first").to_pylist() == ["a", "1.10"]
    assert [r["record"] for r in rejects] == [2, 4, 5, 6, 7]


def test_a_json_document_is_read_object_by_object(written: Write) -> None:
    objects = [{"first": f"ñ{n}", "second": "x" * 3000} for n in range(2000)]
    text = json.dumps({"of": "2024", "more": [1, {"x": 2}], "records": objects}, indent=1, ensure_ascii=False)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line == "  {"]
    for layout in (Layout(elements=("records",)), Layout()):
        table, rejects, _ = read(written("x.json", text), layout)
        assert (table.num_rows, rejects) == (2000, [])
        assert table.column("line").to_pylist() == lines[-2000:]
        assert table.column("first").to_pylist() == [o["first"] for o in objects]


def test_what_is_wrong_with_one_object_rejects_that_one(written: Write) -> None:
    said = [
        '{"a": "1"}',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"a": 1, "a": 2}',
        "7",
        '{"a": ' + "[" * 150 + "]" * 150 + "}",
    ]
    for text in ("[\n" + ",\n".join(said) + "\n]", "\n" + "\n".join(said)):
        file = written("x.json", text)
        reader = formats()["json" if text[0] == "[" else "jsonl"]
        chunks = list(reader.reads(open_file(file), Layout(), {}))
        rejects = [r for c in chunks for r in c.rejects.to_pylist()]
        assert [r["line"] for r in rejects] == [3, 4, 5, 6, 7]
        assert [c.table.column("a").to_pylist() for c in chunks] == [["1"]]


def test_a_json_document_that_breaks_off_gives_the_objects_before(written: Write) -> None:
    for tail in ('{"a": 3', '{"a": 3} {"a": 4}]', '{"a": 3]', ""):
        file = open_file(written("x.json", '[{"a": 1},\n{"a": 2},\n' + tail))
        found = []
        with pytest.raises(InputError) as caught:
            for chunk in formats()["json"].reads(file, Layout(), {}):
                found += chunk.table.column("a").to_pylist()
        assert found[:2] == ["1", "2"]
        assert (caught.value.code, caught.value.line) == ("damaged_json", 3)


def test_a_sheet_that_states_no_size_is_not_walked_to_be_looked_at(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["first", "second", "third"], *([str(n), "y", "z"] for n in range(5_000))]:
        book.active.append(row)  # type: ignore[union-attr]
    book.create_chartsheet("picture", 0)
    book.save(tmp_path / "sized.xlsx")
    for name, spoiled in (("whole.xlsx", b""), ("broken.xlsx", b"<row")):
        with zipfile.ZipFile(tmp_path / "sized.xlsx") as old, zipfile.ZipFile(tmp_path / name, "w", 8) as new:
            for part in old.namelist():
                data = old.read(part)
                if part.endswith("worksheets/sheet1.xml"):
                    data, changes = re.subn(rb"<dimension[^>]*/>", b"", data)
                    assert changes == 1
                    data = data.replace(b"</sheetData>", spoiled + b"</sheetData>")
                new.writestr(part, data)
    # whoever walked to the end would find it broken
    [head] = formats()["xlsx"].peek(open_file(tmp_path / "broken.xlsx"))
    assert [row for _, row in head.rows[:2]] == [["first", "second", "third"], ["0", "y", "z"]]
    assert fails(tmp_path / "broken.xlsx").code == "damaged_row"
    assert read(tmp_path / "whole.xlsx")[0].num_rows == 5_000


def test_workbooks_with_document_types_bombs_and_cut_sheets(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    for row in [["first", "second", "third"], *([str(n), "y", "z"] for n in range(5))]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "good.xlsx")

    def changed(part: str, change: Callable[[bytes], bytes]) -> Path:
        with zipfile.ZipFile(tmp_path / "good.xlsx") as old, zipfile.ZipFile(tmp_path / "x.xlsx", "w", 8) as new:
            for name in old.namelist():
                new.writestr(name, change(old.read(name)) if name.endswith(part) else old.read(name))
        return tmp_path / "x.xlsx"

    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    for part in ("sheet1.xml", "workbook.xml", "[Content_Types].xml", ".rels"):
        assert fails(changed(part, lambda data: laughs + data)).code == "unsafe_xml"
        assert fails(changed(part, lambda data: (laughs + data).decode().encode("utf-16"))).code == "unsafe_xml"
    assert fails(changed("sheet1.xml", lambda data: data + b" " * (50 << 20))).code == "archive_ratio"
    # a format in the last column, and a row far away
    far = b'<c r="XFD2"/></row>'
    table, _, _ = read(changed("sheet1.xml", lambda data: data.replace(b"</row>", far, 2).replace(far, b"</row>", 1)))
    assert table.num_rows == 5
    error = fails(changed("sheet1.xml", lambda data: data.replace(b'<row r="6"', b'<row r="99999999999"')))
    assert (error.code, error.values["records"]) == ("damaged_row", 4)
    with monkeypatch.context() as small:
        small.setattr(xlsx, "SHARED", 500)
        path = changed("", lambda data: data)
        assert read(path)[0].num_rows == 5
        with zipfile.ZipFile(path, "a") as more:
            more.writestr("xl/sharedStrings.xml", "<sst>" + "<si><t>x</t></si>" * 9 + "</sst>")
        assert fails(path).code == "workbook_texts"
    file = open_file(changed("sheet1.xml", lambda data: data[: data.index(b'r="5"') + 20]))
    found = []
    with pytest.raises(InputError) as caught:
        for chunk in formats()["xlsx"].reads(file, LAYOUT, {}):
            found += chunk.table.column("first").to_pylist()
    assert (caught.value.code, caught.value.line, found) == ("damaged_row", 4, ["0", "1", "2"])


def test_wide_rows_long_lines_and_packed_bombs(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = ",".join(f"c{n}" for n in range(3000)) + "\n"
    error = fails(written("w.csv", wide * 2))
    assert (error.code, error.line, error.values["found"]) == ("too_many_columns", 1, 3000)
    # a row that is too wide below a header is one bad row
    _, rejects, _ = read(written("v.csv", "first,second,third\n1,2,3\n" + wide + "4,5,6\n"))
    assert [(r["line"], r["code"]) for r in rejects] == [(3, "ragged")]
    assert fails(written("b.csv.gz", b"first,second,third\n" + bytes(60 << 20))).code == "archive_ratio"
    monkeypatch.setattr(limits, "STREAMED", 5)
    assert fails(written("t.csv.gz", b"first,second,third\n")).code == "gzip_total"
    monkeypatch.setattr(limits, "LINE", 3 << 20)
    for name, text in (
        ("l.ofx", "OFXHEADER:100\n<OFX>" + "x" * (9 << 20)),
        ("l.sta", ":20:S\n:25:A\n:86:" + "x" * (9 << 20)),
        ("l.jsonl", '{"a": 1}\n{"a": "' + "x" * (9 << 20) + '"}\n'),
    ):
        error = fails(written(name, text), Layout())
        assert (error.code, error.line) == ("long_line", text.count("\n", 0, 4_000_000) + 1), name


def test_what_goes_on_for_long_takes_no_longer_for_each_line(written: Write) -> None:
    """A hundred thousand lines that go on with one field: joined once, not once for each."""
    lines = "x\n" * 100_000
    start = time.process_time()
    for name, text in (
        ("a.ofx", f"OFXHEADER:100\n<OFX><STMTRS><STMTTRN><MEMO>y\n{lines}</STMTTRN></STMTRS></OFX>"),
        ("a.sta", f":20:S\n:25:A\n:60F:C240101EUR10,\n:61:240115D5,NTRFX\n:86:y\n{lines}"),
        ("b.fin", ":20:S\n:32A:240101EUR5,\n" + ":70:y\n" * 100_000),
    ):
        table, _, _ = read(written(name, text), Layout())
        assert any("y" in str(row) for row in table.to_pylist())
    # blank lines, and marks that are never closed
    assert format_of(open_file(written("c.txt", "\n" * 60_000 + "a,b"))).name == "table"
    assert format_of(open_file(written("d.txt", "{x}" + "\n" * 60_000 + "x"))).name == "json"
    text = "OFXHEADER:100\n<OFX>" + "<!x " * 300_000 + "<![CDATA[" * 100_000 + "</OFX>"
    assert list(formats()["ofx"].reads(open_file(written("e.ofx", text)), Layout(), {})) == []
    assert time.process_time() - start < 10


def test_xml_gives_a_list_for_each_child(written: Write) -> None:
    text = (
        "<LIST xmlns='urn:x'><PEOPLE><P><ID>1</ID><A q='good'><N>X</N><N>Y</N></A><A><N>Z</N></A><E/></P></PEOPLE>"
        "<FIRMS><F><ID>2</ID></F></FIRMS></LIST>"
    )
    table, _, _ = read(written("x.xml", text), Layout(columns=("P",), elements=("P", "F")))
    first, second = table.to_pylist()
    assert (first["element"], first["ID"], second["element"], second["ID"]) == ("P", ["1"], "F", ["2"])
    assert [json.loads(a) for a in first["A"]] == [{"@q": "good", "N": ["X", "Y"]}, {"N": "Z"}]
    assert second["A"] is None


def test_xml_that_reads_files_is_refused(written: Write) -> None:
    text = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x><p>&e;</p></x>"
    assert fails(written("x.xml", text), Layout(elements=("p",))).code == "unsafe_xml"
    deep = "<a>" * 200 + "</a>" * 200
    assert fails(written("y.xml", deep), Layout(elements=("a",))).code == "deep_xml"
    # where it is not a record it is passed over, as far as the parser itself goes
    deeper = "<a>" * 300 + "</a>" * 300
    assert fails(written("z.xml", deeper), Layout(elements=("b",))).code == "deep_xml"
    assert not list(format_of(file := open_file(written("w.xml", deep))).reads(file, Layout(elements=("b",)), {}))


def test_xml_trees_hold_what_the_elements_above_said(written: Write) -> None:
    text = (
        "<d:Doc xmlns:d='urn:d:1' v='2'><Head><Id>7</Id></Head>"
        "<S><Acct><IBAN>X</IBAN></Acct><Bal>1</Bal><Bal>2</Bal><N>a</N><Other>o</Other><N>b</N></S>"
        "<S><Acct><IBAN>Y</IBAN></Acct>\n<N k='1'>c</N></S></d:Doc>"
    )
    layout = Layout(elements=("N",), tree=True, context=("Head", "Acct", "Bal"))
    table, _, _ = read(written("x.xml", text), layout)
    trees = [json.loads(t) for t in table.column("tree").to_pylist()]
    doc = {"@v": "2", "Head": {"Id": "7"}}
    first = {"Acct": {"IBAN": "X"}, "Bal": ["1", "2"]}
    assert trees == [
        {"#text": "a", "^": {"Doc": doc, "S": first}},
        {"#text": "b", "^": {"Doc": doc, "S": first}},
        {"#text": "c", "@k": "1", "^": {"Doc": doc, "S": {"Acct": {"IBAN": "Y"}}}},
    ]
    assert table.column("line").to_pylist() == [1, 1, 2]


def test_xml_without_records_or_with_a_huge_one_is_not_held_in_memory(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RECORD", 200_000)
    small = "<p><i>1</i></p>\n"
    assert read(written("s.xml", f"<l>\n{small * 30_000}</l>"), Layout(elements=("p",)))[0].num_rows == 30_000
    for filling in ("<o/>\n" * 100_000, "<p>" + "<o/>\n" * 100_000 + "</p>"):
        file = open_file(written("x.xml", f"<l>\n{small * 3}{filling}{small}</l>"))
        given = []
        with pytest.raises(InputError) as caught:
            for chunk in format_of(file).reads(file, Layout(elements=("p",)), {}):
                given.append(chunk.table.num_rows)
        assert (caught.value.code, sum(given)) == ("long_record", 3)
        assert caught.value.line is not None and 2 <= caught.value.line < 20_000


def test_xml_that_breaks_off_gives_the_records_before(written: Write) -> None:
    path = written("x.xml", "<l>\n<r><i>1</i></r>\n<r><i>2</i></r>\n<r><i>3</j></r></l>")
    file, found = open_file(path), []
    with pytest.raises(InputError) as caught:
        for chunk in format_of(file).reads(file, Layout(elements=("r",)), {}):
            found += chunk.table.column("i").to_pylist()
    assert found == [["1"], ["2"]]
    assert (caught.value.code, caught.value.line) == ("damaged_xml", 4)


@pytest.mark.parametrize(
    ("name", "layout", "records"),
    [
        ("d_watchlists/sat_69b_listado_completo.csv.gz", Layout(columns=("rfc",)), 12_666),
        ("d_watchlists/ofac_sdn.csv.gz", Layout(columns=tuple("abcdefghijkl"), headerless=True), 7_379),
        ("d_watchlists/ofac_sdn_comments.csv.gz", Layout(columns=("a", "b"), headerless=True), 13),
        ("b_trade/panjiva_us_imports_1832.csv.gz", Layout(columns=("arrival date", "shipper")), 1_832),
        ("c_finance/icij_fincen_transactions_map.csv.gz", Layout(columns=("icij_sar_id",)), 4_507),
        ("d_watchlists/un_consolidated.xml.gz", Layout(elements=("INDIVIDUAL", "ENTITY")), 1_003),
        ("d_watchlists/bis_dpl.txt.gz", Layout(), 546),
    ],
)
def test_real_files_have_the_published_number_of_records(name: str, layout: Layout, records: int, real: Path) -> None:
    table, rejects, _ = read(real / name, layout)
    assert (table.num_rows, rejects) == (records, [])
