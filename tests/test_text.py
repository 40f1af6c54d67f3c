"""Every word a reader sees is in both languages, has the same blanks in each, and is used."""

from __future__ import annotations

import ast
import csv
import re
import string
from pathlib import Path

import pytest

from vinculo.graph.text import catalogue, say

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("vinculo", "dashboard", "analytics", "ingest", "graph")
KEY = re.compile(r"^[a-z][a-z_0-9]*(\.[A-Za-z_0-9]+)+$")


def blanks(phrase: str) -> set[str]:
    """Names of the fields to fill."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


def test_both_languages_are_there_with_the_same_blanks() -> None:
    """A blank that one language lacks would lose a figure there."""
    phrases = catalogue()
    assert len(phrases) > 200
    for key, phrase in phrases.items():
        assert bool(phrase.en) == bool(phrase.es), key
        assert blanks(phrase.en) == blanks(phrase.es), key


def test_a_noun_follows_the_number_that_counts_it() -> None:
    """ "1 links" is no English, "1 vínculos" no Spanish: on the command line a counted noun brings both its forms."""
    assert say("cli.export.done", "es", file="x", entities="1", links="1,204") == "x: 1 entidad, 1,204 vínculos."
    fixed = re.compile(
        r"\{\w+\} (entities|links|records|rows|values|steps|entidades|vínculos|registros|filas|valores|pasos)\b"
    )
    told = {k: p for k, p in catalogue().items() if k.startswith("cli.") and fixed.search(" ".join(p))}
    assert not told


@pytest.mark.parametrize("file", sorted((ROOT / "graph" / "text").glob("*.csv")), ids=lambda p: p.name)
def test_catalogues_are_well_formed(file: Path) -> None:
    """Three columns in each row, keys of one shape, no stray spaces, no key twice."""
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["key", "en", "es"]
    assert {len(r) for r in rows} == {3}
    keys = [r[0] for r in rows[1:]]
    assert len(set(keys)) == len(keys)
    assert not [k for k in keys if not KEY.match(k)]


def test_spanish_is_spanish() -> None:
    """Words that are misspelt without their accent."""
    bare = re.compile(
        r"\b(mas de|numero|operacion|direccion|telefono|vinculos|analisis|pagina|busqueda|aqui|tambien|linea|razon|ningun|"
        r"algun|codigo|metodo|titulo|ultimo|unico|valido|conexion|informacion|seleccion|relacion|deteccion)\b",
        re.I,
    )
    for key, phrase in catalogue().items():
        # the name of the program and its commands are no Spanish words
        assert not bare.search(phrase.es), f"{key}: {phrase.es}"


class _Uses(ast.NodeVisitor):
    """Texts in the code that are keys, and patterns of those that are put together."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.patterns: set[str] = set()

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.texts.add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values]
        made = "".join(parts)
        if re.search(r"[a-z]\\?\.", made):
            self.patterns.add(made)
        self.generic_visit(node)


def uses() -> _Uses:
    """What the five rooms use."""
    found = _Uses()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            found.visit(ast.parse(file.read_text(encoding="utf-8")))
    return found


def test_every_key_is_used() -> None:
    """A phrase that nothing says is one that nobody keeps true."""
    found = uses()
    # the one of ``t`` fits all of the dashboard's keys and says nothing about any
    patterns = [re.compile(p) for p in found.patterns if p != r"dashboard\..+"]
    unused = []
    for key in catalogue():
        code = key.removeprefix("error.").removesuffix(".hint") if key.startswith("error.") else None
        # the dashboard's own ``t`` puts the room's name in front
        names = [code] if code else [key, key.removeprefix("dashboard.")]
        used = any(n in found.texts or any(p.fullmatch(n) for p in patterns) for n in names)
        if not used:
            unused.append(key)
    assert not unused, unused


def test_every_used_key_exists() -> None:
    """``say``, ``text`` and errors with a literal key find it."""
    missing = []
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                key = _key(node)
                known = key in catalogue() or (room == "dashboard" and f"dashboard.{key}" in catalogue())
                if key and not known:
                    missing.append(f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} {key}")
    assert not missing, missing


ERRORS = {
    "VinculoError",
    "UsageError",
    "InputError",
    "StoreError",
    "StoreUnreachable",
    "StoreDenied",
    "StoreBusy",
    "StoreVersionError",
    "EnvironmentProblem",
    "Cancelled",
}


def _key(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    first = node.args[0].value
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    if called in ERRORS and isinstance(first, str):
        return f"error.{first}"
    if called in ("say", "say_both", "text", "t", "tm") and isinstance(first, str):
        return first
    return None
