"""Load tiny files and look at the graph they made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vinculo.graph.facts import unpack
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import Entity, Link
from vinculo.ingest.expectations import Expectations
from vinculo.ingest.load import FileReport, ingest
from vinculo.ingest.publishing import publish

#: Their records name others that stand in other records, or in other files.
NAMES_ALONE = frozenset(
    ("ftm", "gleif_rr_csv", "gleif_rr_json", "icij_relationships", "ofac_add", "ofac_alt", "ofac_comments")
)


@pytest.fixture(autouse=True)
def excerpts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples are excerpts, taken for whole files however few their records; what their columns hold is asked all the same."""
    asked = Expectations.missed
    monkeypatch.setattr(Expectations, "missed", lambda counted, read: asked(counted, max(read, 1_000_000)))


@dataclass
class Graph:
    """A store with what was loaded into it."""

    store: Store
    reports: list[FileReport] = field(default_factory=list)

    def load(self, *paths: Path, **options: object) -> list[FileReport]:
        """Load files; their reports."""
        made = ingest(list(paths), self.store, **options)  # type: ignore[arg-type]
        self.reports += made
        return made

    def vouched(self) -> Graph:
        """The same, once what is held back is shown."""
        for run in self.store.runs():
            if run.status == "held":
                publish(self.store, run.number, "for the test")
        return self

    def entities(self, kind: str) -> list[Entity]:
        """Entities of exactly this kind, by name."""
        ids = [r["id"] for r in self.store.nodes().to_pylist() if r["kind"] == kind]
        return sorted(self.store.entities(ids).values(), key=lambda e: e.name)

    def links(self, kind: str) -> list[Link]:
        """Links of this kind, by id."""
        return sorted(self.store.links(self.store.edges([kind])["id"].to_pylist()).values(), key=lambda x: x.id)

    def pairs(self, kind: str) -> set[tuple[str, str]]:
        """Names at the ends of the links of a kind."""
        links = self.links(kind)
        ends = self.store.entities(sorted({i for x in links for i in (x.source, x.target)}))
        return {(ends[x.source].name, ends[x.target].name) for x in links}

    def values(self, thing: Entity | Link) -> dict[str, list[str]]:
        """Properties as plain texts."""
        return {name: [f.value for f in facts] for name, facts in thing.properties.items()}

    def statements(self) -> Counter[tuple[str, str, str]]:
        """Everything said: (id, property, value)."""
        return Counter(
            (row["id"], name, value)
            for _, table in self.store.statements()
            for row in table.to_pylist()
            for name, value in [("kind", row["kind"]), *unpack(row["facts"])]
        )


@pytest.fixture
def graph() -> Iterator[Graph]:
    """An empty store in memory; whatever a test loads into it, each end of a link is described."""
    made = Graph(open_store("sqlite:///:memory:"))
    yield made
    loaded = {s.dataset for s in made.store.sources()}
    if not loaded & NAMES_ALONE:
        assert "Thing" not in made.store.counts()["entities"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """``write(name, text, encoding)``: a file."""

    def written(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding=encoding, newline="")
        return path

    return written


@pytest.fixture
def write_rows(write: Callable[..., Path]) -> Callable[..., Path]:
    """``write_rows(name, columns, *rows)``: a CSV of the columns some row has, cells quoted."""

    def written(name: str, columns: tuple[str, ...], *rows: dict[str, str]) -> Path:
        lines = [columns, *(tuple(row.get(c, "") for c in columns) for row in rows)]
        quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
        return write(name, "\n".join(quoted) + "\n")

    return written
