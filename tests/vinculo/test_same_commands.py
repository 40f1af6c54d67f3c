"""The same commands, another address: what they print is the same on every store."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinculo.ingest.demo import generate

sys.path.insert(0, str(Path(__file__).parents[1] / "neo4j"))
from neo4j_fixture import emptied, neo4j_url  # noqa: F401  (a fixture is taken over by its name)

Run = Callable[..., Any]
#: Every analysis, asked for in ways that leave much to order and to chance; compared to the byte.
ANALYSES = (
    ("communities", "--method", "stable", "--projection", "who_ships_with_whom"),
    ("communities", "--resolutions", "0.5,1,2", "--projection", "who_shares_identifiers"),
    ("key-players", "--runs", "3", "--projection", "who_ships_with_whom"),
    ("key-players", "--sets", "2", "--projection", "who_ships_with_whom"),
    ("predict", "--projection", "who_shares_identifiers", "--method", "adamic_adar", "--by-lift"),
    ("phases", "--every", "quarter", "--names", "3"),
)
#: Fields that say when or how fast, not what.
PASSING = {"seconds", "started", "finished", "rejects_file", "from", "to", "file"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A made-up case, small."""
    return generate(tmp_path_factory.mktemp("case"), seed=3, scale=0.03)


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.slow), pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'same.db'}"
    url = str(request.getfixturevalue("neo4j_url"))
    emptied(url)
    return url


def still(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what may differ between two runs."""
    return [{k: v for k, v in line.items() if k not in PASSING} for line in lines]


def analysed(run: Run, store: str, some: list[str]) -> dict[str, str]:
    """What each analysis prints, those about ``some`` for people: they are ids of parties of one story."""
    ways = ("path", some[0], some[-1], "--likely")
    about_some = (ways, (*ways, "--time-ordered", "--hub-steps", "0"), ("phases", "--entity", some[0]))
    said = {}
    for asked in (*((*a, "--json") for a in ANALYSES), *about_some):
        done = run(*asked, "--store", store)
        assert done.code == 0 and done.out, (asked, done.out[-2000:], done.err[-2000:])
        said[" ".join(asked)] = done.out
    return said


def tour(run: Run, files: list[Path], store: str, folder: Path) -> dict[str, Any]:
    """The whole work, command by command."""

    def lines(*arguments: object) -> list[dict[str, Any]]:
        done = run(*arguments, "--store", store, "--json")
        assert done.code == 0, (arguments, done.out[-2000:], done.err[-2000:])
        return still(done.lines)

    said: dict[str, Any] = {"ingest": lines("ingest", *files), "again": lines("ingest", *files)}
    rates = folder / "rates.csv"
    days = "".join(f"20{year}-{month:02}-01,USD,MXN,{year}\n" for year in range(20, 27) for month in range(1, 13))
    rates.write_text(f"date,base,currency,rate\n{days}", encoding="utf-8")
    said["rates"] = [lines("rates", "load", rates), lines("rates", "use", "MXN"), lines("rates")]
    said["context"] = [lines("context"), lines("context", "exchange_rates", "--where", "rate>25")]
    said["digest"] = lines("digest")
    said["runs"] = lines("runs")
    said["suggest"] = lines("suggest")
    said["suggestions"] = lines("suggestions")
    said["detect"] = lines("detect")
    said["findings"] = lines("findings")
    assert said["findings"], "a case without findings compares nothing"
    members = [e["id"] for e in said["findings"][0]["entities"]]
    said["show"] = [lines("show", i) for i in members]
    name = said["show"][0][0]["name"]
    said["search"] = lines("search", name)
    said["path"] = lines("path", members[0], members[-1]) if len(members) > 1 else []
    said["likely"] = lines("path", members[0], members[-1], "--likely") if len(members) > 1 else []
    said["disrupt"] = lines("disrupt", "--entity", members[0], "--size", "2", "--runs", "5", "--keep", "kept")
    said["predict"] = lines("predict", "--limit", "5", "--check")
    said["phases"] = lines("phases", "--days", "90")
    said["communities"] = lines("communities", "--seed", "1")
    said["key-players"] = lines("key-players", "--runs", "0")
    said["roles"] = lines("key-players", "--roles")
    assert said["key-players"] and said["roles"], "nobody of whom to compare the figures"
    said["who pays whom"] = lines("communities", "--projection", "who_pays_whom")
    assert said["who pays whom"], "a case without payments compares nothing"
    said |= analysed(run, store, members)
    said["export"] = lines("export", "ftm", folder / "case.ftm.json")
    said["exported"] = (folder / "case.ftm.json").read_text("utf-8")
    said["withdraw"] = lines("withdraw", files[0].name, "--yes")
    said["withdraw figures"] = lines("withdraw", rates.name, "--yes")
    said["after"] = [lines("digest"), lines("context")]
    return said


def test_the_same_commands(run: Run, files: list[Path], store: str, tmp_path: Path) -> None:
    """Every command of the tour, compared field by field with the embedded store."""
    plain = f"sqlite:///{tmp_path / 'plain.db'}"
    for folder in ("plain", "other"):
        (tmp_path / folder).mkdir()
    wanted = tour(run, files, plain, tmp_path / "plain")
    found = tour(run, files, store, tmp_path / "other")
    for command, lines in wanted.items():
        assert found[command] == lines, command
    assert all(r["loaded"] == 0 for r in wanted["again"])


def shuffled(files: list[Path], folder: Path) -> list[Path]:
    """The same records in another order, in files that come in another order."""
    folder.mkdir()
    draw = random.Random(5)
    for file in files:
        lines = file.read_bytes().splitlines(keepends=True)
        heads = 0 if file.suffix == ".json" else 2
        rest = lines[heads:]
        if file.name not in (
            "sdn.csv",
            "Listado_Completo_69-B.csv",
        ):  # short lists with lines that must stand where they are
            draw.shuffle(rest)
            # a file is known to be made up by its first lines
            rest.sort(key=lambda line: b"SYNTHETIC DATA" not in line)
        (folder / file.name).write_bytes(b"".join([*lines[:heads], *rest]))
    return [folder / file.name for file in reversed(files)]


@pytest.mark.slow
def test_analyses_in_any_order_of_records(run: Run, files: list[Path], tmp_path: Path) -> None:
    """What is found depends on what is there, not on how it came: each answer to the last character."""

    def found(some: list[Path], store: Path) -> dict[str, Any]:
        def lines(*arguments: object) -> list[dict[str, Any]]:
            done = run(*arguments, "--store", f"sqlite:///{store}", "--json")
            assert done.code == 0, (arguments, done.out[-2000:], done.err[-2000:])
            return [{k: v for k, v in line.items() if k not in ("basis", "digest")} for line in done.lines]

        lines("ingest", *some)
        said = {
            "digest": lines("digest"),
            "detect": lines("detect"),
            "communities": lines("communities", "--seed", "1"),
            "stable": lines("communities", "--method", "stable", "--projection", "who_ships_with_whom"),
            "key-players": lines("key-players", "--runs", "10"),
            "roles": lines("key-players", "--roles"),
            "predict": lines("predict", "--limit", "9", "--check"),
            "phases": lines("phases", "--days", "90"),
        }
        for asked in ANALYSES:
            said[" ".join(asked)] = lines(*asked)
        first = said["key-players"][0]["id"]
        return said | {"disrupt": lines("disrupt", "--entity", first, "--size", "2", "--runs", "5")}

    wanted = found(files, tmp_path / "plain.db")
    other = found(shuffled(files, tmp_path / "other"), tmp_path / "other.db")
    for command, lines in wanted.items():
        assert lines, command
        assert other[command] == lines, command


@pytest.mark.neo4j
def test_copy_both_ways(run: Run, files: list[Path], neo4j_url: str, tmp_path: Path) -> None:  # noqa: F811
    """From a file to a server and back: three equal digests."""
    emptied(neo4j_url)
    here, back = tmp_path / "here.db", tmp_path / "back.db"
    assert run("ingest", *files, "--store", here).code == 0
    assert run("copy", here, neo4j_url, "--json").code == 0
    assert run("copy", neo4j_url, back, "--json").code == 0
    digests = [run("digest", "--store", s, "--json").lines[0] for s in (here, neo4j_url, back)]
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.neo4j
def test_a_wrong_password(run: Run, neo4j_url: str) -> None:  # noqa: F811
    """Exit code 4 and a sentence that names the server but no password."""
    scheme, _, rest = neo4j_url.partition("://")
    host = rest.rpartition("@")[2]
    done = run("runs", "--store", f"{scheme}://neo4j:not-the-password@{host}", "--json")
    assert (done.code, done.lines[0]["error"]) == (4, "store_denied")
    assert host in done.lines[0]["message"] and "not-the-password" not in done.out
