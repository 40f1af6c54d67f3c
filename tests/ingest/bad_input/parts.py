"""What a sample of a format is: six records, told as parts that can be damaged one at a time. Everybody in them is made up.

Each has an id, a day, a sum, a currency, two names, two accounts and a note; ``good_samples.py`` says them in each format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

Row = dict[str, str]
_IBAN = ("DE89370400440532013000", "FR1420041010050500013M02606", "GB29NWBK60161331926819", "ES9121000418450200051332",
         "NL91ABNA0417164300", "BE68539007547034")  # fmt: skip
RECORDS = 6


@dataclass(frozen=True)
class Parts:
    """A text file: what stands before its records, each of them, what stands behind."""

    head: str
    records: tuple[str, ...]
    tail: str = ""

    @property
    def text(self) -> str:
        """The whole."""
        return self.head + "".join(self.records) + self.tail

    def lines(self, place: int) -> tuple[int, int]:
        """First and last line of a record."""
        before = self.head + "".join(self.records[:place])
        first = before.count("\n") + 1
        return first, first + self.records[place].rstrip("\n").count("\n")

    def with_record(self, place: int, text: str) -> Parts:
        """The same with one record in other words."""
        return replace(self, records=(*self.records[:place], text, *self.records[place + 1 :]))


def coded(text: str) -> bytes:
    """UTF-8, a lone surrogate as the three bytes some programs write for it; U+DC80 to U+DCFF as the bare bytes 80 to FF."""
    return re.sub(rb"\xed[\xb2\xb3][\x80-\xbf]", _bare, text.encode("utf-8", "surrogatepass"))


def _bare(found: re.Match[bytes]) -> bytes:
    return bytes([ord(found[0].decode("utf-8", "surrogatepass")) - 0xDC00])


@dataclass(frozen=True)
class Sample:
    """How one format says the six records.

    Attributes
    ----------
    name, file, dataset : str
        In the matrix, on disk, as it is recognised.
    tags : frozenset of str
        What kinds of damage there can be.
    write : callable
        From rows to parts.
    pack : callable
        From the text of the parts to the bytes on disk.
    slots : tuple of str
        What of a row the format says.
    day, point : str
        How it writes a day (year, month, day as ``{0}``, ``{1}``, ``{2}``), and what stands before the cents.
    records : int
        What is read of the good file, records that stand around the six counted.
    lead : int
        How many of them come before the six.
    """

    name: str
    file: str
    dataset: str
    tags: frozenset[str]
    write: Callable[[list[Row]], Parts]
    slots: tuple[str, ...]
    pack: Callable[[str], bytes | None] = coded
    day: str = "{0:04}-{1:02}-{2:02}"
    point: str = "."
    records: int = RECORDS
    lead: int = 0
    letter: str = "R"

    def rows(self) -> list[Row]:
        """The six records as values."""
        return [
            {
                "id": f"{self.letter}{n}00{n}",
                "day": self.written_day(2024, 3, 10 + n),
                "sum": f"95{n}0{self.point}25",
                "currency": "USD",
                "name": f"Ficticia {chr(65 + n)} SA",
                "other": f"Inventada {chr(65 + n)} Ltd",
                "account": f"00{n}778899{n}",
                "iban": _IBAN[n],
                "note": f"Factura {n}",
                "weight": f"12{n}",
                "container": "CSQU3054383",
            }
            for n in range(RECORDS)
        ]

    def written_day(self, year: int, month: int, day: int) -> str:
        """A day as this format writes it, be there such a day or not."""
        return self.day.format(year, month, day, year % 100)

    def parts(self) -> Parts:
        """The good file."""
        return self.write(self.rows())
