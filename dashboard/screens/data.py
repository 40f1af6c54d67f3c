"""Files in and out of a case: load, runs, what was rejected, withdraw; and which case it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, downloads, figures, frame, layouts, unseen, uploads
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import (
    dataset_title,
    escaped,
    into,
    language,
    notice,
    number,
    plain,
    remark,
    seen,
    size_said,
    t,
    tm,
)
from vinculo.graph.errors import VinculoError
from vinculo.graph.stores import hide_password, open_store
from vinculo.graph.types import Run, Source
from vinculo.ingest import profile as profiles
from vinculo.ingest.formats.limits import MEMBERS, RATIO, TOTAL
from vinculo.ingest.publishing import PUBLISHED, kept_of, pace, written_at
from vinculo.ingest.recognise import datasets
from vinculo.ingest.report import COUNTS

#: Before the name of a kept layout among the datasets; no dataset's name holds a colon.
LAYOUT = "layout:"


def _ingest(paths: list[str], dataset: str) -> None:
    arguments = ["ingest", *paths]
    if dataset.startswith(LAYOUT):
        name = dataset.removeprefix(LAYOUT)
        text = profiles.as_text(profiles.kept(cases.store())[name])
        place = uploads.kept_text(f"{uploads.safe_name(name, 'layout')}.mapping.yml", text)
        arguments += ["--mapping", str(place)]
    elif dataset:
        arguments += ["--dataset", dataset]
    # our copies, and they alone, have done their work then
    frame.start_job(
        "ingest",
        arguments,
        then=lambda job: uploads.release(job.arguments),
        files=", ".join(Path(p).name for p in paths),
    )


def _told(problem: VinculoError) -> str:
    return f"{problem.message(language())} {problem.hint(language())}"


def _on_disk(files: Sequence[Any]) -> list[str]:
    """Where the files in the upload field are kept; each is written once, however often the page runs."""
    there: dict[str, str] = st.session_state.setdefault("uploaded", {})
    problems = []
    for file in files:
        if file.file_id not in there or uploads.gone(there[file.file_id]):
            try:
                there[file.file_id] = str(uploads.kept(file.name, file.getvalue()))
            except VinculoError as problem:
                there.pop(file.file_id, None)
                problems.append(_told(problem))
    if problems:
        notice(problems, urgent=True)
    return [there[f.file_id] for f in files if f.file_id in there]


def load() -> None:
    """Choose files, or name a path, and load them as a command of its own."""
    st.markdown(f"##### {t('data.load')}")
    known = datasets()
    mine = list(profiles.kept(cases.store()))
    titles = {"": t("data.recognise")} | {LAYOUT + n: t("data.layout", name=seen(n)) for n in mine}
    titles |= {n: into(d.title) for n, d in known.items()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        files = st.file_uploader(
            t("data.upload"), accept_multiple_files=True, key="upload", max_upload_size=uploads.LARGEST_MIB
        )
        limits = {"size": uploads.LARGEST_MIB, "files": number(MEMBERS), "total": number(TOTAL >> 20), "ratio": RATIO}
        st.caption(t("data.limits", **limits))
        st.caption(t("data.copies", days=uploads.KEPT_DAYS, total=number(uploads.KEPT_MIB)))
        path = st.text_input(t("data.path"), key="path", placeholder=t("data.path_hint"))
    with right:
        dataset = st.selectbox(
            t("dataset"),
            list(titles),
            format_func=titles.__getitem__,
            key="dataset",
        )
        st.caption(t("data.recognise_hint"))
        pressed = st.button(t("data.start"), type="primary", key="start", icon=":material/play_arrow:")
        frame.link("layout", t("data.own_layout"), ":material/table_view:")
        archives(files or ())
        offering = bool(mine and not dataset)
        paths = _on_disk(files or ()) if pressed or offering else []
        if offering:
            offer(paths)
        if pressed and len(paths) == len(files or ()):
            start(paths, path or "", dataset or "")


def start(paths: list[str], path: str, dataset: str) -> None:
    """Load what was chosen, or say what is wanting."""
    if path.strip():
        paths.append(str(Path(path.strip()).expanduser()))
    if not paths:
        st.warning(t("data.no_file"))
    elif missing := [p for p in paths if not Path(p).exists()]:
        st.warning(tm("data.missing", file=missing[0]))
    else:
        try:
            _ingest(paths, dataset)
        except VinculoError as problem:
            notice([_told(problem)], urgent=True)
        else:
            st.rerun()


def archives(files: Sequence[Any]) -> None:
    """What each archive among the files says it holds, before it is loaded."""
    for file in files:
        told = uploads.packed(file)
        if told is None:
            continue
        size = size_said(told.unpacked)
        remark(t("data.packed", file=seen(file.name), files=number(told.files), size=size))
        if not told.fits:
            limits = {"files": number(MEMBERS), "total": number(TOTAL >> 20)}
            notice([t("data.packed_too_much", file=file.name, **limits)], urgent=True)


def offer(paths: list[str]) -> None:
    """Say where the columns of a file are those of a layout kept with the case."""
    for path in paths:
        try:
            names = profiles.fitting(cases.store(), [c.header for c in layouts.guessed(path).columns])
        except VinculoError:
            # what is no table has no layout; loading it says what it is
            continue
        if names:
            notice([t("data.known_layout", file=Path(path).name, name=names[0])])
            st.button(t("data.use_layout"), key="use_layout", on_click=_choose, args=(LAYOUT + names[0],))
            return


def _choose(dataset: str) -> None:
    st.session_state.dataset = dataset


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
unseen.show()
if not cases.is_empty() or cases.store().runs():
    runs()
there = cases.store().sources()
if cases.is_empty():
    frame.empty("data.empty", "upload_file", height=160)
one, other = st.columns(2, gap="medium")
if cases.store().runs():
    with one:
        # of what nobody sees yet too: they may be why
        rejects([*there, *cases.store().unpublished()])
if there:
    with other:
        withdraw(there)
figures.show()
which_case()
