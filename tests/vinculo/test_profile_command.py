"""``vinculo profile``: a mapping is written that loads the file, nothing is stored, nothing is written over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TEXT = """Folio,Fecha,Sustancia,Cantidad,Medida,Detenido
F1,14/03/2024,Fentanilo,3.5,kg,Juan Pérez
F2,15/03/2024,Cocaína,40,kg,Ana Ruiz
"""


def test_profile_then_ingest(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lote 7.csv"
    path.write_text(TEXT, encoding="utf-8")
    made = run("profile", path, "--json")
    assert made.code == 0, made.err
    [line] = made.lines
    assert (line["template"], line["missing"], len(line["records"])) == ("seizures", [], 2)
    assert line["columns"]["Detenido"] == "party_name"
    mapping = tmp_path / line["mapping"]
    assert [p.name for p in tmp_path.iterdir() if p.suffix in (".db", ".yml")] == [mapping.name]
    [loaded] = run("ingest", path, "--mapping", mapping, "--store", tmp_path / "case.db", "--json").lines
    assert (loaded["read"], loaded["loaded"]) == (2, 2)
    again = run("profile", path)
    assert again.code == 2
    assert mapping.name in again.err


def test_profile_says_what_is_needed(run: Run, tmp_path: Path) -> None:
    path, mapping = tmp_path / "x.csv", tmp_path / "x.yml"
    path.write_text("Sustancia,Color\nFentanilo,azul\nCocaína,blanco\n", encoding="utf-8")
    made = run("profile", path, "--mapping", mapping, "--template", "seizures")
    assert made.code == 0
    assert "seizure_id" in made.err
    assert "# seizure_id:" in mapping.read_text(encoding="utf-8")
    assert run("profile", path, "--mapping", tmp_path / "no" / "x.yml").code != 0
    wrong = run("profile", tmp_path / "none.csv", "--json")
    assert (wrong.code != 0, wrong.lines[0]["error"]) == (True, "no_file")
