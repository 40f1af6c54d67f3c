"""Records of formats that are no tables: gathered until there are enough for a chunk, with those that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import CHUNK, Chunk, rejected
from vinculo.ingest.formats.fingerprints import fingerprint
from vinculo.ingest.formats.opened import MISFIT, OpenedFile
from vinculo.ingest.formats.supply import Supply

Row = dict[str, str]
Bad = tuple[int, int, str, str, str, dict[str, object]]


class Records:
    """Records as they come, numbered from 1, rejected ones too.

    Parameters
    ----------
    file : OpenedFile
        Where it holds bytes that do not fit its encoding, a record with one is rejected.
    kind : str
        What a rejected line should have been, for the sentence.
    columns : sequence of str
        Columns that a chunk has even where no record has them.
    """

    def __init__(self, file: OpenedFile, kind: str, columns: Iterable[str] = ()) -> None:
        self.read = 0
        self._marked = file.misfits > 0
        self._kind = kind
        self._columns = tuple(columns)
        self._empty()

    def _empty(self) -> None:
        self._rows: list[Row] = []
        self._numbers: list[int] = []
        self._lines: list[int] = []
        self._marks: list[bytes] = []
        self._bad: list[Bad] = []
        self._size = 0

    def __len__(self) -> int:
        return len(self._rows) + len(self._bad)

    @property
    def full(self) -> bool:
        """Whether there are enough for a chunk."""
        return self._size >= CHUNK

    def take(
        self,
        row: Row,
        line: int,
        *,
        mark: bytes | None = None,
        said: Iterable[tuple[str, str]] | None = None,
        size: int = 1,
    ) -> None:
        """Take a record.

        Parameters
        ----------
        row : dict
            Texts by column.
        line : int
            Where it begins.
        mark : bytes, optional
            Its fingerprint; of the texts of the row, in their order, by default.
        said : iterable of (str, str), optional
            The texts as they stood, each with its column, where the row holds something made of them.
        size : int
            Lines it has, where records may have thousands.
        """
        self._size += size
        if self._marked and (bad := next((s for s in said or row.items() if MISFIT in s[1]), None)):
            self._refuse(line, bad[0], bad[1].replace(MISFIT, "\ufffd"), "bad_byte", {})
            return
        self.read += 1
        self._rows.append(row)
        self._numbers.append(self.read)
        self._lines.append(line)
        self._marks.append(mark or fingerprint("\x1f".join([f"{k}={v}" for k, v in row.items()])))

    def reject(self, line: int, column: str, text: str) -> None:
        """A line that is none of what it should be."""
        self._size += 1
        self._refuse(line, column, text, "unreadable", {"column": column, "raw": text[:200], "type": self._kind})

    def _refuse(self, line: int, column: str, text: str, code: str, blanks: dict[str, object]) -> None:
        self.read += 1
        self._bad.append((self.read, line, column, text[:2000], code, blanks))

    def chunk(self) -> Chunk:
        """What has been gathered; it goes on empty."""
        names = dict.fromkeys(self._columns)
        for row in self._rows:
            if not row.keys() <= names.keys():
                names |= dict.fromkeys(row)
        columns = [pa.array([row.get(n) for row in self._rows], pa.string()) for n in names]
        places = [pa.array(self._numbers, pa.int64()), pa.array(self._lines, pa.int64())]
        table = pa.table([*columns, *places], names=[*names, "record", "line"])
        made = Chunk(table, rejected(self._bad), tuple(self._marks))
        self._empty()
        return made


def in_chunks(file: OpenedFile, records: Records, gathers: Callable[[Supply], Iterator[object]]) -> Iterator[Chunk]:
    """Chunks of what ``gathers`` puts into ``records``, looked at whenever it yields.

    Raises
    ------
    InputError
        What ``gathers`` raises, and ``wrong_encoding``; after the records before it.
    """
    error: InputError | None = None
    with Supply(file) as supply:
        try:
            for _ in gathers(supply):
                if records.full:
                    yield records.chunk()
        except InputError as damage:
            error = damage
        except UnicodeDecodeError:
            error = InputError(
                "wrong_encoding",
                file=str(file.path),
                line=supply.line + 1,
                encoding=file.encoding,
                records=records.read,
            )
    if len(records):
        yield records.chunk()
    if error is not None:
        raise error
