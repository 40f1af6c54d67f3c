"""What became of a file that was loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

#: ``progress(stage, done, total)``; ``total`` 0 where it is not known. May raise ``Cancelled``.
Progress = Callable[[str, int, int], None]
#: What a store keeps of a report with its run.
COUNTS = ("read", "loaded", "duplicate_in_file", "already_there", "rejected", "entities", "links")


@dataclass
class FileReport:
    """What became of one file; ``read`` is the sum of the four dispositions that follow it.

    Attributes
    ----------
    file, sha256, dataset : str
    read, loaded, duplicate_in_file, already_there, rejected : int
        Records.
    entities, links : int
        How many of them the store did not have before this load, other loads at the same time left out.
    run : int or None
        The run that wrote it, now or before; ``None`` where nothing ever was.
    rejects_file : str or None
        CSV of the rejected records.
    seconds : float
    synthetic : bool
    taint : str
    notes : dict
        What was found out about the file: encoding, delimiter, header line, sheet.
    warnings : list of str
        Sentences.
    held : list of str
        Why what was loaded is not shown to anybody yet; empty where it is.
    """

    file: str
    sha256: str
    dataset: str
    read: int = 0
    loaded: int = 0
    duplicate_in_file: int = 0
    already_there: int = 0
    rejected: int = 0
    entities: int = 0
    links: int = 0
    run: int | None = None
    rejects_file: str | None = None
    seconds: float = 0.0
    synthetic: bool = False
    taint: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As ``ingest --json`` prints it."""
        return asdict(self)

    def counts(self) -> dict[str, int]:
        """As a store keeps them with the run."""
        return {name: getattr(self, name) for name in COUNTS}
