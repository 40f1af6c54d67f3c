"""One table being read by one mapping: its columns as cells, its declared values cleaned, its failures remembered."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.schema import kinds
from vinculo.ingest import cells
from vinculo.ingest.cells import Cells, Codes
from vinculo.ingest.clean import CLEANERS, cleaner, unchanged
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_MONEY = frozenset({"amount", "amountUsd", "amountEur", "declaredValue", "exportValue", "importValue", "valueUsd"})
BLANK = re.compile(r"{{([^(})]*)}}")


@dataclass(frozen=True, eq=False)
class Clean:
    """Cleaned cells of one value over the rows of the table, or of the exploded parts (``parts``)."""

    cells: Cells
    failures: dict[int, tuple[str, ...]]  # option -> texts that could not be read
    parts: bool = False

    def at(self, rows: Codes) -> Cells:
        """As cells over these rows."""
        return self.cells if self.parts else self.cells.take(rows)

    @property
    def any(self) -> bool:
        """Whether any row has a value."""
        return bool(self.cells.filled.any())

    def failed(self, name: str) -> list[tuple[str, ...]]:
        """Per option, what to keep of it as an unreadable fact."""
        made: list[tuple[str, ...]] = [()] * len(self.cells.options)
        for option, texts in self.failures.items():
            made[option] = tuple(f"{name}: {t}" for t in texts)
        return made


@functools.cache
def property_type(kind: str, name: str) -> str:
    """The value type of a property as the schema says it; ``text`` for one it does not know."""
    known = kinds().get(kind)
    found = known.properties.get(name) if known else None
    if found is None or found.type not in CLEANERS:
        return "text"
    return "amount" if found.type == "number" and name in _MONEY else found.type


@dataclass
class Reading:
    """A table and the mapping that reads it; cells are made once per column and value."""

    mapping: Mapping
    table: pa.Table
    doubts: Doubts | None = None
    ids: dict[str, Cells] = field(default_factory=dict)  # by rule, as far as they are made
    _columns: dict[str, Cells] = field(default_factory=dict)
    _raw: dict[Value, list[Cells]] = field(default_factory=dict)
    _cleaned: dict[tuple[Value, str], list[Clean]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many records the table holds."""
        return int(self.table.num_rows)

    def column(self, name: str) -> Cells:
        """A column by name; one that is not there has no value in any row."""
        if name not in self._columns:
            if name in self.table.column_names:
                made = cells.read(self.table.column(name), self.mapping.missing)
            else:
                made = Cells(np.full(self.rows, -1, np.int64), [])
            self._columns[name] = made
        return self._columns[name]

    def raw(self, value: Value) -> list[Cells]:
        """The texts of a value before cleaning: one column of cells for each independent source of values."""
        if value not in self._raw:
            self._raw[value] = self._made(value)
        return self._raw[value]

    def _made(self, value: Value) -> list[Cells]:
        if value.template is not None:
            made = [self._template(value.template)]
        else:
            made = [self.column(name) for name in value.columns]
            if value.join is not None:
                mark, literals = value.join, value.literals
                made = [
                    cells.combined(
                        made,
                        lambda options: _some(mark.join([*literals, *(t for o in options for t in o)])),
                        self.rows,
                    )
                ]
            elif value.literals:
                made.append(cells.constant(value.literals, self.rows))
        if value.split is not None:
            at = value.split
            made = [c.mapped(lambda option: tuple(p for t in option for p in t.split(at))) for c in made]
        return made

    def _template(self, template: str) -> Cells:
        blanks = list(dict.fromkeys(BLANK.findall(template)))
        exact = self.mapping.ftm
        columns = [self.column(b if exact or b in self.table.column_names else b.strip()) for b in blanks]

        def filled(options: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
            if not exact and blanks and not any(options):
                return ()
            text = template
            for blank, option in zip(blanks, options, strict=True):
                text = text.replace(f"{{{{{blank}}}}}", option[0] if option else "")
            return _some(text.strip())

        return cells.combined(columns, filled, self.rows)

    def cleaned(self, kind: str, name: str, value: Value, parts: tuple[Value, Cells] | None) -> list[Clean]:
        """The values of a property of a kind; ``parts`` are the exploded texts of the key's own value."""
        if parts is not None and parts[0] == value:
            return [Clean(parts[1], {}, parts=True)]
        if value.entity:
            return [Clean(self.ids[value.entity], {})] if value.entity in self.ids else []
        made = self.clean(value, value.clean or property_type(kind, name))
        if self.doubts is not None:
            for clean in made:
                self.doubts.look(name, property_type(kind, name), clean.cells, self.records)
        return made

    @cached_property
    def records(self) -> Codes:
        """The record number of each row."""
        return np.asarray(self.table.column("record").to_numpy(), np.int64)

    def clean(self, value: Value, by: str) -> list[Clean]:
        """Every distinct text of a value through the cleaner ``by``."""
        if (value, by) not in self._cleaned:
            name = "number" if self.mapping.ftm and by == "amount" else by
            clean = cleaner(name, value.formats, ftm=self.mapping.ftm)
            sources = self.raw(value)
            if value.hint:
                hints = self.column(value.hint)
                made = [self._hinted(c, hints, clean) for c in sources]
            else:
                same = unchanged(name, ftm=self.mapping.ftm)
                made = [_through(c, lambda text: clean(text, ""), same) for c in sources]
            self._cleaned[value, by] = made
        return self._cleaned[value, by]

    def _hinted(self, texts: Cells, hints: Cells, clean: Callable[[str, str], str | None]) -> Clean:
        pairs = cells.combined(
            [texts, hints], lambda o: tuple(f"{t}\x00{o[1][0] if o[1] else ''}" for t in o[0]), self.rows
        )

        def one(pair: str) -> str | None:
            text, _, hint = pair.partition("\x00")
            return clean(text, hint)

        made = _through(pairs, one)
        return Clean(
            made.cells, {o: tuple(t.partition("\x00")[0] for t in texts) for o, texts in made.failures.items()}
        )

    def key_rows(self, key: Key) -> tuple[Codes, tuple[Value, Cells] | None]:
        """The rows things of this key come from: each row once, or once per part where a key value has several."""
        for value in key.values:
            sources = self.clean(value, value.clean or "text")
            if len(sources) == 1 and sources[0].cells.single is None:
                rows, parts = cells.exploded(sources[0].cells)
                return rows, (value, parts)
        return np.arange(self.rows), None

    def mask(self, where: dict[str, tuple[str, ...]], needs: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Rows for which a rule applies; an empty text in ``where`` stands for "no value"."""
        keep = np.ones(self.rows, np.bool_)
        for name in needs:
            keep &= self.column(name).present
        for name, texts in where.items():
            column = self.column(name.removeprefix("!"))
            wanted = set(texts)
            if column.single is not None:
                is_in = pc.is_in(column.single, pa.array(sorted(wanted), pa.string()))
                hit = np.append(np.where(column.filled, np.asarray(is_in), "" in wanted), "" in wanted)
            else:
                hit = np.array([bool(wanted & set(o)) if o else "" in wanted for o in column.options] + ["" in wanted])
            keep &= ~hit[column.codes] if name.startswith("!") else hit[column.codes]
        return keep

    def kinds(self, rule: EntityRule, rows: Codes) -> pa.Array:
        """The kind of each thing: the rule's, or what a column's text stands for."""
        plain = Cells(np.zeros(len(rows), np.int64), [(rule.kind,)])
        if not rule.kind_column:
            return plain.spread([rule.kind])
        column = self.column(rule.kind_column)
        chosen = [next((rule.kind_values[t] for t in o if t in rule.kind_values), rule.kind) for o in column.options]
        return Cells(np.where(column.codes < 0, len(chosen), column.codes)[rows], []).spread([*chosen, rule.kind])

    def essential_failures(self) -> Iterator[tuple[int, str, str, str]]:
        """Row, column, text and cleaner of each unreadable text in an essential column."""
        essential = set(self.mapping.essential)
        if not essential:
            return
        rules: list[EntityRule | LinkRule] = [*self.mapping.entities, *self.mapping.links]
        for rule in rules:
            wanted = [(v, v.clean or "text") for v in rule.key.values]
            wanted += [(v, v.clean or property_type(rule.kind, n)) for n, v in rule.properties.items() if not v.entity]
            for value, by in wanted:
                if not essential.isdisjoint(value.columns):
                    self.clean(value, by)
        for (value, by), cleans in self._cleaned.items():
            named = [c for c in value.columns if c in essential]
            if not named:
                continue
            for clean in cleans:
                for option, texts in clean.failures.items():
                    for row in np.flatnonzero(clean.cells.codes == option).tolist():
                        yield row, named[0], texts[0], by

    def applies(self) -> npt.NDArray[np.bool_]:
        """Rows that the filter of at least one entity rule lets through."""
        some = np.zeros(self.rows, np.bool_)
        for rule in self.mapping.entities:
            some |= self.mask(rule.where, ())
        return some


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _through(source: Cells, clean: Callable[[str], str | None], same: str | None = None) -> Clean:
    if source.single is not None:
        return _one_each(source.codes, source.single, clean, same)
    made: list[tuple[str, ...]] = []
    failures: dict[int, tuple[str, ...]] = {}
    for number, option in enumerate(source.options):
        good, bad = [], []
        for text in option:
            result = clean(text) if text and not text.isspace() else ""
            if result:
                good.append(result)
            elif result is None:
                bad.append(text)
        made.append(tuple(dict.fromkeys(good)))
        if bad:
            failures[number] = tuple(bad)
    return Clean(Cells(source.codes, made), failures)


def _one_each(codes: Codes, texts: pa.Array, clean: Callable[[str], str | None], same: str | None) -> Clean:
    kept = np.zeros(len(texts), np.bool_)
    if same is not None and len(texts):
        kept = np.asarray(pc.fill_null(pc.match_substring_regex(texts, same), False))
    bad: list[str] = []

    def one(text: str) -> str | None:
        result = clean(text) if not text.isspace() else ""
        if result is None:
            bad.append(text)
        return result or None

    made = cells.changed(texts, kept, one)
    failures: dict[int, tuple[str, ...]] = {}
    if bad:
        # each text is there once, but those that were put together from several columns
        unread = np.flatnonzero(np.asarray(pc.is_in(texts, pa.array(bad, pa.string()))))
        failures = {int(n): (texts[int(n)].as_py(),) for n in unread}
    return Clean(Cells(codes, single=made), failures)
