"""What became of each file of a load: a command may take a folder or an archive, and each file in it ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.dashboard import downloads, uploads
from vinculo.dashboard.jobs import Job
from vinculo.dashboard.wording import dataset_title, notice, number, seen, t, tm
from vinculo.ingest.report import COUNTS

#: Faults of a file that a person can mend by saying what its columns are.
UNKNOWN = ("unknown_file", "missing_columns", "ambiguous_file", "no_header")
#: Faults written out under the table, which cuts long sentences.
SPELLED = 5
#: Endings of names that hold a table.
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".gz")


def file_rows(job: Job) -> list[dict[str, Any]]:
    """One row for each file: where its records went, or why none of them was read."""
    rows = [
        {
            t("file"): seen(uploads.without_folder(str(made["file"]))),
            t("dataset"): dataset_title(str(made["dataset"])),
            t("state"): t(f"loaded.{_ending(made)}"),
            **{t(f"count.{c}"): made.get(c, 0) for c in COUNTS},
            t("remarks"): seen(" ".join(map(str, (*made.get("held", ()), *made.get("warnings", ()))))),
            "sha256": made.get("sha256", ""),
        }
        for made in job.results
        if {"file", "dataset", "read"} <= made.keys()
    ]
    for fault in job.problems:
        said = uploads.without_folder(f"{fault.get('message', '')} {fault.get('hint', '')}")
        rows.append(
            {
                t("file"): seen(uploads.without_folder(str(fault.get("file") or ""))),
                t("dataset"): "",
                t("state"): t("loaded.not_read"),
                **{t(f"count.{c}"): None for c in COUNTS},
                t("remarks"): seen(said),
                "sha256": "",
            }
        )
    return rows


def _ending(made: Mapping[str, Any]) -> str:
    """``held``, ``context`` or ``read``."""
    if made.get("held"):
        return "held"
    return "context" if dict(made.get("notes") or {}).get("kept_as") == "context" else "read"


def ending(job: Job) -> str:
    """How a job ended, where its exit code alone would say too much: ``partly`` or ``held``, else its state."""
    if job.state == "failed" and job.problems and any("read" in made for made in job.results):
        return "partly"
    if job.state == "failed" and not job.problems and any(made.get("held") for made in job.results):
        return "held"
    return job.state


def show_files(job: Job) -> None:
    """The table, where there is more than one file, or one that went nowhere a person would look."""
    rows = file_rows(job)
    if len(rows) > 1 or any(_ending(made) != "read" for made in job.results):
        with st.expander(t("loaded.files", count=number(len(rows))), expanded=ending(job) != job.state):
            downloads.table(rows, "files", key=f"files-{job.id}", height=300, hidden=("sha256",))
            faults = [row[t("remarks")] for row in rows if row[t("state")] in (t("loaded.not_read"), t("loaded.held"))]
            if faults:
                more = [t("more", left=number(len(faults) - SPELLED))] if len(faults) > SPELLED else []
                notice([*faults[:SPELLED], *more], urgent=True)


def unknown(job: Job) -> list[str]:
    """Files of which nobody knew what their columns are."""
    named = [str(p.get("file") or "") for p in job.problems if p.get("error") in UNKNOWN]
    return [f for f in dict.fromkeys(named) if Path(f).suffix.lower() in TABLES]


def columns_of(job: Job) -> bool:
    """A button to say what the columns of the first such file are; whether it was pressed."""
    for file in unknown(job)[:1]:
        if st.button(
            tm("loaded.say_columns", file=Path(file).name),
            key=f"columns-{job.id}",
            icon=":material/table_view:",
            type="tertiary",
        ):
            st.session_state.layout_file = str(uploads.at_hand(file))
            return True
    return False
