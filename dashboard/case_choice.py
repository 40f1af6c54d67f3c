"""Which case is at hand, those opened lately, and another by its address."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases
from vinculo.dashboard.wording import escaped, plain, remark, t
from vinculo.graph.errors import VinculoError
from vinculo.graph.stores import hide_password, open_store


def _switch(url: str) -> None:
    try:
        cases.switch(url)
    except VinculoError as problem:
        st.session_state.case_problem = problem


def which_case() -> None:
    """The case at hand, those opened lately, and another by its address."""
    st.markdown(f"##### {t('data.cases')}")
    remark(t("data.case_now", name=cases.label(cases.current()), url=hide_password(cases.current())))
    problem = st.session_state.pop("case_problem", None)
    if problem is not None:
        st.error(plain(f"{problem.message(st.session_state.language)} {problem.hint(st.session_state.language)}"))
    others = [u for u in cases.recent() if u != cases.current()]
    for url in others[:10]:
        row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        row.button(
            plain(cases.label(url)),
            key=f"case-{cases.key(url)}",
            icon=":material/folder_open:",
            type="tertiary",
            on_click=_switch,
            args=(url,),
        )
        row.html(f"<span class='v-remark'>{escaped(hide_password(url))}</span>")
    with st.form("other_case", border=False):
        left, right = st.columns([4, 1], vertical_alignment="bottom")
        url = left.text_input(t("data.other_case"), key="other_url", placeholder="sqlite:////home/ana/case.db")
        if right.form_submit_button(t("open")) and url.strip():
            _open(url.strip())


def _open(url: str) -> None:
    try:
        # a new address becomes an empty case
        open_store(url).close()
        cases.switch(url)
    except VinculoError as problem:
        st.session_state.case_problem = problem
    st.rerun()
