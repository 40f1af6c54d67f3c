"""A file is called made up where it says so of itself, and not where somebody wrote such words into a record."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from vinculo.ingest.formats.opened import open_file

HEADER = "bill_number,date,shipper,consignee,goods\n"
ROW = "B{0},2024-05-01,ACME SA,BOREAL SA,{1}\n"


def rows(count: int, goods: str = "NAILS") -> str:
    return "".join(ROW.format(n, goods) for n in range(count))


WIDE = HEADER.replace("\n", "".join(f",column_{n}" for n in range(900)) + "\n")
SAYS_SO = {
    "a comment above the header": "# SYNTHETIC DATA\n" + HEADER + rows(9),
    "a title that goes on": "Corte al 30 de junio de 2025 - SYNTHETIC DATA - invented\n" + HEADER + rows(9),
    "a later line of the title": "Manifest\nof May\nSYNTHETIC DATA - one invented case; nobody in it exists,,,,\n"
    + HEADER
    + rows(9),
    "a line at the end": HEADER + rows(2_000) + "SYNTHETIC DATA - nobody in it exists,,,,\n",
    "each record": HEADER + rows(40_000, "NAILS - SYNTHETIC DATA"),
    "each record, behind a header longer than what is near": WIDE + rows(3, "SYNTHETIC DATA"),
    "each record, the last without an end": HEADER + rows(2, "SYNTHETIC DATA").rstrip("\n"),
    "the first of a list without a header": "1,ACME,SYNTHETIC DATA - invented\n2,BOREAL,\n",
    "a notice in a document": '{\n "notice": "SYNTHETIC DATA",\n "rows": [{"a": 1}]\n}\n',
    "a notice in a document of one line": '{"notice": "all of it is SYNTHETIC DATA", "rows": [{"a": 1}]}',
    "a comment in XML": "<?xml version='1.0'?>\n<!-- SYNTHETIC DATA: nobody -->\n<a><b/></a>\n",
}
ONLY_TEXT = {
    "goods in the first record": HEADER + ROW.format(1, "SYNTHETIC DATA") + rows(9),
    "goods in the last record": HEADER + rows(9) + ROW.format(1, "SYNTHETIC DATA"),
    "a number of a bill": HEADER + "SYNTHETIC DATA,2024-05-01,A,B,C\n" + rows(9),
    "many times in one record": HEADER + ROW.format(1, "SYNTHETIC DATA " * 50) + rows(9),
    "all records but one": HEADER + rows(50, "SYNTHETIC DATA") + rows(1),
    "a line of its own inside a cell": HEADER + ROW.format(1, '"NAILS\nSYNTHETIC DATA\nSTEEL"') + rows(9),
    "a line of its own inside the last cell": HEADER + rows(9) + ROW.format(1, '"NAILS\nSYNTHETIC DATA\nSTEEL"'),
    "the only record": HEADER + ROW.format(1, "SYNTHETIC DATA"),
    "a text of a document": '[\n {\n  "goods": "SYNTHETIC DATA"\n }\n]\n',
    "a text of a document of one line": '[{"goods": "SYNTHETIC DATA"}, {"goods": "NAILS"}]',
    "a text of XML": "<a>\n<b>\nSYNTHETIC DATA\n</b>\n</a>\n",
    "a purpose in a message": ":20:REF\n:70:INVOICE\nSYNTHETIC DATA\n:71A:OUR\n",
    "nothing": HEADER + rows(9),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", SAYS_SO)
def test_a_file_that_says_so_is_made_up(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(SAYS_SO[name].encode(encoding))
    assert open_file(path).synthetic
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert open_file(path).synthetic


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ONLY_TEXT)
def test_a_file_in_which_somebody_wrote_so_is_not(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(ONLY_TEXT[name].replace("\n", "\r\n").encode(encoding))
    assert not open_file(path).synthetic
