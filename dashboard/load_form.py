"""Loading files: chosen or named by a path, recognised or read by a layout of the case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, frame, layouts, uploads
from vinculo.dashboard.wording import into, language, notice, number, remark, seen, size_said, t, tm
from vinculo.graph.errors import VinculoError
from vinculo.ingest import profile as profiles
from vinculo.ingest.formats.limits import MEMBERS, RATIO, TOTAL
from vinculo.ingest.recognise import datasets

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
