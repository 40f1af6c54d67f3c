"""Files whose contents nobody sees yet: still loading, cut off, or held back; what becomes of them is a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, downloads, frame
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import dataset_title, language, notice, number, remark, seen, t
from vinculo.graph.store import Store
from vinculo.graph.types import Run
from vinculo.ingest.publishing import held

#: Reasons written out.
TOLD = 8


@dataclass(frozen=True)
class Unseen:
    """One such file: ``loading``, ``cut`` or ``held``, with the reasons in the reader's language."""

    run: Run
    state: str
    reasons: tuple[str, ...]

    @property
    def label(self) -> str:
        """What to call it in a list."""
        source = self.run.source
        return " · ".join([seen(source.file or source.sha256[:12]), dataset_title(source.dataset)])


def unseen(store: Store, language: str, loading: bool) -> list[Unseen]:
    """Every file of which something is stored and nothing is seen.

    ``loading``: whether a load is under way here; a run that says it is running may have been killed.
    """
    hidden = {s.key for s in store.unpublished()}
    if not hidden:
        return []
    last = {r.source.key: r for r in store.runs() if r.source.key in hidden and r.status != "withdrawn"}
    made = []
    for run in last.values():
        state = "held" if run.status == "held" else "loading" if run.status == "running" and loading else "cut"
        reasons = held(store, run) if state == "held" else []
        made.append(Unseen(run, state, tuple(r.into(language) for r in reasons)))
    return made


def here() -> list[Unseen]:
    """Those of the case at hand."""
    case = cases.current()
    loading = any(j.arguments[0] == "ingest" for j in jobs().running(case))
    return unseen(cases.store(), language(), loading)


def hint() -> None:
    """For the first page: that something is not seen, and where to decide on it."""
    files = here()
    if files:
        notice([t("unseen.some", count=number(len(files)), files=", ".join(f.label for f in files[:3]))])
        frame.link("data", t("unseen.decide"), ":material/visibility_off:")


def show() -> None:
    """The table, the reasons, and what can be done; nothing where everything is seen."""
    files = here()
    if not files:
        return
    st.markdown(f"##### {t('unseen.title')}")
    remark(t("unseen.about"))
    downloads.table([_row(f) for f in files], "unseen", key="unseen", hidden=("sha256",))
    by_run = {f.run.number: f for f in files}
    labels = {n: f.label for n, f in by_run.items()}
    number_of = st.selectbox(t("data.which_source"), list(labels), format_func=labels.__getitem__, key="unseen_which")
    chosen = by_run[number_of]
    if chosen.reasons:
        more = [t("more", left=number(len(chosen.reasons) - TOLD))] if len(chosen.reasons) > TOLD else []
        notice([*chosen.reasons[:TOLD], *more], urgent=True)
    elif chosen.state == "cut":
        notice([t("unseen.go_on")])
    actions(chosen)


def _row(file: Unseen) -> dict[str, Any]:
    run = file.run
    return {
        t("run"): run.number,
        t("file"): seen(run.source.file),
        t("dataset"): dataset_title(run.source.dataset),
        t("state"): t(f"unseen.{file.state}"),
        t("when"): spoken(run.finished or run.started),
        t("count.read"): run.counts.get("read", 0),
        t("reason"): " ".join(map(seen, file.reasons)),
        "sha256": run.source.sha256,
    }


def actions(file: Unseen) -> None:
    """Publish a file that is held back all the same, with a reason that is kept; or withdraw it."""
    run = file.run
    row = st.container(horizontal=True, gap="small")
    if file.state == "held":
        with row.popover(t("unseen.publish"), icon=":material/visibility:"):
            reason = st.text_input(t("unseen.why"), key=f"why-{run.number}", max_chars=500, live=True)
            remark(t("unseen.kept"))
            if st.button(
                t("unseen.publish"), type="primary", key="publish_yes", disabled=not (reason and reason.strip())
            ):
                _start(["publish", str(run.number), "--reason", reason.strip()], "publish", file)
    if file.state != "loading":
        with row.popover(t("data.withdraw_button"), icon=":material/delete:"):
            remark(t("data.withdraw_sure", source=file.label))
            if st.button(t("data.withdraw_yes"), type="primary", key="unseen_withdraw"):
                source = run.source
                _start(["withdraw", source.sha256, "--dataset", source.dataset, "--yes"], "withdraw", file)


def _start(arguments: Sequence[str], title: str, file: Unseen) -> None:
    frame.start_job(title, list(arguments), file=seen(file.run.source.file))
    st.rerun()
