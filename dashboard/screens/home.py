"""What the case holds, how fresh it is, and what to do next."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, downloads, frame, unseen
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import dataset_title, into, number, t
from vinculo.graph.evidence import grounded
from vinculo.graph.schema import kind

#: Kinds shown as figures; the rest stand in the table.
FIGURES = 8


def figures() -> None:
    """How many of each kind."""
    counts = cases.counts()
    entities = sorted(counts["entities"].items(), key=lambda kv: (-kv[1], kv[0]))
    columns = st.columns(FIGURES // 2)
    links = sum(counts["links"].values())
    shown = [(t("home.all_entities"), sum(counts["entities"].values())), (t("home.all_links"), links)]
    shown += [(into(kind(name).plural) or name, n) for name, n in entities[: FIGURES - 2]]
    for place, (label, n) in enumerate(shown):
        columns[place % len(columns)].metric(label, number(n), border=True)
    with st.expander(t("home.all_kinds")):
        rows = [
            {t("kind"): into(kind(name).label), t("count"): n, t("what"): t(many)}
            for many in ("entities", "links")
            for name, n in sorted(counts[many].items(), key=lambda kv: (-kv[1], kv[0]))
        ]
        downloads.table(rows, "kinds", key="kinds", height=320)


def freshness() -> None:
    """The last file of each dataset that is seen, newest first."""
    st.markdown(f"##### {t('home.freshness')}")
    hidden = {s.key for s in cases.store().unpublished()}
    last = {run.source.dataset: run for run in cases.store().runs() if run.source.key not in hidden}
    rows = [
        {
            t("dataset"): dataset_title(run.source.dataset),
            t("file"): run.source.file,
            t("when"): spoken(run.finished or run.started),
            t("state"): t(f"run.{run.status}"),
            t("records"): run.counts.get("read", 0),
        }
        for run in sorted(last.values(), key=lambda r: r.started, reverse=True)
    ]
    downloads.table(rows, "freshness", key="freshness")


def next_steps() -> None:
    """Where to go from here."""
    st.markdown(f"##### {t('home.next')}")
    findings = len(grounded(cases.store(), cases.store().findings()))
    if findings:
        frame.link("findings", t("home.see_findings", count=number(findings)), ":material/flag:")
    else:
        frame.link("findings", t("home.detect"), ":material/flag:")
    frame.link("search", t("home.search"), ":material/search:")
    frame.link("chart", t("home.chart"), ":material/hub:")
    frame.link("communities", t("home.communities"), ":material/workspaces:")
    frame.link("data", t("home.data"), ":material/upload_file:")


def _load_demo() -> None:
    frame.start_job("demo", ["demo", "--no-dashboard"])


def demo_button(kind_of_button: str = "secondary") -> None:
    """Load the made-up case, as a command of its own."""
    st.button(
        t("home.load_demo"),
        icon=":material/science:",
        key="load_demo",
        on_click=_load_demo,
        type="primary" if kind_of_button == "primary" else "secondary",
        disabled=bool(jobs().running(cases.current())),
    )


frame.header(t("page.home"))
unseen.hint()
if cases.is_empty():
    with frame.empty("home.empty", "hub"):
        row = st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center")
        with row:
            demo_button("primary")
            frame.link("data", t("load_a_file"), ":material/upload_file:")
    frame.job_list()
else:
    figures()
    left, right = st.columns([3, 1], gap="medium")
    with left:
        freshness()
    with right:
        next_steps()
    frame.job_list()
