"""Published figures beside the case: a file of them is told apart from data, shown and taken along."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from vinculo.dashboard.figures import _csv
from vinculo.dashboard.jobs import jobs
from vinculo.graph.stores import open_store

Run = Callable[..., AppTest]
RATES = "date,currency,base,rate\n2024-03-01,USD,MXN,17.0633\n2024-03-04,USD,MXN,16.9998\n2024-03-04,EUR,MXN,x\n"


def test_a_file_of_figures_is_kept_beside_the_case(empty_case: str, page: Run) -> None:
    at = page("data", language="es")
    at.get("file_uploader")[0].set_value([("tipos.csv", RATES.encode(), "text/csv")]).run()
    next(b for b in at.button if b.key == "start").click().run()
    until = time.monotonic() + 60
    while jobs().running(empty_case) and time.monotonic() < until:
        time.sleep(0.05)
    (job,) = jobs().of(empty_case)
    assert job.state == "done", job.error
    at.run()
    assert not at.exception
    assert any("guardado como cifras publicadas" in d.value.to_string() for d in at.dataframe)
    kept = next(d.value for d in at.dataframe if "Registros" in d.value.columns)
    assert list(kept["Registros"]) == [2] and list(kept["Rechazados"]) == [1]
    name = job.results[0]["dataset"]
    next(s for s in at.selectbox if s.key == "figures_which").set_value(name).run()
    assert not at.exception and any("16.9998" in d.value.to_string() for d in at.dataframe)
    read = list(
        csv.DictReader(io.StringIO(_csv(empty_case, open_store(empty_case).version(), name).decode("utf-8-sig")))
    )
    assert [r["rate"] for r in read] == ["17.0633", "16.9998"] and [r["record"] for r in read] == ["1", "2"]
    assert open_store(empty_case).counts()["entities"] == {}
