"""Tables as files that open in a spreadsheet and do nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from vinculo.dashboard import cases
from vinculo.dashboard.wording import t

#: Height of a row of ``st.dataframe``.
ROW_PX = 35
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> object:
    """A value as a spreadsheet may have it: text that would be read as a formula gets an apostrophe in front.

    Examples
    --------
    >>> cell("=1+1"), cell("ACME"), cell(-5)
    ("'=1+1", 'ACME', -5)
    """
    if isinstance(value, str):
        clean = value.encode("utf-8", "replace").decode()
        return "'" + clean if clean.startswith(_FORMULA) else clean
    return "" if value is None else value


def csv_bytes(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Rows as CSV in UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(c) for c in columns])
    writer.writerows([cell(row.get(c)) for c in columns] for row in rows)
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def download(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    *,
    key: str,
    columns: Sequence[str] | None = None,
    cleared: bool = False,
) -> None:
    """A button that gives these rows as CSV.

    In a case with suspicious-activity reports a person has to ask for it, unless the rows are ``cleared``: they tell nothing
    of what only reports do, or that was asked for already.
    """
    if not cleared and cases.has_reports() and not st.checkbox(t("download_reports"), key=f"reports-{key}"):
        return
    heads = list(columns or (rows[0] if rows else ()))
    st.download_button(
        t("download_csv"),
        # made when it is pressed, in a thread without a session: everything it needs is bound here
        data=partial(csv_bytes, list(rows), heads),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"csv-{key}",
    )


def table(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    *,
    key: str,
    height: int | str = "auto",
    select: bool = False,
    columns: Mapping[str, Any] | None = None,
    hidden: Sequence[str] = (),
    shared: Sequence[Mapping[str, Any]] | None = None,
    whole: Sequence[Mapping[str, Any]] | None = None,
) -> int | None:
    """A table with its download; with ``select``, the number of the row a person has clicked.

    ``hidden`` columns are in the file only. ``shared`` are the rows of the file, where not all that is shown may go out;
    ``whole`` are those of a table of which only a part is shown.
    """
    # nor are columns that no row fills
    empty = {k for k in (rows[0] if rows else ()) if all(row.get(k) in ("", None) for row in rows)}
    shown = [{k: v for k, v in row.items() if k not in hidden and k not in empty} for row in rows]
    # a fixed height only where it is needed, or a short table stands over empty rows
    figures = {c for row in shown for c, v in row.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    broken = {c for c in figures if any(isinstance(row.get(c), float) for row in shown)}
    columns = {
        c: st.column_config.NumberColumn(format="accounting" if c in broken else "localized") for c in figures
    } | dict(columns or {})
    tall = height if isinstance(height, str) or len(rows) * ROW_PX > height else "content"
    # an empty cell is empty; Streamlit would write "None" into it
    options: dict[str, Any] = {
        "hide_index": True, "height": tall, "key": key, "column_config": columns, "placeholder": "",
    }  # fmt: skip
    chosen: int | None = None
    if select:
        state = st.dataframe(shown, on_select="rerun", selection_mode="single-row", **options)
        picked = state["selection"]["rows"]
        chosen = int(picked[0]) if picked and picked[0] < len(rows) else None
    else:
        st.dataframe(shown, **options)
    given = next((some for some in (shared, whole) if some is not None), rows)
    download(given, name, key=key, columns=list(rows[0]) if rows else None, cleared=shared is not None)
    return chosen
