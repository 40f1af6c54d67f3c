"""The house holds: imports run only downwards, and what may stand in one room only stands there."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("vinculo", "dashboard", "analytics", "ingest", "graph")
#: Room to what it may import besides itself.
MAY_IMPORT = {
    "vinculo": {"analytics", "ingest", "graph"},
    "dashboard": {"analytics", "ingest", "graph"},
    "analytics": {"graph"},
    "ingest": {"graph"},
    "graph": set(),
}
#: The ground floor of graph/: what everything stands on; these import nothing above them.
CELLAR = {"text": set(), "errors": {"text"}, "settings": set(), "registry": set(), "ids": set(), "facts": set()}
#: Libraries that bring a second SQLite into the process, or belong to one room.
FORBIDDEN = ("adbc_driver_sqlite", "adbc_driver_manager", "duckdb", "connectorx", "polars", "apsw", "pysqlite3")
ONLY_IN = {
    "streamlit": lambda f: f.parts[0] == "dashboard",
    "click": lambda f: f.parts[0] == "vinculo",
    "neo4j": lambda f: f.parts[:2] == ("graph", "stores") and f.name.startswith("neo4j"),
    "sqlite3": lambda f: f.parts[:2] == ("graph", "stores") and f.name.startswith("sqlite"),
    "numba": lambda f: f.parts[0] == "analytics",
    "networkx": lambda f: f.parts[0] in ("analytics", "graph", "dashboard"),
    "igraph": lambda f: False,
    "leidenalg": lambda f: False,
    "followthemoney": lambda f: False,
}


def sources() -> list[Path]:
    """Every module of the five rooms, relative to the root."""
    found = [p.relative_to(ROOT) for room in ROOMS for p in sorted((ROOT / room).rglob("*.py"))]
    assert len(found) > 60
    return found


def dotted(file: Path) -> str:
    """Its name at import."""
    parts = list(file.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts if parts[0] == "vinculo" else ["vinculo", *parts])


def imports(file: Path) -> Iterator[str]:
    """Every module that is imported, at whatever depth, also by ``import_module`` and ``discover`` with a literal name."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    package = dotted(file) if file.name == "__init__.py" else dotted(file).rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            name = ".".join(p for p in (base, node.module or "") if p)
            yield name
            yield from (f"{name}.{a.name}" for a in node.names if name.startswith("vinculo"))
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if called in ("import_module", "discover") and isinstance(first, ast.Constant):
                yield str(first.value)


def room_of(module: str) -> str | None:
    """The room a dotted name belongs to."""
    parts = module.split(".")
    if parts[0] != "vinculo":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "vinculo"


@pytest.mark.parametrize("file", sources(), ids=str)
def test_imports_run_downwards(file: Path) -> None:
    """No room imports one above or beside it."""
    room = file.parts[0]
    # the version of the package is everyone's to read
    reached = {room_of(m) for m in imports(file) if m not in ("vinculo", "vinculo.__version__")} - {None, room}
    assert reached <= MAY_IMPORT[room], f"{file} imports {sorted(reached - MAY_IMPORT[room])}"


@pytest.mark.parametrize("file", sources(), ids=str)
def test_libraries_stay_in_their_rooms(file: Path) -> None:
    """One SQLite library per process; Streamlit, click and the Neo4j driver each in one place."""
    for module in imports(file):
        top = module.split(".")[0]
        assert top not in FORBIDDEN, f"{file} imports {module}: a second SQLite library breaks the locks of the first"
        assert top not in ONLY_IN or ONLY_IN[top](file), f"{file} imports {module}"


def test_the_cellar_stands_on_itself() -> None:
    """The modules everything stands on import nothing above them."""
    for name, below in CELLAR.items():
        file = Path("graph", name, "__init__.py") if (ROOT / "graph" / name).is_dir() else Path("graph", f"{name}.py")
        reached = {m.split(".")[2] for m in imports(file) if m.startswith("vinculo.graph.")}
        assert reached <= below | {name}, f"{file} imports {sorted(reached - below)}"


def test_analytics_names_no_store() -> None:
    """Analytics reads what it is given."""
    for file in sources():
        if file.parts[0] == "analytics":
            assert not any(m.startswith("vinculo.graph.stores") for m in imports(file)), file


def test_what_networkx_reads_first_imports_nothing() -> None:
    """NetworkX imports this module while it is being imported: NetworkX or numba in it would be a circle, or slow."""
    assert set(imports(Path("analytics", "networkx_backend", "info.py"))) <= {"__future__", "typing"}


def test_no_import_ring_between_files() -> None:
    """No two files import each other, at whatever distance."""
    known = {dotted(f): f for f in sources()}
    graph: dict[str, set[str]] = {}
    for name, file in known.items():
        top_level = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        reached = set()
        for node in top_level:
            if isinstance(node, ast.ImportFrom) and node.module:
                targets = [f"{node.module}.{a.name}" for a in node.names]
                reached |= {t if t in known else node.module for t in targets}
        graph[name] = (reached & set(known)) - {name}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for below in sorted(graph[name]):
                walk(below, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())


def test_no_dashboard_module_shadows_the_standard_library() -> None:
    """``streamlit run`` puts dashboard/ first on the path."""
    names = {p.stem for p in (ROOT / "dashboard").iterdir() if p.suffix == ".py" or p.is_dir()} - {
        "__init__",
        "__pycache__",
    }
    assert not names & set(sys.stdlib_module_names)


@pytest.mark.parametrize("file", sources(), ids=str)
def test_public_things_are_documented(file: Path) -> None:
    """Every module, public class, method and function says what it is for."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    if not tree.body:
        return
    assert ast.get_docstring(tree), f"{file} has no docstring"
    missing = []

    def look(body: list[ast.stmt], owner: str, protocol: bool = False) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                # properties of a protocol are told in its own docstring; a store's methods in Store's
                kept = owner and node.name in promised() and not owner.startswith("_")
                told = ast.get_docstring(node) or kept
                told = told or (protocol and any(_is_property(d) for d in node.decorator_list))
                if not node.name.startswith("_") and not told:
                    missing.append(f"{owner}{node.name}")
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    bases = {getattr(b, "id", "") for b in node.bases}
                    look(node.body, f"{owner}{node.name}.", "Protocol" in bases)

    look(tree.body, "")
    assert not missing, f"{file}: no docstring on {', '.join(missing)}"


@functools.cache
def promised() -> frozenset[str]:
    """Methods whose promise ``Store`` tells once for all who keep it."""
    tree = ast.parse((ROOT / "graph" / "store.py").read_text(encoding="utf-8"))
    [store] = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Store"]
    methods = [n for n in store.body if isinstance(n, ast.FunctionDef)]
    assert all(ast.get_docstring(n) for n in methods)
    return frozenset(n.name for n in methods)


def _is_property(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "property"


def test_no_drawer_for_everything() -> None:
    """No module is called after having no subject, none is longer than a person reads."""
    for file in sources():
        assert file.stem not in {"utils", "helpers", "misc", "common", "manager"}, file
        lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
        assert lines <= 600, f"{file} has {lines} lines"
