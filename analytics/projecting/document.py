"""A projection written down in YAML or JSON, read with one sentence for each mistake, where it stands and what to do."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml

from vinculo.analytics.projecting.definition import (
    DIRECTIONS,
    MEASURES,
    PARALLEL,
    TREATMENTS,
    UNKNOWN,
    Held,
    Hubs,
    Projection,
    Tie,
    Weight,
)
from vinculo.graph.currencies import known_currency
from vinculo.graph.errors import InputError
from vinculo.graph.schema import kinds
from vinculo.graph.text import Text, say

#: A projection fits on a page; what is longer is another file.
MOST_BYTES = 200_000
MOST_PAIRS = 100_000_000
NAME = 80


def read_projection(path: str | Path) -> Projection:
    """A projection from a file.

    Raises
    ------
    InputError
        ``no_file``, ``projection_unreadable``, or one ``projection_...`` for what is wrong in it, with line and column.
    """
    try:
        with Path(path).open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError("no_file", file=str(path)) from None
    except OSError as problem:
        raise InputError("projection_unreadable", file=str(path), reason=problem.strerror or str(problem)) from None
    if len(body) > MOST_BYTES:
        raise InputError("projection_too_long", file=str(path), most=f"{MOST_BYTES:,}")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("projection_not_utf8", file=str(path)) from None
    return _Reader(str(path)).projection(_composed(text, str(path)))


def from_json(made: Mapping[str, Any], *, file: str = "") -> Projection:
    """A projection from what :meth:`Projection.as_json` gave.

    Raises
    ------
    InputError
        As :func:`read_projection`, without a place.

    Examples
    --------
    >>> made = {"name": "payments", "ties": [{"name": "payment", "links": ["PAID"]}]}
    >>> from_json(made).as_json() == made
    True
    """
    return _Reader(file, places=False).projection(_composed(json.dumps(made), file))


def as_yaml(projection: Projection) -> str:
    """A projection as a person writes and changes it; :func:`read_projection` reads it back."""
    made: str = yaml.safe_dump(projection.as_json(), allow_unicode=True, sort_keys=False, width=120)
    return made


def _composed(text: str, file: str) -> yaml.Node:
    try:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            # JSON may be set in with tabs, YAML may not
            node = yaml.compose(json.dumps(json.loads(text)), Loader=yaml.SafeLoader)
    except RecursionError:
        raise InputError("projection_unreadable", file=file, reason="nested too deeply") from None
    except ValueError:
        raise _unreadable(text, file) from None
    if node is None:
        raise InputError("projection_empty", file=file)
    return node


def _unreadable(text: str, file: str) -> InputError:
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        return WrongProjection("projection_unreadable", file=file, reason=problem.problem or "", **place)
    except yaml.YAMLError as problem:
        return InputError("projection_unreadable", file=file, reason=str(problem).splitlines()[0])
    raise AssertionError("it was unreadable before")


class WrongProjection(InputError):
    """Mend the projection; the sentence begins with the place."""

    def message(self, language: str | None = None) -> str:
        """The sentence, behind the place where that is known."""
        sentence = super().message(language)
        place = {"file": self.file, "line": self.line, "column": self.column}
        return say("projection.at", language, sentence=sentence, **place) if self.line else sentence


class _Reader:
    """Walks the nodes of a document; each has its place in the file."""

    def __init__(self, file: str, *, places: bool = True) -> None:
        self.file = file
        self.places = places

    def projection(self, node: yaml.Node) -> Projection:
        told = self._mapping(node, "projection", Projection)
        for needed in ("name", "ties"):
            if needed not in told:
                self._wrong(node, "projection_lacks", name=needed)
        since, until = (self._day(told[n], n) if n in told else "" for n in ("since", "until"))
        if since and until and since > until:
            self._wrong(told["until"], "projection_turned_round", since=since, until=until)
        made = Projection(
            name=self._text(told["name"], "name"),
            ties=self._ties(told["ties"]),
            nodes=self._kinds(told, "nodes", link=False),
            held=self._held(told["held"]) if "held" in told else Held(),
            directed=self._flag(told, "directed"),
            loops=self._one_of(told, "loops", UNKNOWN, "left_out"),
            weight=self._weight(told["weight"]) if "weight" in told else Weight(),
            no_amount=self._one_of(told, "no_amount", UNKNOWN, "left_out"),
            no_date=self._one_of(told, "no_date", UNKNOWN, "kept"),
            since=since,
            until=until,
            hubs=self._hubs(told["hubs"]) if "hubs" in told else Hubs(),
            most_pairs=int(self._number(told, "most_pairs", 1, MOST_PAIRS, Projection.most_pairs, whole=True)),
            title=self._title(told["title"]) if "title" in told else None,
        )
        return made

    def _ties(self, node: yaml.Node) -> tuple[Tie, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._wrong(node, "projection_no_ties")
        made: dict[str, Tie] = {}
        for item in node.value:
            told = self._mapping(item, "ties", Tie)
            if "name" not in told:
                self._wrong(item, "projection_lacks", name="ties: name")
            name = self._text(told["name"], "name")
            if name in made:
                self._wrong(told["name"], "projection_twice", name=name)
            links, all_but, to = (self._kinds(told, n, link=True) for n in ("links", "all_but", "to"))
            through = self._kinds(told, "through", link=False)
            if bool(links) == bool(all_but):
                self._wrong(item, "projection_tie_links", name=name)
            if to and not through:
                self._wrong(told["to"], "projection_tie_to", name=name)
            if through and "direction" in told:
                self._wrong(told["direction"], "projection_tie_direction", name=name)
            direction = self._one_of(told, "direction", DIRECTIONS, "with")
            made[name] = Tie(name, links, all_but, through, to, direction)
        return tuple(made.values())

    def _held(self, node: yaml.Node) -> Held:
        told = self._mapping(node, "held", Held)
        for needed in ("kinds", "by"):
            if needed not in told:
                self._wrong(node, "projection_lacks", name=f"held: {needed}")
        return Held(self._kinds(told, "kinds", link=False), self._kinds(told, "by", link=True))

    def _weight(self, node: yaml.Node) -> Weight:
        told = self._mapping(node, "weight", Weight)
        measure = self._one_of(told, "measure", MEASURES, "count")
        half_life = self._number(told, "half_life_days", 0, 1e6, 0.0)
        as_of = self._day(told["as_of"], "as_of") if "as_of" in told else ""
        currency = self._text(told["currency"], "currency") if "currency" in told else ""
        if currency and not known_currency(currency):
            self._wrong(told["currency"], "projection_currency", value=currency)
        if measure != "count" and not currency:
            self._wrong(told["measure"], "projection_lacks_currency", measure=measure)
        if measure == "count" and currency:
            self._wrong(told["currency"], "projection_needless_currency", value=currency)
        if bool(half_life) != bool(as_of):
            self._wrong(told["half_life_days" if half_life else "as_of"], "projection_half_life")
        return Weight(measure, currency, self._one_of(told, "parallel", PARALLEL, "each"), half_life, as_of)

    def _hubs(self, node: yaml.Node) -> Hubs:
        told = self._mapping(node, "hubs", Hubs)
        usual = Hubs()
        return Hubs(
            generic=self._one_of(told, "generic", TREATMENTS, usual.generic),
            crowded=self._one_of(told, "crowded", TREATMENTS, usual.crowded),
            more_than=int(self._number(told, "more_than", 1, 1e9, usual.more_than, whole=True)),
            kinds=self._kinds(told, "kinds", link=False),
        )

    def _title(self, node: yaml.Node) -> Text:
        if isinstance(node, yaml.ScalarNode):
            own = self._text(node, "title")
            return Text(own, own)
        told = self._mapping(node, "title", Text)
        for needed in ("en", "es"):
            if needed not in told:
                self._wrong(node, "projection_lacks", name=f"title: {needed}")
        return Text(self._text(told["en"], "title"), self._text(told["es"], "title"))

    # -- what stands at one place -------------------------------------------------------------------------------------
    def _mapping(self, node: yaml.Node, where: str, of: Any) -> dict[str, yaml.Node]:
        """Names and what stands behind them; the names are those of a dataclass or named tuple."""
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, "projection_no_mapping", where=where)
        known = getattr(of, "_fields", None) or tuple(of.__dataclass_fields__)
        told: dict[str, yaml.Node] = {}
        for name, value in node.value:
            key = name.value if isinstance(name, yaml.ScalarNode) else ""
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                options = near or sorted(known)
                self._wrong(name, "projection_key", where=where, name=_shown(key), known=", ".join(options))
            if key in told:
                self._wrong(name, "projection_twice", name=key)
            told[key] = value
        return told

    def _kinds(self, told: Mapping[str, yaml.Node], name: str, *, link: bool) -> tuple[str, ...]:
        if name not in told:
            return ()
        node = told[name]
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items:
            self._wrong(node, "projection_no_kinds", name=name)
        made = []
        for item in items:
            own = self._text(item, name)
            found = kinds().get(own)
            if found is None:
                near = difflib.get_close_matches(own, [k.name for k in kinds().values() if k.is_link is link], n=1)
                code = "projection_kind_near" if near else "projection_kind"
                self._wrong(item, code, kind=own, near=near[0] if near else "")
            if found.is_link is not link:
                self._wrong(
                    item, "projection_kind_is_link" if found.is_link else "projection_kind_is_node", kind=own, name=name
                )
            made.append(own)
        return tuple(made)

    def _one_of(self, told: Mapping[str, yaml.Node], name: str, known: Collection[str], usual: str) -> str:
        if name not in told:
            return usual
        own = self._text(told[name], name)
        if own not in known:
            self._wrong(told[name], "projection_choice", name=name, value=own, known=", ".join(known))
        return own

    def _flag(self, told: Mapping[str, yaml.Node], name: str) -> bool:
        return self._one_of(told, name, ("true", "false"), "false") == "true"

    def _number(
        self, told: Mapping[str, yaml.Node], name: str, least: float, most: float, usual: float, *, whole: bool = False
    ) -> float:
        if name not in told:
            return usual
        own = self._text(told[name], name)
        try:
            made = float(own.replace("_", "")) if own.isascii() else math.nan
        except ValueError:
            made = math.nan
        if not least <= made <= most or (whole and made != int(made)):
            code = "projection_whole_number" if whole else "projection_number"
            self._wrong(told[name], code, name=name, value=own, least=f"{least:,.0f}", most=f"{most:,.0f}")
        return made

    def _day(self, node: yaml.Node, name: str) -> str:
        own = self._text(node, name)
        try:
            return dt.datetime.strptime(own, "%Y-%m-%d").date().isoformat()
        except ValueError:
            self._wrong(node, "projection_day", name=name, value=own)

    def _text(self, node: yaml.Node, name: str) -> str:
        own = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
        if not own or len(own) > NAME or not own.isprintable():
            self._wrong(node, "projection_text", name=name, most=NAME)
        return str(own)

    def _wrong(self, node: yaml.Node, code: str, **values: Any) -> NoReturn:
        mark = node.start_mark
        line, column = (mark.line + 1, mark.column + 1) if self.places else (None, None)
        shown: dict[str, Any] = {k: _shown(v) if isinstance(v, str) else v for k, v in values.items()}
        raise WrongProjection(code, file=self.file or None, line=line, column=column, **shown)


def _shown(text: str) -> str:
    """A text of the file in a sentence: a piece of it, without what would break the line."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= NAME else f"{plain[:NAME]}…"
