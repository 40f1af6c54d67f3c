"""What a command says and where: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from vinculo.graph.text import has, say

if TYPE_CHECKING:
    from vinculo.graph.store import Store

#: Seconds between two drawings of the progress line.
_EVERY_S = 0.1
_NARROWEST = 12


class Console:
    """One command's voice.

    Parameters
    ----------
    store : str, optional
        Address as given with ``--store``.
    quiet : bool
        Say nothing but results and errors.
    as_json : bool
        One JSON object a line on stdout and nothing else there.
    """

    def __init__(self, *, store: str | None = None, quiet: bool = False, as_json: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._given = store
        self._drawn = 0.0
        self._line = 0

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    # -- the store -----------------------------------------------------------------------------------------------
    @property
    def url(self) -> str:
        """Address of the store: ``--store``, else ``VINCULO_STORE``, else the user's own ``vinculo.db``."""
        from vinculo.graph.settings import load_settings

        return addressed(self._given or load_settings().store)

    @property
    def shown_url(self) -> str:
        """The address without its password."""
        from vinculo.graph.stores import hide_password

        return hide_password(self.url)

    @property
    def chosen(self) -> bool:
        """Whether the person named a store."""
        return bool(self._given or os.environ.get("VINCULO_STORE"))

    @contextmanager
    def open(self, *, write: bool = False, create: bool = True) -> Iterator[Store]:
        """The store, said on stderr where nobody named one; made where it is missing and is to be written, if asked."""
        from vinculo.graph.stores import open_store, while_waiting

        while_waiting.set(self.progress)
        url = self.url
        if not self.chosen:
            self.note("cli.store", url=self.shown_url)
        store = open_store(url, create=write and create, read_only=not write)
        try:
            yield store
        finally:
            store.close()

    # -- results -------------------------------------------------------------------------------------------------
    def emit(self, made: dict[str, Any]) -> None:
        """One line of ``--json``; nothing without it."""
        if self.as_json:
            sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def line(self, text: str = "") -> None:
        """One line for a person; nothing with ``--json``."""
        if not self.as_json:
            self._clear()
            sys.stdout.write(visible(text) + "\n")

    def say(self, key: str, /, **values: Any) -> None:
        """One sentence of the catalogue for a person."""
        self.line(say(key, **values))

    def table(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        numbers: Sequence[int] = (),
        cut: bool = False,
    ) -> None:
        """An aligned table; ``headings`` are catalogue keys (``cli.column.NAME``), ``numbers`` columns to align right.

        ``cut``: on a terminal the last column, a sentence, ends where the line does; in a pipe nothing is cut.
        """
        if self.as_json:
            return
        self._clear()
        texts = [[say(f"cli.column.{h}") for h in headings], *([visible(cell(c)) for c in row] for row in rows)]
        widths = [max(_width(row[i]) for row in texts) for i in range(len(headings))]
        room = shutil.get_terminal_size().columns if cut and sys.stdout.isatty() else 0
        if room:
            widths[-1] = min(widths[-1], max(_NARROWEST, room - sum(w + 2 for w in widths[:-1])))
        for row in texts:
            made = [_padded(t, widths[i], i in numbers) for i, t in enumerate(row[:-1])]
            last = len(row) - 1
            end = _cut(row[last], widths[last]) if room else row[last]
            made.append(_padded(end, widths[last], True) if last in numbers else end)
            sys.stdout.write("  ".join(made).rstrip() + "\n")

    # -- everything else -----------------------------------------------------------------------------------------
    def note(self, key: str, /, **values: Any) -> None:
        """One sentence on stderr, unless ``--quiet``."""
        if not self.quiet:
            self._clear()
            sys.stderr.write(visible(say(key, **values)) + "\n")
            sys.stderr.flush()

    def warn(self, sentence: str) -> None:
        """A warning that is a sentence already, on stderr."""
        if not self.quiet:
            self._clear()
            sys.stderr.write(visible(say("cli.warning", sentence=sentence)) + "\n")

    def progress(self, stage: str, done: int, total: int) -> None:
        """Where a long job is: a line on a terminal, JSON lines with ``VINCULO_PROGRESS=json``, else nothing."""
        if os.environ.get("VINCULO_PROGRESS") == "json":
            sys.stderr.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
            sys.stderr.flush()
            return
        now = time.monotonic()
        if self.quiet or not sys.stderr.isatty() or now - self._drawn < _EVERY_S:
            return
        self._drawn = now
        doing = visible(_doing(stage))
        if total:
            text = say(
                "cli.progress.of", doing=doing, done=f"{done:,}", total=f"{total:,}", percent=100 * done // total
            )
        else:
            text = say("cli.progress.so_far", doing=doing, done=f"{done:,}") if done else doing
        text = _cut(text, shutil.get_terminal_size().columns - 1)
        sys.stderr.write("\r" + _padded(text, self._line, False))
        sys.stderr.flush()
        self._line = _width(text)

    def _clear(self) -> None:
        if self._line:
            sys.stderr.write("\r" + " " * self._line + "\r")
            sys.stderr.flush()
            self._line = 0


def _doing(stage: str) -> str:
    if has(f"progress.{stage}"):
        return say(f"progress.{stage}")
    if "vinculo.analytics.typology" in sys.modules:
        # the stages of detection are typologies
        from vinculo.analytics.typology import typologies

        if stage in typologies():
            return typologies()[stage].title.into()
    return stage.replace("_", " ")


def addressed(url: str) -> str:
    """The address of a store; a bare path is an SQLite file.

    Examples
    --------
    >>> addressed("case.db"), addressed("neo4j://host")
    ('sqlite:///case.db', 'neo4j://host')
    """
    return url if "://" in url else f"sqlite:///{url}"


def worded(usage: str) -> str:
    """Placeholders of a usage line (FILE, NAME) in the reader's language.

    Examples
    --------
    >>> worded("--dataset NAME")
    '--dataset NAME'
    """
    return re.sub("[A-Z_]{2,}", lambda m: say(f"cli.word.{m[0]}") if has(f"cli.word.{m[0]}") else m[0], usage)


def cell(value: object) -> str:
    """A value as tables show it.

    Examples
    --------
    >>> cell(12666), cell(0.5), cell(None)
    ('12,666', '0.50', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("cli.yes" if value else "cli.no")
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def visible(text: str) -> str:
    """The text with control and direction marks made visible, so that data cannot steer a terminal.

    Examples
    --------
    >>> visible("a" + chr(27) + "[31m")
    'a\\\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() or c == " " else ascii(c)[1:-1] for c in text)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text) if not text.isascii() else 0
    marks = sum(unicodedata.combining(c) != 0 for c in text) if not text.isascii() else 0
    return len(text) + wide - marks


def _padded(text: str, width: int, right: bool) -> str:
    fill = " " * (width - _width(text))
    return fill + text if right else text + fill


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return text + "…"
