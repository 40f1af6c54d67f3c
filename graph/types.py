"""What travels between the rooms: Arrow in bulk, small frozen dataclasses in the hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from vinculo.graph.text import Text

ENTITY_SCHEMA = pa.schema([("id", pa.string()), ("kind", pa.string()), ("record", pa.int64()), ("facts", pa.string())])
LINK_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("target", pa.string()),
        ("record", pa.int64()),
        ("facts", pa.string()),
    ]
)
REJECT_SCHEMA = pa.schema(
    [
        ("record", pa.int64()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("raw", pa.string()),
        ("code", pa.string()),
        ("en", pa.string()),
        ("es", pa.string()),
    ]
)
FINGERPRINT = pa.binary(16)


class Added(NamedTuple):
    """How many entities and links a store did not have before a batch was written."""

    entities: int
    links: int


@dataclass(frozen=True)
class Source:
    """One file as one dataset; with a record number this is a provenance.

    Attributes
    ----------
    dataset : str
        Name of the dataset that read it.
    sha256 : str
        Of the bytes inside a ``.gz``.
    file : str
        Name it had when it was loaded, without folders; not part of digests.
    synthetic : bool
        The file says of itself that it is made up.
    taint : str
        ``"sar"`` where the facts come from suspicious-activity reports (31 USC 5318(g)(2)); else empty.
    """

    dataset: str
    sha256: str
    file: str = ""
    synthetic: bool = False
    taint: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes it this source and no other."""
        return (self.dataset, self.sha256)


@dataclass(frozen=True)
class Provenance:
    """Where one value stands: file and 1-based record in it."""

    source: Source
    record: int

    def as_json(self) -> dict[str, Any]:
        """As ``show --json`` prints it."""
        s = self.source
        made = {"dataset": s.dataset, "file": s.file, "sha256": s.sha256, "record": self.record}
        return made | ({"synthetic": True} if s.synthetic else {}) | ({"taint": s.taint} if s.taint else {})


@dataclass(frozen=True)
class Fact:
    """One value of one property, with every file that asserts it (its first record in each)."""

    value: str
    sources: tuple[Provenance, ...]


@dataclass(frozen=True)
class Entity:
    """A node as a store returns it; equal and hashed by id.

    Attributes
    ----------
    id, kind : str
        ``kind`` is the most specific one asserted.
    name : str
        What to call it; never empty (the id where nothing names it).
    properties : dict
        Property name to its facts, values sorted.
    sources : tuple of Provenance
        Every file that asserts it. Empty: only links refer to it, no file describes it.
    kinds : tuple of Fact
        The kinds asserted, sorted, each with the files that do.
    """

    id: str
    kind: str
    name: str
    properties: dict[str, tuple[Fact, ...]] = field(default_factory=dict, compare=False)
    sources: tuple[Provenance, ...] = field(default=(), compare=False)
    kinds: tuple[Fact, ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.id == other.id

    def first(self, name: str) -> str:
        """The first value of a property, or an empty text."""
        facts = self.properties.get(name)
        return facts[0].value if facts else ""


@dataclass(frozen=True)
class Link:
    """A link as a store returns it; ``source`` and ``target`` are entity ids. Equal and hashed by id and kind.

    Files that give one id to links of two kinds (two schemata with equal keys) speak of two links.
    """

    id: str
    kind: str
    source: str
    target: str
    properties: dict[str, tuple[Fact, ...]] = field(default_factory=dict, compare=False)
    sources: tuple[Provenance, ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        return hash((self.id, self.kind))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and (self.id, self.kind) == (other.id, other.kind)

    def first(self, name: str) -> str:
        """The first value of a property, or an empty text."""
        facts = self.properties.get(name)
        return facts[0].value if facts else ""


@dataclass(frozen=True)
class Batch:
    """What a dataset yields and a store writes: three Arrow tables (``ENTITY_SCHEMA``, ``LINK_SCHEMA``, ``REJECT_SCHEMA``).

    A row of ``entities`` or ``links`` is one assertion: what one record says of one thing, packed as ``graph.facts`` does.
    The same id may come many times.
    """

    entities: pa.Table
    links: pa.Table
    rejects: pa.Table

    @classmethod
    def make(
        cls, entities: pa.Table | None = None, links: pa.Table | None = None, rejects: pa.Table | None = None
    ) -> Batch:
        """A batch from the tables there are; absent ones are empty."""
        return cls(
            entities if entities is not None else ENTITY_SCHEMA.empty_table(),
            links if links is not None else LINK_SCHEMA.empty_table(),
            rejects if rejects is not None else REJECT_SCHEMA.empty_table(),
        )


@dataclass(frozen=True)
class Manifest:
    """What a batch is part of; it commits in the same transaction as the batch.

    Attributes
    ----------
    source : Source
        The file.
    run : int
        The run that writes it.
    number : int
        1-based number of the batch within the file; writing a number again is harmless and adds nothing.
    records : int
        Records of the file in this batch that end as loaded or already there.
    fingerprints : pyarrow.Array of 16-byte binary
        One per such record: of its text, to know it again.
    """

    source: Source
    run: int
    number: int
    records: int
    fingerprints: pa.Array


@dataclass(frozen=True)
class Reject:
    """A record that could not be used, and why."""

    record: int
    line: int
    column: str
    raw: str
    code: str
    sentence: Text


@dataclass(frozen=True)
class Run:
    """One file's loading, as ``vinculo runs`` lists it.

    ``status`` is ``running``, ``done``, ``held``, ``interrupted`` or ``withdrawn``; times are ISO 8601 UTC and part of no digest.
    ``counts`` has read, loaded, duplicate_in_file, already_there, rejected, entities, links.
    """

    number: int
    source: Source
    started: str
    finished: str
    status: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Neighbourhood:
    """What stands around an entity, and how much was left out.

    ``totals`` counts, for the first hop, links by kind as they are in the store; ``links`` holds at most the limit.
    """

    centre: str
    entities: tuple[Entity, ...]
    links: tuple[Link, ...]
    totals: dict[str, int]
    truncated: bool


@dataclass(frozen=True)
class Path:
    """A chain of links from one entity to another; ``entities`` has one more member than ``links``."""

    entities: tuple[Entity, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Hit:
    """A search result; ``matched`` is the value that matched, ``score`` 0 to 1."""

    id: str
    kind: str
    name: str
    score: float
    matched: str


@dataclass(frozen=True)
class Suggestion:
    """Two parties that may be one; suggested, never merged.

    ``judgement`` is ``unsure`` until a person says ``same`` or ``not_same``; ``why`` is a sentence.
    """

    left: str
    right: str
    score: float
    why: Text
    judgement: str = "unsure"


@dataclass(frozen=True)
class Finding:
    """A pattern found, with what is needed to defend or dismiss it.

    Attributes
    ----------
    id : str
        From typology, version, members and links: the same finding has the same id in every run.
    typology, version : str
        Which rule, in which version.
    score : float
        0 to 1; orders findings of one typology, is no probability.
    entities : tuple of (id, role)
        Members.
    links : tuple of str
        Ids of the evidence, in the order it is told.
    window : tuple of (str, str)
        First and last date of the evidence, ISO; empty texts where it has none.
    features : dict
        What was measured beside its peer baseline: ``{"deposits": {"value": 7, "peers": 1.2, "unit": "count"}}``.
    reason : Text
        One sentence with the figures.
    lawful : tuple of (Text, str)
        Lawful explanations, each ``"tested"`` (and did not hold) or ``"not_testable"`` with the data at hand.
    settles : Text
        The record that would settle it.
    truncated : bool
        The search stopped at its work budget: there may be more.
    """

    id: str
    typology: str
    version: str
    score: float
    entities: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    window: tuple[str, str]
    features: dict[str, dict[str, Any]]
    reason: Text
    lawful: tuple[tuple[Text, str], ...]
    settles: Text
    truncated: bool = False

    def as_json(self) -> dict[str, Any]:
        """As ``findings --json`` prints it and a store keeps it."""
        return {
            "id": self.id,
            "typology": self.typology,
            "version": self.version,
            "score": self.score,
            "entities": [{"id": i, "role": r} for i, r in self.entities],
            "links": list(self.links),
            "window": list(self.window),
            "features": self.features,
            "reason": self.reason._asdict(),
            "lawful": [t._asdict() | {"status": s} for t, s in self.lawful],
            "settles": self.settles._asdict(),
            "truncated": self.truncated,
        }

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Finding:
        """The inverse of :meth:`as_json`."""
        return cls(
            id=made["id"],
            typology=made["typology"],
            version=made["version"],
            score=made["score"],
            entities=tuple((e["id"], e["role"]) for e in made["entities"]),
            links=tuple(made["links"]),
            window=(made["window"][0], made["window"][1]),
            features=made["features"],
            reason=Text(**made["reason"]),
            lawful=tuple((Text(x["en"], x["es"]), x["status"]) for x in made["lawful"]),
            settles=Text(**made["settles"]),
            truncated=made["truncated"],
        )
