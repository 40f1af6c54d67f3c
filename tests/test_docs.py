"""What the documentation says is there, and what is there is documented."""

from __future__ import annotations

import doctest
import gzip
import importlib
import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from vinculo.cli import COMMANDS, vinculo

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("vinculo", "graph", "ingest", "analytics", "dashboard")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
#: Needs a running Streamlit session, or a second file beside it, at import.
NO_DOCTEST = {"dashboard/app.py"}


def page(name: str) -> str:
    """A page's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def command(name: str) -> click.Command:
    """A command as it is declared."""
    found = vinculo.get_command(click.Context(vinculo), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_its_section(name: str) -> None:
    """With every option it has, but for the common three."""
    sections = re.split(r"^### ", page("docs/command-line.md"), flags=re.M)
    [section] = [s for s in sections if s.startswith(f"`vinculo {name}`")]
    common = {"--store", "--quiet", "--json"}
    for option in (p for p in command(name).params if isinstance(p, click.Option)):
        longest = max(option.opts, key=len)
        assert longest in common or longest in section, f"{name} {longest}"


def test_no_section_without_a_command() -> None:
    """A page that tells of what is gone."""
    told = re.findall(r"^### `vinculo ([a-z-]+)`", page("docs/command-line.md"), flags=re.M)
    assert sorted(told) == sorted(COMMANDS)


def test_exit_codes_are_those_of_the_errors() -> None:
    """The table of the page and the tree of errors agree."""
    from vinculo.graph import errors

    told = {int(n) for n in re.findall(r"^\| (\d+) \|", page("docs/command-line.md"), flags=re.M)}
    made = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.VinculoError)}
    assert made | {0, 141} == told


def calls(text: str) -> list[list[str]]:
    """Every ``vinculo ...`` in a code span or block of a page."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    blocks = [line for block in re.findall(r"```(?:sh)?\n(.*?)```", text, flags=re.S) for line in block.splitlines()]
    found = []
    for piece in spans + [part for line in blocks for part in re.split(r"&&|\||#", line)]:
        words = shlex.split(piece.strip()) if "vinculo" in piece and piece.count('"') % 2 == 0 else []
        if words and Path(words[0]).name == "vinculo":
            found.append(words[1:])
    return found


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_in_pages_exist(file: Path) -> None:
    """With the options the page gives them."""
    for words in calls(file.read_text(encoding="utf-8")):
        name = next((w for w in words if not w.startswith("-")), None)
        if name is None or not re.fullmatch("[a-z-]+", name):
            continue
        assert name in COMMANDS, f"vinculo {name}"
        known = {o for p in command(name).params for o in p.opts} | {"--help"}
        unknown = {w.partition("=")[0] for w in words if w.startswith("--")} - known
        assert not unknown, f"vinculo {name} has no {unknown}"


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_in_pages_lead_somewhere(file: Path) -> None:
    """Files and pictures that a page names are there."""
    for target in re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (file.parent / target).exists(), target


def test_readme_has_its_two_commands() -> None:
    """One line each, where CI takes them from."""
    for mark in ("run", "test"):
        [line] = re.findall(rf"^<!-- {mark} -->\n```sh\n(.+)\n```$", page("README.md"), flags=re.M)
        assert line.startswith("python3 -m venv .venv && ")


def test_every_registered_thing_is_named_in_the_docs() -> None:
    """Datasets have a page; exports a word in the command line's."""
    from vinculo.graph.exports import exports
    from vinculo.ingest.recognise import datasets

    told = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "datasets").rglob("*.md"))
    missing = [name for name in datasets() if name not in told]
    assert not missing, missing
    commands = page("docs/command-line.md")
    assert all(f"`{name}`" in commands for name in exports())


def test_glossary_speaks_both_languages() -> None:
    """Every row has its word in each."""
    rows = [line.split("|")[1:-1] for line in page("docs/glossary.md").splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 40
    for row in rows:
        assert row[0].strip() and row[1].strip(), row


def modules() -> list[str]:
    """Every module whose docstrings show an example."""
    found = []
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name not in NO_DOCTEST and ">>> " in file.read_text(encoding="utf-8"):
                dotted = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found.append(dotted if room == "vinculo" else f"vinculo.{dotted}")
    return found


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    """Every example in a docstring gives what it says."""
    done = doctest.testmod(importlib.import_module(name))
    assert done.failed == 0


def test_the_dataset_shown_in_adding_works(tmp_path: Path) -> None:
    """The declaration is run as it stands on the page."""
    from vinculo import open_store
    from vinculo.ingest.load import ingest

    [code] = re.findall(r"```python\n(.*?)```", page("docs/adding.md"), flags=re.S)
    made: dict[str, object] = {}
    exec(code, made)
    file = tmp_path / "register.csv"
    file.write_text("number,name,director\n1,Aurora SA,Ana Cruz\n2,Boreal SA,Ana Cruz\n", encoding="utf-8")
    store = open_store("sqlite:///:memory:")
    [report] = ingest(file, store, dataset=made["DATASET"])
    assert (report.read, report.loaded) == (2, 2)
    assert store.counts() == {"entities": {"Company": 2, "Person": 2}, "links": {"DIRECTS": 2}}


def test_the_python_page_names_what_exists() -> None:
    """Dotted names in the table can be imported."""
    import vinculo as package

    for dotted in re.findall(r"`(vinculo(?:\.[A-Za-z_]+)+)\(", page("docs/python.md")):
        parts = dotted.split(".")
        if len(parts) == 2:
            assert hasattr(package, parts[1]), dotted
            continue
        for cut in range(len(parts) - 1, 1, -1):
            try:
                found: object = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            break
        for part in parts[cut:]:
            found = getattr(found, part)


SDN = '306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BNC\'."\n'
TRANSFERS = "transfer_id,date,amount,currency,originator_account,originator_name,beneficiary_account,beneficiary_name\n"


def test_every_call_of_the_python_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block at the top, then each call of the table with its own arguments; places are given as plain text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sdn.csv.gz").write_bytes(gzip.compress((SDN * 3).encode()))
    rows = (f"T{n},2024-03-0{n},9000,USD,A{n},Ana {n} Penon,B1,Aurora SA\n" for n in range(1, 6))
    (tmp_path / "transfers.csv").write_text(TRANSFERS + "".join(rows), encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", page("docs/python.md"), flags=re.S)
    known: dict[str, Any] = {}
    exec(block, known)
    people = [n["id"] for n in known["store"].nodes().to_pylist() if n["name"].startswith("Ana")]
    known |= {"vinculo": importlib.import_module("vinculo"), "url": f"sqlite:///{tmp_path / 'case.db'}"}
    known |= {
        "paths": "transfers.csv",
        "id": people[0],
        "a": people[0],
        "b": people[1],
        "ids": people,
        "folder": "kept",
    }
    ran = [
        call
        for cell in re.findall(r"^\| [^|]+ \| (.+) \|$", page("docs/python.md"), flags=re.M)
        for call in run(cell, known)
    ]
    assert len(ran) > 20


def run(cell: str, known: dict[str, Any]) -> list[str]:
    """Run the calls of one row of the table; one that begins with a dot goes on from what stands before it."""
    ran: list[str] = []
    for call in (c for c in re.findall(r"`([^`]+)`", cell) if re.search(r"[(\]]", c)):
        if call.startswith("."):
            # of what the call before it gave, or of the module it is in
            call = (ran[-1] if "networkx" in call else ran[0].partition(".copy(")[0]) + call
        module = re.match(r"vinculo(?:\.[a-z_]+)*(?=\.\w+[.(])", call)
        importlib.import_module(module[0] if module else "vinculo")
        names = dict(known)
        if ".copy(" in call:
            names |= {"a": known["store"], "b": an_empty_store()}
        elif ".restore(" in call:
            names["store"] = an_empty_store()
        elif ".generate(" in call:
            names["folder"] = "made"
        # the call as it stands is quoted; what takes long or is left to the reader is not
        result = eval(call.replace("[...]", "ids[:1]").replace("scale=1.0", "scale=0.05"), names)
        assert result is not None, call
        ran.append(call)
    return ran


def an_empty_store() -> Any:
    """An empty store."""
    from vinculo.graph.stores import open_store

    return open_store("sqlite:///:memory:")


def test_compose_file_names_the_release_that_is_tested() -> None:
    """Docker users get the server that the tests ran against."""
    tested = re.search(r"<neo4j\.version>(.+?)</neo4j\.version>", page("tests/neo4j/pom.xml"))
    assert tested is not None
    assert f"neo4j:{tested.group(1)}" in page("docker-compose.yml")


def test_nothing_of_a_workplace_is_in_the_repository() -> None:
    """No package in the lock comes from a named host, no absolute path of a machine stands anywhere."""
    lock = page("requirements.lock")
    assert "://" not in lock and " @ " not in lock
    assert json.loads(page("graph/palette.json"))
