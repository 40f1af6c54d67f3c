"""What every screen has round it: heading, case, badge, language, and plain words when something goes wrong."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vinculo.dashboard import cases, loaded, uploads
from vinculo.dashboard.jobs import Job, jobs
from vinculo.dashboard.wording import escaped, into, language, number, plain, stage, t
from vinculo.graph.errors import VinculoError
from vinculo.graph.text import LANGUAGES, Text, say

SCREENS = (
    "home",
    "search",
    "entity",
    "chart",
    "paths",
    "findings",
    "communities",
    "key_players",
    "missing_links",
    "phases",
    "disruption",
    "data",
    "layout",
)
_HERE = Path(__file__).parent


def style() -> None:
    """The few rules that have no setting. Streamlit's own class names are no promise, so nothing may depend on them."""
    st.html(f"<style>{(_HERE / 'page.css').read_text('utf-8')}</style>")


def run(page: Any) -> None:
    """Run a screen; an error of ours becomes its sentence and what to do."""
    try:
        page.run()
    except VinculoError as problem:
        sentence, hint = problem.message(language()), problem.hint(language())
        st.error(plain(sentence) + (f"\n\n{plain(hint)}" if hint else ""), icon=":material/error:")
        st.page_link(_HERE / "screens" / "data.py", label=t("go_to_data"), icon=":material/database:")


@cache
def settle(screen: str) -> None:
    """After the first run of a screen: what its modules made stays, and the collector need not walk it again.

    Streamlit collects after every rerun, with all threads waiting, and the larger part of a page's answer was held up by that.
    """
    gc.collect()
    gc.freeze()


def go(screen: str, **parameters: str) -> None:
    """Go to another screen with these parameters in its address."""
    st.switch_page(_HERE / "screens" / f"{screen}.py", query_params=parameters)


def link(screen: str, label: str, icon: str, **parameters: str) -> None:
    """A link to another screen; the label is ours or escaped already."""
    st.page_link(_HERE / "screens" / f"{screen}.py", label=label, icon=icon, query_params=parameters)


def _switch_language(to: str) -> None:
    st.session_state.language = to
    st.query_params["lang"] = to


def header(title: str) -> None:
    """Heading at the left; case, badge and the language switch at the right."""
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="header")
    bar.html(f"<h1 class='v-title'>{escaped(title)}</h1>")
    bar.space("stretch")
    bar.html(
        f"<span class='v-case'>{escaped(t('case'))}: <b>{escaped(cases.label(cases.current()))}</b></span>",
        width="content",
    )
    if made_up := cases.synthetic():
        bar.badge(
            t("synthetic") if made_up == "all" else t("synthetic.some"), color="orange", icon=":material/science:"
        )
    other = "en" if language() == "es" else "es"
    name = {"en": "English", "es": "Español"}[other]
    bar.button(
        name,
        key="language-switch",
        type="tertiary",
        icon=":material/translate:",
        on_click=_switch_language,
        args=(other,),
    )


def empty(key: str, icon: str, *, height: int = 260, **values: str) -> DeltaGenerator:
    """A bordered box that says what is not there and what to do; returns it, for links or buttons."""
    box = st.container(
        border=True, height=height, vertical_alignment="center", horizontal_alignment="center", gap="small"
    )
    box.markdown(f":material/{icon}:", text_alignment="center", width=460)
    # not Markdown: a value in it may hold an address, of which that would make a link
    box.html(f"<div class='v-empty'>{escaped(t(key, **values))}</div>", width="content")
    return box


def no_data() -> None:
    """The state of a case into which nothing was loaded."""
    box = empty("empty_case", "upload_file")
    with box:
        row = st.container(horizontal=True, horizontal_alignment="center")
        with row:
            link("data", t("load_a_file"), ":material/upload_file:")
            link("home", t("load_demo_hint"), ":material/science:")


# -- jobs --------------------------------------------------------------------------------------------------------
def start_job(
    title: str, arguments: list[str], *, then: Callable[[Job], None] | None = None, **values: str | Text
) -> None:
    """Start a command on this case, or say that enough are running; ``title`` is a key, ``values`` fill its blanks."""
    told = [{k: v.into(x) if isinstance(v, Text) else v for k, v in values.items()} for x in LANGUAGES]
    name = Text(*(say(f"dashboard.job.{title}", x, **some) for x, some in zip(LANGUAGES, told, strict=True)))
    made = jobs().start(name, arguments, then=then, case=cases.current(), language=language())
    if made is None:
        st.toast(t("jobs_full"), icon=":material/hourglass_empty:")


def job_list(limit: int = 4, *, of: str = "") -> None:
    """The commands of this case with their progress; refreshes itself while one is running.

    With ``of``, ended ones only of this command.
    """
    case = cases.current()
    running = bool(jobs().running(case))

    def told() -> list[Job]:
        return [j for j in jobs().of(case) if not of or j.state == "running" or j.arguments[0] == of][:limit]

    # the interval is fixed by the last full run, so ask for one when the work ends
    @st.fragment(run_every=1.0 if running else None)
    def listed() -> None:
        for job in told():
            _job(job)
        if running and not jobs().running(case):
            st.rerun()

    if told():
        st.markdown(f"##### {t('jobs')}")
        listed()


def _job(job: Job) -> None:
    left, right = st.columns([6, 1], vertical_alignment="center")
    if job.state == "running":
        said = stage(job.stage) if job.stage else t("job.starting")
        figures = f"{number(job.done)} / {number(job.total)}" if job.total else number(job.done) if job.done else ""
        left.progress(job.share, text=plain(f"{into(job.title)}: {said} {figures}"))
        right.button(t("cancel"), key=f"cancel-{job.id}", on_click=jobs().cancel, args=(job.id,))
        return
    state = loaded.ending(job)
    marks = {
        "done": "check_circle", "failed": "error", "partly": "rule", "held": "visibility_off", "cancelled": "cancel",
    }  # fmt: skip
    line = f"{into(job.title)}: {t(f'job.{state}')} ({number(max(0.0, job.ended - job.started), 1)} s)"
    left.markdown(f":material/{marks[state]}: {plain(line)}")
    if job.error and state == job.state:
        left.html(f"<div class='v-remark'>{escaped(uploads.without_folder(f'{job.error} {job.hint}'))}</div>")
    loaded.show_files(job)
    if loaded.columns_of(job):
        go("layout")
