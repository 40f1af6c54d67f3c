"""Files in and out of a case: load, runs, what was rejected, withdraw; and which case it is."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from vinculo.dashboard import cases, downloads, frame
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import dataset_title, escaped, into, plain, remark, seen, t, tm
from vinculo.graph.errors import VinculoError
from vinculo.graph.settings import load_settings
from vinculo.graph.stores import hide_password, open_store
from vinculo.graph.types import Source
from vinculo.ingest.recognise import datasets

COUNTS = ("read", "loaded", "duplicate_in_file", "already_there", "rejected", "entities", "links")


def _kept(name: str, content: bytes) -> Path:
    """An uploaded file on disk, under its own name in a folder of its own; the command reads it from there."""
    folder = load_settings().data_folder / "uploads"
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in Path(name).name)[-120:].lstrip(".") or "file"
    turn = 1
    while (place := folder / f"{turn:04d}").exists():
        turn += 1
    place.mkdir(parents=True)
    path = place / safe
    path.write_bytes(content)
    return path


def _ingest(paths: list[str], dataset: str) -> None:
    arguments = ["ingest", *paths] + (["--dataset", dataset] if dataset else [])
    names = ", ".join(Path(p).name for p in paths)
    frame.start_job("ingest", arguments, files=names)


def load() -> None:
    """Choose files, or name a path, and load them as a command of its own."""
    st.markdown(f"##### {t('data.load')}")
    known = datasets()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = st.file_uploader(t("data.upload"), accept_multiple_files=True, key="upload")
        path = st.text_input(t("data.path"), key="path", placeholder=t("data.path_hint"))
    with right:
        dataset = st.selectbox(
            t("dataset"),
            ["", *known],
            format_func=lambda n: into(known[n].title) if n else t("data.recognise"),
            key="dataset",
        )
        st.caption(t("data.recognise_hint"))
        if st.button(t("data.start"), type="primary", key="start", icon=":material/play_arrow:"):
            paths = [str(_kept(f.name, f.getvalue())) for f in files or ()]
            if path and path.strip():
                paths.append(str(Path(path.strip()).expanduser()))
            if not paths:
                st.warning(t("data.no_file"))
            elif missing := [p for p in paths if not Path(p).exists()]:
                st.warning(tm("data.missing", file=missing[0]))
            else:
                _ingest(paths, dataset or "")
                st.rerun()


def runs() -> None:
    """Every file's loading, with where each of its records went."""
    st.markdown(f"##### {t('data.runs')}")
    made = cases.store().runs()
    if not made:
        st.caption(t("data.no_runs"))
        return
    rows = [
        {
            t("run"): run.number,
            t("dataset"): dataset_title(run.source.dataset),
            t("file"): seen(run.source.file),
            t("when"): spoken(run.finished or run.started),
            t("state"): t(f"run.{run.status}"),
            **{t(f"count.{c}"): run.counts.get(c, 0) for c in COUNTS},
            "sha256": run.source.sha256,
        }
        for run in reversed(made)
    ]
    downloads.table(rows, "runs", key="runs", hidden=("sha256",))


def _label(source: Source) -> str:
    marks = [t("synthetic")] * source.synthetic + [t("tainted")] * bool(source.taint)
    return " · ".join([seen(source.file or source.sha256[:12]), dataset_title(source.dataset), *marks])


def rejects(sources: list[Source]) -> None:
    """Records that could not be used, and why."""
    st.markdown(f"##### {t('data.rejects')}")
    counted = {r.source.key: r.counts.get("rejected", 0) for r in cases.store().runs() if r.status == "done"}
    some = [s for s in sources if counted.get(s.key)]
    if not some:
        st.caption(t("data.no_rejects"))
        return
    source = st.selectbox(t("data.which_source"), some, format_func=_label, key="reject_source")
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
    source = left.selectbox(t("data.which_source"), sources, format_func=_label, key="withdraw_source")
    with right.popover(t("data.withdraw_button"), icon=":material/delete:"):
        st.markdown(tm("data.withdraw_sure", source=_label(source)))
        if st.button(t("data.withdraw_yes"), type="primary", key="withdraw_yes"):
            frame.start_job(
                "withdraw", ["withdraw", source.sha256, "--dataset", source.dataset, "--yes"], file=source.file
            )
            st.rerun()


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


frame.header(t("page.data"))
load()
frame.job_list(6)
if cases.is_empty():
    frame.empty("data.empty", "upload_file", height=160)
else:
    runs()
    there = cases.store().sources()
    one, other = st.columns(2, gap="medium")
    with one:
        rejects(there)
    with other:
        withdraw(there)
which_case()
