"""The notebook in docs is what its script makes, holds no output, and runs from the published files to the curve."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_the_notebook_is_what_its_script_makes() -> None:
    spec = importlib.util.spec_from_file_location("make_caviar", DOCS / "make_caviar.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    text = (DOCS / "caviar.ipynb").read_text(encoding="utf-8")
    assert text == made.notebook()
    assert not any(cell.get("outputs") for cell in json.loads(text)["cells"])


def test_the_notebook_runs(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cell after cell; the figures that its text gives are those that come out."""
    folder = shared_data / "covert" / "caviar_directed"
    if not folder.is_dir():
        pytest.skip("VINCULO_SHARED_DATA holds no covert/caviar_directed")
    monkeypatch.setenv("CAVIAR", str(folder))
    known: dict[str, Any] = {}
    for cell in json.loads((DOCS / "caviar.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), known)
    assert sum(row["id"] == "1" for row in known["leaders"]) == 9
    curves = dict(enumerate(points for _, points in known["comparison"].curves))
    before = known["comparison"].before.largest
    # gone people can only make the largest part smaller, and waiting changes nothing
    sizes = [p.largest for p in curves[0]]
    # over all phases but two hang together
    assert (before, len(known["network"])) == (105, 107)
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < before / 2
    assert {p.largest for p in curves[2]} == {before}
    assert known["checked"].auc.mean > 0.5
    assert "<polyline" in known["Curves"](known["comparison"].curves, before)._repr_svg_()
