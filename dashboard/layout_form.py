"""The form in which a person says what the columns of a file are: a row for each, and what stands in no column."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import streamlit as st

from vinculo.dashboard import layouts
from vinculo.dashboard.wording import escaped, into, remark, seen, t, words_of
from vinculo.ingest import profile as profiles
from vinculo.ingest.profile import Profile

#: A guess below this is marked, as in the written mapping.
SURE = 0.9
KEEP: Literal["session"] = "session"  # what was chosen outlives a look at another page


def columns(path: str, begin: Profile, key: str) -> Profile:
    """A row for each column of the file: what it is, and how its dates or numbers are written."""
    # bound to this run's language: a widget asks for its labels outside of it too
    labels = {c: meaning(c) for c in ("", *begin.dataset.columns, *begin.dataset.optional)}
    offered = list(labels)
    keys = [f"{key}-is-{place}" for place in range(len(begin.columns))]
    given = [
        m if (m := st.session_state.get(k, c.meant)) in offered else ""
        for k, c in zip(keys, begin.columns, strict=True)
    ]
    asked = begin if given == [c.meant for c in begin.columns] else _asked(path, begin, given)
    chosen: dict[str, str] = {}
    for place, column in enumerate(begin.columns):
        head, middle, right = st.columns([2.7, 3, 3], vertical_alignment="center", gap="small")
        unsure = column.meant and column.sure < SURE and given[place] == column.meant
        mark = f"<span class='v-chip'>{escaped(t('layout.check'))}</span>" if unsure else ""
        samples = " · ".join(seen(s)[:40] for s in column.samples)
        head.html(
            f"<div class='v-remark'><b>{escaped(column.header) or '—'}</b>{mark}<small>{escaped(samples)}</small></div>"
        )
        middle.selectbox(
            words_of(column.header) or str(place + 1),
            offered,
            index=offered.index(column.meant) if column.meant in offered else 0,
            format_func=labels.__getitem__,
            key=keys[place],
            label_visibility="collapsed",
            persist_state=KEEP,
        )
        with right:
            way = how_written(asked, place, f"{key}-way-{place}-{given[place]}")
        if way is not None:
            chosen[given[place]] = way
    return profiles.revised(asked, ways=chosen)


def _asked(path: str, begin: Profile, given: list[str]) -> Profile:
    """The profile as a person says; what they left alone stays as sure or unsure as it was."""
    told = layouts.guessed(path, begin.dataset.name, given)
    columns = (old if old.meant == new.meant else new for old, new in zip(begin.columns, told.columns, strict=True))
    return replace(told, columns=tuple(columns))


def meaning(column: str) -> str:
    """What a column of a template is called; empty: the file's column is not used."""
    return into(layouts.column_said(column)) if column else t("layout.unused")


def how_written(profile: Profile, place: int, key: str) -> str | None:
    """Choose among the ways that read the texts of a column; nothing where there is no choice."""
    column = profile.columns[place]
    kind = layouts.kind_of(profile, place)
    if not kind:
        return None
    made = layouts.ways(profile, place)
    at = layouts.telling(made)
    if not made:
        remark(t("layout.unreadable"))
        return None

    raw = seen(column.samples[at])
    said = {
        way: f"{layouts.way_said(way, kind) if kind == 'date' and way else raw} → {read[at]}"
        for way, read in made.items()
    }
    if list(made) == [""] and made[""][at] == raw:
        return ""
    if len(said) == 1:
        remark(*said.values())
        return next(iter(said))
    return st.selectbox(
        t("layout.written", column=words_of(column.header)),
        list(said),
        format_func=said.__getitem__,
        key=key,
        label_visibility="collapsed",
        persist_state=KEEP,
    )


def the_rest(profile: Profile, begin: Profile, key: str) -> Profile:
    """What stands in no column and is the same in every row, and the texts that mean nothing is there."""
    free = [
        c
        for c in (*profile.dataset.columns, *profile.dataset.optional)
        if c not in {x.meant for x in profile.columns} and layouts.fixable(profile, c)
    ]
    values = {c: _every_row(c, begin, key) for c in free if c in profile.dataset.columns}
    more = st.multiselect(
        t("layout.same"),
        [c for c in free if c not in values],
        default=[c for c in begin.values if c in free and c not in values],
        format_func={c: meaning(c) for c in free}.__getitem__,
        key=f"{key}-same",
        placeholder=t("layout.same_hint"),
        persist_state=KEEP,
    )
    values |= {c: _every_row(c, begin, key) for c in more}
    nothing = st.multiselect(
        t("layout.nothing"),
        list(begin.nothing),
        default=list(begin.nothing),
        key=f"{key}-nothing",
        accept_new_options=True,
        placeholder=t("layout.nothing_hint"),
        persist_state=KEEP,
    )
    return profiles.revised(profile, ways={}, nothing=nothing, values=values)


def _every_row(column: str, begin: Profile, key: str) -> str:
    return st.text_input(
        t("layout.every_row", column=meaning(column)),
        value=begin.values.get(column, ""),
        key=f"{key}-value-{column}",
        persist_state=KEEP,
    ).strip()
