"""Words and values on a page: ours in two languages, the data's never as markup.

Streamlit draws labels as Markdown, in which a name from a file could fetch a picture from somebody's server. So every value
goes through :func:`plain` where a widget takes Markdown, and through ``html.escape`` where we write HTML ourselves.
"""

from __future__ import annotations

import html
import math
import re
import string
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from vinculo.graph.palette import Theme, node_image
from vinculo.graph.reference import meaning
from vinculo.graph.schema import UNREADABLE, kind, unread
from vinculo.graph.text import LANGUAGES, Text, has, say

_PUNCTUATION = frozenset(string.punctuation)
#: Control, zero-width and direction-changing characters: they let a name look like another one.
_UNSEEN = dict.fromkeys(
    [
        *range(32),
        127,
        *range(0x80, 0xA0),
        0x061C,
        0x200B,
        0x200E,
        0x200F,
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xD800, 0xE000),
    ],
    " ",
)


def language() -> str:
    """The reader's language: what they chose, else the address, else the browser."""
    return str(st.session_state.get("language", "en"))


def choose_language() -> str:
    """Settle the language at the start of a run and return it."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state.language = asked
    elif "language" not in st.session_state:
        st.session_state.language = "es" if (st.context.locale or "").lower().startswith("es") else "en"
    return language()


def t(key: str, /, **values: Any) -> str:
    """A phrase of the dashboard (``dashboard.KEY``) in the reader's language. Not escaped: see :func:`tm`."""
    return say(f"dashboard.{key}", language(), **values)


def tm(key: str, /, **values: Any) -> str:
    """The same for a widget that draws Markdown: values are made inert."""
    return t(key, **{name: plain(value) for name, value in values.items()})


def into(text: Text) -> str:
    """A phrase in the reader's language."""
    return text.into(language())


def stage(name: str) -> str:
    """What a command is doing, as its progress lines call it."""
    for key in (f"dashboard.stage.{name}", f"progress.{name}", f"stage.{name}"):
        if has(key):
            return say(key, language())
    return seen(name).replace("_", " ")


def dataset_title(name: str) -> str:
    """What a dataset is called; one of a person's own mapping goes by its name."""
    from vinculo.ingest.context import context_tables
    from vinculo.ingest.recognise import datasets

    known = datasets().get(name) or context_tables().get(name)
    return into(known.title) if known else name


def seen(value: object) -> str:
    """A value on one line without characters that nobody can see.

    Examples
    --------
    >>> seen("a\\u202eb\\nc")
    'a b c'
    """
    return " ".join(str(value).translate(_UNSEEN).split())


def plain(value: object) -> str:
    """A value, safe inside Streamlit's Markdown: every ASCII punctuation mark is escaped.

    Examples
    --------
    >>> print(plain("![x](http://a)"))
    \\!\\[x\\]\\(http\\:\\/\\/a\\)
    """
    return "".join("\\" + c if c in _PUNCTUATION else c for c in seen(value))


def short_label(text: object, width: int = 18, lines: int = 2) -> str:
    """At most so many lines of about so many characters, for the canvas; the panel shows the whole value.

    Examples
    --------
    >>> short_label("Comercializadora del Bajío S.A. de C.V.").splitlines()
    ['Comercializadora', 'del Bajío S.A. de…']
    """
    made = [""]
    for word in seen(text).split(" "):
        if made[-1] and len(made[-1]) + 1 + len(word) > width:
            made.append("")
        made[-1] = (made[-1] + " " + word).strip()
    made = [line if len(line) <= width + 4 else line[: width + 3] + "…" for line in made]
    return "\n".join(made) if len(made) <= lines else "\n".join(made[:lines]).rstrip("…") + "…"


def number(value: float, digits: int = 0) -> str:
    """A number with thousands set apart, as both languages of Mexico's border write it."""
    return f"{value:,.{digits}f}"


def exact(value: float) -> str:
    """A number with its cents, where there are any.

    Examples
    --------
    >>> exact(9500), exact(45638.5)
    ('9,500', '45,638.50')
    """
    return number(value, 0 if float(value).is_integer() else 2)


def size_said(size: int) -> str:
    """How large a file is.

    Examples
    --------
    >>> size_said(800), size_said(1 << 20), size_said(35_000_000)
    ('0.8 kB', '1.0 MB', '33.4 MB')
    """
    return f"{number(size / (1 << 20), 1)} MB" if size >= 1 << 20 else f"{number(size / (1 << 10), 1)} kB"


def escaped(value: object) -> str:
    """A value for HTML of our own."""
    return html.escape(seen(value))


def words_of(text: str) -> str:
    """The words of a value alone, to name a field by: a field's name is drawn as Markdown, in which an address becomes a link.

    Examples
    --------
    >>> words_of("Peso (lb)"), words_of("![x](http://a.b/c)")
    ('Peso lb', 'x http a b c')
    """
    return " ".join(re.findall(r"[^\W_]+", seen(text)))


def notice(lines: Iterable[str], *, urgent: bool = False) -> None:
    """Sentences that may hold values, in a box; ``urgent`` where something stands in the way."""
    told = "".join(f"<div>{escaped(line)}</div>" for line in lines)
    st.html(f"<div class='v-notice{' urgent' if urgent else ''}' role='status'>{told}</div>")


def alarm(title: str, line: str) -> None:
    """What nobody may overlook before reading on: a heading and a sentence in a frame of its own."""
    st.html(f"<div class='v-alarm' role='alert'><b>{escaped(title)}</b><div>{escaped(line)}</div></div>")


def remark(line: str) -> None:
    """A remark that may hold values: ``st.caption`` would make links of addresses in it, even escaped."""
    st.html(f"<div class='v-remark'>{escaped(line)}</div>")


def facts_table(rows: Iterable[tuple[str, str, Sequence[str]]]) -> None:
    """Label, value, sources: literal text, selectable, wrapped.

    A label is written once for values that follow one another. Where every value stands in the same records, these are
    written once, at the end.
    """
    made = list(rows)
    origins = {tuple(sources) for _, _, sources in made}
    if len(made) > 1 and len(origins) == 1 and any(origins):
        made = [(label, value, ()) for label, value, _ in made] + [(t("sources"), "", [*origins.pop()])]
    cells, before = [], None
    for label, value, sources in made:
        told = "".join(f"<small>{escaped(s)}</small>" for s in sources)
        cells.append(f"<span>{escaped(label) if label != before else ''}</span><span>{escaped(value)}{told}</span>")
        before = label
    st.html(f"<div class='v-facts'>{''.join(cells)}</div>")


def value_said(kind_name: str, name: str, value: str) -> str:
    """A value as a person says it: a country by its name, a number with its thousands, a code of ours in words.

    Examples
    --------
    >>> value_said("Company", "country", "mx"), value_said("PAID", "amount", "37054"), value_said("PAID", "method", "ach")
    ('Mexico', '37,054', 'clearing house (ACH)')
    """
    if name == UNREADABLE:
        return into(unread(kind_name, value))
    known = kind(kind_name).properties.get(name)
    if has(f"dashboard.value.{name}.{value}"):
        return t(f"value.{name}.{value}")
    match known.type if known else "":
        case "number":
            made = figure(value)
            return value if made is None else exact(made)
        case "date":
            return value.replace("T", " ")
        case "country":
            from vinculo.ingest.clean.countries import country_names

            return into(country_names()[value]) if value in country_names() else value
    meant = meaning(kind_name, name, value)
    return f"{value} ({meant.label})" if meant else value


def figure(value: str) -> float | None:
    """The number a value is, else nothing.

    Examples
    --------
    >>> figure("9500"), figure("nan"), figure("9,500")
    (9500.0, None, None)
    """
    try:
        made = float(value)
    except ValueError:
        return None
    return made if math.isfinite(made) else None


def unit_said(unit: str) -> str:
    """What a unit of a measure is called; one that has no name of ours (``USD / PCS``) stays as it is."""
    key = "unit." + re.sub("[^a-z0-9]+", "_", unit.lower()).strip("_")
    return t(key) if has(f"dashboard.{key}") else unit


def icon(kind_name: str, status: str = "") -> str:
    """The picture of a kind, in the colours of the page as it looks now."""
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    return node_image(kind(kind_name).appearance, theme, kind=kind_name, status=status)
