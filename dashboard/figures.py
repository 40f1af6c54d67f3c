"""Published figures kept beside the case: which there are, their rows, and both as files. They make no entities and no links."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, downloads
from vinculo.dashboard.wording import escaped, into, number, remark, seen, t
from vinculo.graph.context import Kept, kept_tables
from vinculo.ingest.context import context_tables
from vinculo.ingest.context.reading import read_context

#: Rows shown of a table; its file has them all.
SHOWN = 500


def show() -> None:
    """The tables of this case; nothing where there is none."""
    kept = kept_tables(cases.store())
    if not kept:
        return
    st.markdown(f"##### {t('figures.title')}")
    remark(t("figures.about"))
    downloads.table([_row(k) for k in kept], "figures", key="figures", hidden=("sha256",))
    titles = {k.source.dataset: title(k.source.dataset) for k in kept}
    name = st.selectbox(
        t("figures.which"),
        ["", *titles],
        format_func=({"": t("figures.none_chosen")} | titles).__getitem__,
        key="figures_which",
    )
    if name:
        rows(name)


def title(name: str) -> str:
    """What a table is called."""
    known = context_tables().get(name)
    return into(known.title) if known else seen(name)


def _row(kept: Kept) -> dict[str, Any]:
    known = context_tables().get(kept.source.dataset)
    return {
        t("dataset"): title(kept.source.dataset),
        t("file"): seen(kept.source.file),
        t("figures.publisher"): known.publisher if known else "",
        t("records"): kept.counts.get("loaded", 0),
        t("count.rejected"): kept.counts.get("rejected", 0),
        "sha256": kept.source.sha256,
    }


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(url: str, version: str, name: str) -> Any:
    return read_context(cases.reader(url), name)


def _csv(url: str, version: str, name: str) -> bytes:
    """The whole table; made when it is asked for, in a thread without a session."""
    table = _read(url, version, name)
    return downloads.csv_bytes(table.to_pylist(), table.column_names)


def rows(name: str) -> None:
    """The first rows of a table, and all of them as a file."""
    at = (cases.current(), cases.store().version(), name)
    with st.spinner(t("layout.looking")):
        table = _read(*at)
    shown = table.slice(0, SHOWN).drop_columns([c for c in ("sha256", "line") if c in table.column_names])
    known = context_tables().get(name)
    if known:
        terms = " · ".join(x for x in (into(known.description), known.publisher, known.licence, known.url) if x)
        st.html(f"<div class='v-remark'>{escaped(terms)}</div>")
    st.dataframe(shown.to_pylist(), hide_index=True, height=400, key=f"figures-{name}", placeholder="")
    if table.num_rows > SHOWN:
        remark(t("figures.first", count=number(SHOWN), total=number(table.num_rows)))
    st.download_button(
        t("download_csv"),
        data=partial(_csv, *at),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"csv-figures-{name}",
    )
