"""Communities kept under a name, to compare later results with and among the findings."""

from __future__ import annotations

import streamlit as st

from vinculo.analytics.community_keeping import forget_communities, kept_runs
from vinculo.dashboard import cases
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import escaped, number, t


def _forget(name: str) -> None:
    with cases.writing() as store:
        forget_communities(store, name)


def runs() -> None:
    """What is kept under a name, to compare later results with and among the findings."""
    made = kept_runs(cases.store())
    if not made:
        return
    with st.expander(t("communities.runs", count=number(len(made)))):
        for name, run in reversed(made.items()):
            row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
            state = "" if run["current"] else " · " + t("communities.outdated")
            words = (
                f"{name} · {t('communities.' + run['method'])} · {spoken(run['when'])} · {number(run['communities'])}"
            )
            row.html(f"<div class='v-remark'>{escaped(words + state)}</div>", width="content")
            row.space("stretch")
            row.button(
                t("delete"),
                key=f"forget-{name}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_forget,
                args=(name,),
            )
