"""Files of the case: their rejected records, and taking one back."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, downloads, frame
from vinculo.dashboard.wording import dataset_title, remark, seen, t
from vinculo.graph.types import Source


def _label(source: Source) -> str:
    marks = [t("synthetic")] * source.synthetic + [t("tainted")] * bool(source.taint)
    return " · ".join([seen(source.file or source.sha256[:12]), dataset_title(source.dataset), *marks])


def rejects(sources: list[Source]) -> None:
    """Records that could not be used, and why."""
    st.markdown(f"##### {t('data.rejects')}")
    ended = ("done", "held", "interrupted")
    counted = {r.source.key: r.counts.get("rejected", 0) for r in cases.store().runs() if r.status in ended}
    some = [s for s in sources if counted.get(s.key)]
    if not some:
        st.caption(t("data.no_rejects"))
        return
    labels = {s: _label(s) for s in some}
    source = st.selectbox(t("data.which_source"), some, format_func=labels.__getitem__, key="reject_source")
    language = st.session_state.language
    rows = [
        {
            t("record"): r["record"],
            t("line"): r["line"],
            t("column"): r["column"],
            t("reason"): r[language],
            t("raw"): seen(r["raw"]),
            "code": r["code"],
        }
        for r in cases.store().rejects(source).to_pylist()
    ]
    downloads.table(rows, "rejects", key="rejects", height=260, hidden=("code",))


def withdraw(sources: list[Source]) -> None:
    """Take a source back: exactly what only it asserts goes."""
    st.markdown(f"##### {t('data.withdraw')}")
    st.caption(t("data.withdraw_hint"))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    source = left.selectbox(
        t("data.which_source"), sources, format_func={s: _label(s) for s in sources}.__getitem__, key="withdraw_source"
    )
    with right.popover(t("data.withdraw_button"), icon=":material/delete:"):
        remark(t("data.withdraw_sure", source=_label(source)))
        if st.button(t("data.withdraw_yes"), type="primary", key="withdraw_yes"):
            frame.start_job(
                "withdraw", ["withdraw", source.sha256, "--dataset", source.dataset, "--yes"], file=source.file
            )
            st.rerun()
