"""Errors, named after what the caller should do.

::

    VinculoError            anything a user may see; a sentence, never a traceback
    ├── UsageError          exit 2    call it differently (unknown dataset, bad option)
    ├── InputError          exit 3    mend the file (encoding, quote, header, XML)
    ├── StoreError          exit 4    mend the store or its address
    │   ├── StoreUnreachable          start the server, check the address
    │   ├── StoreDenied               check user and password
    │   ├── StoreBusy                 wait for the other writer, then run again
    │   └── StoreVersionError         migrate, or open with a newer Vinculo
    ├── EnvironmentProblem  exit 5    free the port, the disk, the memory
    └── Cancelled           exit 130  run again

The sentence comes from the catalogue in ``graph/text`` (key ``error.<code>``; what to do, ``error.<code>.hint``), so that
it is said in the reader's language.
"""

from __future__ import annotations

from typing import Any

from vinculo.graph.text import has, say


class VinculoError(Exception):
    """An error a user may see.

    Parameters
    ----------
    code : str
        Stable name, also the key of its sentence in the catalogue.
    file : str, optional
        File the error is about.
    line, column : int, optional
        1-based place in that file.
    **values
        What the sentence has blanks for.
    """

    exit_code = 1

    def __init__(
        self, code: str, *, file: str | None = None, line: int | None = None, column: int | None = None, **values: Any
    ) -> None:
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.values = {"file": file or "", "line": line or "", "column": column or "", **values}
        super().__init__(self.message())

    def message(self, language: str | None = None) -> str:
        """The sentence, in the reader's language or the one asked for."""
        return say(f"error.{self.code}", language, **self.values)

    def hint(self, language: str | None = None) -> str:
        """What to do about it."""
        key = f"error.{self.code}.hint"
        return say(key, language, **self.values) if has(key) else ""

    def as_json(self) -> dict[str, Any]:
        """The one line that ``--json`` prints."""
        return {
            "error": self.code,
            "message": self.message(),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "hint": self.hint(),
        }


class UsageError(VinculoError):
    """Call it differently."""

    exit_code = 2


class InputError(VinculoError):
    """Mend the file."""

    exit_code = 3
    #: The run that keeps what stands before the damage, where there is any.
    kept_run: int | None = None


class StoreError(VinculoError):
    """Mend the store or its address."""

    exit_code = 4


class StoreUnreachable(StoreError):
    """Start the server, or check the address."""


class StoreDenied(StoreError):
    """Check user and password."""


class StoreBusy(StoreError):
    """Wait for the other writer, then run again."""


class StoreVersionError(StoreError):
    """Migrate the store, or open it with a newer Vinculo."""


class EnvironmentProblem(VinculoError):
    """Free the port, the disk or the memory."""

    exit_code = 5


class Cancelled(VinculoError):
    """Stopped on request; running again begins anew, or goes on from there where ``goes_on``."""

    exit_code = 130
    #: The command keeps what it wrote before it was stopped, and the same command does the rest.
    goes_on = False

    def hint(self, language: str | None = None) -> str:
        """What running it again does, unless what was stopped has a word of its own."""
        if self.code != "cancelled":
            return super().hint(language)
        return say("cancelled.goes_on" if self.goes_on else "cancelled.begins_anew", language)
