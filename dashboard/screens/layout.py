"""A file nobody knows: what its columns are, said by a person; what its records become, before anything is stored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import streamlit as st

from vinculo.dashboard import cases, downloads, frame, layouts, uploads
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.layout_form import KEEP, SURE, columns, meaning, the_rest
from vinculo.dashboard.preview import show_records
from vinculo.dashboard.wording import dataset_title, escaped, language, notice, remark, seen, t, tm
from vinculo.graph.errors import VinculoError
from vinculo.ingest import profile as profiles
from vinculo.ingest.profile import Profile

#: Rows of columns shown without a scroll bar, and the height of more.
ROWS = 12
TALL = 600


# -- which file ----------------------------------------------------------------------------------------------------
def _make_way() -> None:
    """The copy that is on the page goes, unless it is being loaded."""
    before = st.session_state.get("layout_file", "")
    if not any(before in job.arguments for job in jobs().running(cases.current())):
        uploads.release([before])


def _uploaded() -> None:
    given = st.session_state.get("layout_upload")
    if given is not None:
        _make_way()
        try:
            st.session_state.layout_file = str(uploads.kept(given.name, given.getvalue()))
        except VinculoError as problem:
            st.session_state.layout_problem = said(problem)


def _named() -> None:
    path = (st.session_state.get("layout_path") or "").strip()
    if path:
        _make_way()
        st.session_state.layout_file = str(Path(path).expanduser())


def which_file() -> None:
    """Upload a file or name one; one that was handed over from another page is there already."""
    left, right = st.columns([3, 2], gap="medium")
    left.file_uploader(
        t("layout.upload"),
        key="layout_upload",
        on_change=_uploaded,
        type=["csv", "tsv", "txt", "xlsx", "xlsm", "gz"],
        max_upload_size=uploads.LARGEST_MIB,
    )
    right.text_input(t("data.path"), key="layout_path", placeholder=t("data.path_hint"), on_change=_named)
    with right:
        remark(t("layout.about"))


# -- what it is ----------------------------------------------------------------------------------------------------
def starting(path: str) -> tuple[Profile, str, str]:
    """The profile to begin with, the name it goes by, and a key for what is chosen on top of it."""
    guess = layouts.guessed(path)
    known = profiles.fitting(cases.store(), [c.header for c in guess.columns])
    begin = ""
    if known:
        notice([t("layout.known", names=", ".join(known))])
        begin = st.selectbox(
            t("layout.begin"),
            [*known, ""],
            format_func=({n: seen(n) for n in known} | {"": t("layout.begin_anew")}).__getitem__,
            key=f"{cases.key(path)}-begin",
            persist_state=KEEP,
        )
    if begin:
        return profiles.like(layouts.opened(path), profiles.kept(cases.store())[begin]), begin, f"kept-{begin}"
    titles = {name: dataset_title(name) for name in profiles.templates()}
    options = list(titles)
    template = st.selectbox(
        t("layout.template"),
        options,
        index=options.index(guess.dataset.name),
        format_func=titles.__getitem__,
        key=f"{cases.key(path)}-template",
        help=t("layout.template_help"),
        persist_state=KEEP,
    )
    if guess.doubtful and template == guess.dataset.name:
        notice([t("layout.doubtful")])
    if guess.others and template == guess.dataset.name:
        st.caption(tm("layout.others", others=", ".join(map(dataset_title, guess.others))))
    found = guess if template == guess.dataset.name else layouts.guessed(path, template)
    return found, Path(path).name.split(".")[0], template


# -- what is unsure, and what it becomes -----------------------------------------------------------------------------
def problems(profile: Profile) -> list[str]:
    """What must be put right before anything can be read; sentences."""
    told = []
    for meant, count in Counter(c.meant for c in profile.columns if c.meant).items():
        if count > 1:
            heads = ", ".join(c.header for c in profile.columns if c.meant == meant)
            told.append(t("layout.twice", column=meaning(meant), headers=heads))
    if profile.missing:
        told.append(t("layout.missing", columns=", ".join(map(meaning, profile.missing))))
    return told


def doubts(profile: Profile) -> list[str]:
    """What a person should look at; nothing of it keeps a file from being read."""
    told = []
    unsure = [c for c in profile.columns if c.meant and c.sure < SURE]
    if unsure:
        pairs = ", ".join(f"{seen(c.header)} → {meaning(c.meant)}" for c in unsure)
        told.append(t("layout.unsure", pairs=pairs))
    for place, c in enumerate(profile.columns):
        made = layouts.ways(profile, place)
        if c.way.others and len(made) > 1:
            told.append(t("layout.either", header=c.header, sample=c.samples[layouts.telling(made)]))
    return told


def said(problem: VinculoError) -> str:
    """A fault's sentence and what to do."""
    return uploads.without_folder(f"{problem.message(language())} {problem.hint(language())}")


def outcome(path: str, profile: Profile, name: str) -> None:
    """What stands in the way, what is unsure, the first records, and what can be done with the layout."""
    wrong, unsure = problems(profile), doubts(profile)
    if wrong:
        notice(wrong, urgent=True)
    if unsure:
        notice(unsure)
    mapping = layouts.written(profile, name, Path(path).name)
    usable = not wrong
    if usable:
        try:
            show_records(layouts.previewed(path, mapping))
        except VinculoError as problem:
            usable = False
            notice([said(problem)], urgent=True)
    actions(path, profile, name, mapping, usable)


def actions(path: str, profile: Profile, name: str, mapping: str, usable: bool) -> None:
    """Load by this layout, keep it, take it along."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if row.button(
        t("layout.load"), type="primary", icon=":material/play_arrow:", key="layout_load", disabled=not usable
    ):
        _keep(profile, name)
        place = uploads.kept_text(f"{uploads.safe_name(name, 'layout')}.mapping.yml", mapping)
        frame.start_job(
            "ingest",
            ["ingest", path, "--mapping", str(place)],
            # the file itself stays: it is still on the page
            then=lambda job: uploads.release([str(place)]),
            files=seen(Path(path).name),
        )
        st.rerun()
    if row.button(t("layout.keep"), icon=":material/bookmark:", key="layout_keep", disabled=not usable):
        _keep(profile, name)
        st.toast(tm("layout.is_kept", name=name), icon=":material/bookmark:")
    row.download_button(
        t("layout.download"),
        data=mapping,
        file_name=f"{uploads.safe_name(name, 'layout')}.mapping.yml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
        key="layout_yaml",
    )
    with st.expander(t("layout.as_text")):
        st.code(mapping, language="yaml")


def _keep(profile: Profile, name: str) -> None:
    with cases.writing() as store:
        profiles.keep(store, profile, name)


# -- kept layouts ----------------------------------------------------------------------------------------------------
def _forget(name: str) -> None:
    with cases.writing() as store:
        profiles.forget(store, name)


def kept() -> None:
    """Layouts kept with the case."""
    st.markdown(f"##### {t('layout.kept')}")
    made = profiles.kept(cases.store())
    if not made:
        st.caption(t("layout.none_kept"))
        return
    rows = [
        {
            t("name"): seen(name),
            t("layout.template"): dataset_title(str(mapping["dataset"])),
            t("layout.columns"): ", ".join(
                f"{seen(h)} → {meaning(c)}" for c, h in sorted(mapping.get("columns", {}).items())
            ),
        }
        for name, mapping in made.items()
    ]
    downloads.table(rows, "layouts", key="layouts")
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    name = row.selectbox(t("name"), list(made), format_func=seen, key="forget")
    row.download_button(
        t("layout.download"),
        data=profiles.as_text(made[name]),
        file_name=f"{uploads.safe_name(name, 'layout')}.mapping.yml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
        key="kept_yaml",
    )
    row.button(t("delete"), icon=":material/delete:", key="forget_yes", on_click=_forget, args=(name,))


def form(path: str) -> None:
    """Columns at the left, what they make at the right."""
    with st.spinner(t("layout.looking")):
        layouts.guessed(path)
    left, right = st.columns([5, 4], gap="medium")
    with left:
        st.html(f"<div class='v-head'>{escaped(t('layout.says', file=Path(path).name))}</div>")
        begin, named, key = starting(path)
        key = f"{cases.key(path)}-{key}"
        name = st.text_input(
            t("layout.name"), value=named, key=f"{key}-name", help=t("layout.name_help"), persist_state=KEEP
        )
        with st.container(height=TALL if len(begin.columns) > ROWS else "content", border=True, gap="small"):
            profile = columns(path, begin, key)
        profile = the_rest(profile, begin, key)
    with right:
        st.html(f"<div class='v-head'>{escaped(t('layout.becomes'))}</div>")
        outcome(path, profile, name.strip() or named)


frame.header(t("page.layout"))
which_file()
at_hand = st.session_state.get("layout_file", "")
if problem_told := st.session_state.pop("layout_problem", ""):
    notice([problem_told], urgent=True)
if not at_hand or uploads.gone(at_hand):
    frame.empty("layout.empty", "table_view", height=160)
else:
    try:
        form(at_hand)
    except VinculoError as problem:
        notice([said(problem)], urgent=True)
frame.job_list(3, of="ingest")
kept()
