"""What a look through a whole store can find wrong, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from vinculo.graph.text import say

Progress = Callable[[str, int, int], None]
#: Of one sort of difference at most so many are told one by one.
MOST = 20


@dataclass(frozen=True)
class Difference:
    """Something in a store that is not as it was written.

    Attributes
    ----------
    what : str
        Its sort; ``verify.WHAT`` in the catalogue is the sentence.
    where : str
        The entity, link or part of the file it is about, or what the store itself says.
    dataset, file : str
        Of the source it is about; empty where it is about none.
    batch : int, optional
        Number of the batch within the source, where it is known.
    """

    what: str
    where: str = ""
    dataset: str = ""
    file: str = ""
    batch: int | None = None

    def message(self, language: str | None = None) -> str:
        """The sentence; in the reader's language by default."""
        batch = "" if self.batch is None else say("verify.batch", language, number=self.batch)
        return say(f"verify.{self.what}", language, where=self.where, dataset=self.dataset, file=self.file, batch=batch)

    def as_json(self) -> dict[str, Any]:
        """As ``vinculo verify --json`` prints it."""
        return asdict(self) | {"message": self.message()}
