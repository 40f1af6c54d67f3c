"""Files in and out of a case: load, runs, what was rejected, withdraw; and which case it is."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, figures, frame, unseen
from vinculo.dashboard.case_choice import which_case
from vinculo.dashboard.load_form import load
from vinculo.dashboard.load_runs import runs
from vinculo.dashboard.sources import rejects, withdraw
from vinculo.dashboard.wording import t

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
