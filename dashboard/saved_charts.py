"""Charts kept in the case, and the one on the desk as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from vinculo.dashboard import cases, charts, desk
from vinculo.dashboard.charts import Board
from vinculo.dashboard.picture import as_seen
from vinculo.graph.chart import Chart
from vinculo.graph.exports import export

#: Collection of the store in which charts are kept.
CHARTS = "charts"


def save(title: str, handling: str) -> None:
    """Keep the chart in the store under its id, as it stands."""
    desk.do(charts.entitle(desk.board().chart, title, handling))
    chart = desk.board().chart.with_changes(data_version=cases.store().version())
    with cases.writing() as store:
        store.save_document(CHARTS, chart.id, chart.as_json())


def saved() -> dict[str, dict[str, Any]]:
    """Charts kept in this case, by id."""
    return cases.store().documents(CHARTS)


def open_saved(id: str) -> bool:
    """Take a kept chart up again; False where there is none of that id."""
    kept = saved().get(id)
    if kept is None:
        return False
    chart = Chart.from_json(kept)
    desk.take_up(Board(chart))
    if chart.data_version and chart.data_version != cases.store().version():
        desk.say("chart.older")
    return True


def forget(id: str) -> None:
    """Remove a kept chart."""
    with cases.writing() as store:
        store.delete_document(CHARTS, id)


def exported(url: str, format: str, extension: str, chart: Chart, language: str, taints: tuple[str, ...]) -> bytes:
    """The chart in a format. Runs in a thread without a session: everything it needs is passed in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"chart.{extension}"
        export(cases.reader(url), format, path, chart=as_seen(chart), include_taint=taints, language=language)
        return path.read_bytes()
