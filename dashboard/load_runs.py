"""What became of every file that was loaded, batch by batch where it is asked."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, downloads
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import dataset_title, number, seen, t
from vinculo.graph.types import Run
from vinculo.ingest.publishing import PUBLISHED, kept_of, pace, written_at
from vinculo.ingest.report import COUNTS


def runs() -> None:
    """Every file's loading, with where each of its records went."""
    st.markdown(f"##### {t('data.runs')}")
    made = cases.store().runs()
    if not made:
        st.caption(t("data.no_runs"))
        return
    store = cases.store()
    rows = [
        {
            t("run"): run.number,
            t("dataset"): dataset_title(run.source.dataset),
            t("file"): seen(run.source.file),
            t("when"): spoken(run.finished or run.started),
            t("state"): t(f"run.{run.status}"),
            **{t(f"count.{c}"): run.counts.get(c, 0) for c in COUNTS},
            t("data.vouched"): seen(kept_of(store, PUBLISHED, run).get("reason", "")),
            "sha256": run.source.sha256,
        }
        for run in reversed(made)
    ]
    downloads.table(rows, "runs", key="runs", hidden=("sha256",))
    if st.toggle(t("data.batches"), key="batches_shown"):
        batches(list(reversed(made)))


def batches(made: list[Run]) -> None:
    """When each batch of a run was written."""
    run = st.selectbox(t("run"), made, format_func=lambda r: f"{r.number} · {seen(r.source.file)}", key="batches_run")
    speed = pace(run)
    if speed:
        st.caption(t("data.pace", count=number(round(speed))))
    rows = [
        {t("data.batch"): n, t("data.records"): records, t("data.written"): spoken(at, seconds=True)}
        for n, records, at in written_at(cases.store(), run)
    ]
    if rows:
        downloads.table(rows, "batches", key="batches")
    else:
        st.caption(t("data.no_batches"))
