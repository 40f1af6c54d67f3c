"""What scripts may count on: names in the JSON lines, nothing else on standard output, exit codes."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinculo.cli import COMMANDS

#: ``run`` of the conftest: ``code``, ``out``, ``err``, ``lines``.
Run = Callable[..., Any]
DISPOSITIONS = ("loaded", "duplicate_in_file", "already_there", "rejected")
#: Fields that stay, by command.
CONTRACT = {
    "ingest": "file sha256 dataset read loaded duplicate_in_file already_there rejected entities links run rejects_file seconds",
    "show": "id kind name properties links",
    "search": "id kind name score matched datasets told_apart_by",
    "findings": "id typology version score entities links reason lawful settles truncated",
    "communities": "id size members modularity method seed",
    "score": "typology planted found missed look_alikes flagged",
    "runs": "run started finished dataset files status",
    "digest": "digest values_digest entities links values",
    "error": "error message file line column hint",
}


def keeps(command: str, line: dict[str, object]) -> None:
    """The line has every field that stays."""
    missing = set(CONTRACT[command].split()) - set(line)
    assert not missing, f"{command} lost {missing}"


def test_ingest_says_what_became_of_each_record(run: Run, transfers: Path, tmp_path: Path) -> None:
    """Dispositions add up, rejects are in a file, a second run changes nothing."""
    store = tmp_path / "case.db"
    first = run("ingest", transfers, "--store", store, "--json")
    assert first.code == 0, first.err
    [line] = first.lines
    keeps("ingest", line)
    assert (line["read"], line["loaded"], line["duplicate_in_file"], line["rejected"]) == (6, 4, 1, 1)
    assert line["sha256"] == hashlib.sha256(transfers.read_bytes()).hexdigest()
    with Path(line["rejects_file"]).open(encoding="utf-8-sig") as file:
        [reject] = csv.DictReader(file)
    assert (reject["record"], reject["line"]) == ("5", "6")
    before = run("digest", "--store", store, "--json").lines[0]
    keeps("digest", before)
    [again] = run("ingest", transfers, "--store", store, "--json").lines
    assert (again["loaded"], again["already_there"]) == (0, 4)
    assert again["read"] == sum(again[d] for d in DISPOSITIONS)
    assert run("digest", "--store", store, "--json").lines[0] == before


def test_ingest_goes_on_after_a_wrong_file(run: Run, transfers: Path, tmp_path: Path) -> None:
    """A file that is no dataset is told and the next one loaded; the exit code says that one failed."""
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("colour,shape\nred,round\n", encoding="utf-8")
    (empty := tmp_path / "empty.csv").touch()
    done = run("ingest", wrong, empty, transfers, "--store", tmp_path / "case.db", "--json")
    assert done.code == 3
    error, another, report = done.lines
    keeps("error", error)
    # each of them is told
    assert (error["error"], another["error"]) == ("unknown_file", "empty_file")
    assert report["loaded"] == 4


ANOTHER = """\
transfer_id,date,amount,currency,originator_account,originator_name,originator_bank,beneficiary_account,beneficiary_name,beneficiary_bank
U1,2024-04-01,100,USD,Z-1,Harbour Trading LLC,Third Bank,Z-2,Nadie Mas,Third Bank
"""


def test_ingest_suggests_spelling_variants_and_merges_nobody(run: Run, transfers: Path, tmp_path: Path) -> None:
    """Once, after the files are in; the line of the last file says how many, and a second run has nothing to look for."""
    store, other = tmp_path / "case.db", tmp_path / "april.csv"
    other.write_text(ANOTHER, encoding="utf-8")
    first, last = run("ingest", transfers, other, "--store", store, "--json").lines
    keeps("ingest", last)
    assert "suggestions" not in first and last["suggestions"] == 1
    [pair] = run("suggestions", "--store", store, "--json").lines
    names = {run("show", pair[end], "--store", store, "--json").lines[0]["name"] for end in ("left", "right")}
    assert names == {"Harbor Trading LLC", "Harbour Trading LLC"} and pair["judgement"] == "unsure"
    before = run("digest", "--store", store, "--json").out
    again = run("ingest", transfers, other, "--store", store, "--json").lines
    assert not any("suggestions" in line for line in again)
    assert run("digest", "--store", store, "--json").out == before
    assert run("suggestions", "--store", store, "--json").lines == [pair]


def test_what_an_earlier_load_did_not_look_for_is_made_good(run: Run, transfers: Path, tmp_path: Path) -> None:
    """A load without the look, or one killed before it, leaves it to the next; a wrong file among them does not matter."""
    store, other, wrong = tmp_path / "case.db", tmp_path / "april.csv", tmp_path / "wrong.csv"
    other.write_text(ANOTHER, encoding="utf-8")
    wrong.write_text("colour,shape\nred,round\n", encoding="utf-8")
    for line in run("ingest", transfers, other, "--no-suggest", "--store", store, "--json").lines:
        assert "suggestions" not in line
    assert run("suggestions", "--store", store, "--json").lines == []
    done = run("ingest", other, wrong, "--store", store)
    assert done.code == 3
    assert "Pairs that may be one party: 1;" in done.out + done.err
    assert len(run("suggestions", "--store", store, "--json").lines) == 1


def test_runs(run: Run, case: Path) -> None:
    """One line per file loaded."""
    [line] = run("runs", "--store", case, "--json").lines
    keeps("runs", line)
    assert (line["files"], line["status"], line["dataset"]) == (["transfers.csv"], "done", "transfers")
    assert "transfers.csv" in run("runs", "--store", case).out


def test_search_and_show(run: Run, case: Path) -> None:
    """A name without its accent finds the firm; every value has its file and record."""
    hits = run("search", "comercializadora penon", "--store", case, "--json").lines
    keeps("search", hits[0])
    assert hits[0]["name"] == "Comercializadora Peñón"
    [shown] = run("show", hits[0]["id"], "--store", case, "--json").lines
    keeps("show", shown)
    [name] = shown["properties"]["name"]
    assert name["value"] == "Comercializadora Peñón"
    assert {s["file"] for s in name["sources"]} == {"transfers.csv"}
    assert name["sources"][0]["record"] == 1
    assert {x["kind"] for x in shown["links"]} >= {"HOLDS"}
    told = run("show", hits[0]["id"], "--store", case).out
    assert "transfers.csv, record 1" in told
    link = shown["links"][0]["id"]
    [as_link] = run("show", link, "--store", case, "--json").lines
    assert as_link["id"] == link and as_link["sources"]


def test_hits_of_one_name_are_told_apart(run: Run, tmp_path: Path) -> None:
    """By place and number where one dataset has several of a name, by what it was about where the name is a number."""
    store, file, acts = tmp_path / "case.db", tmp_path / "transfers.csv", tmp_path / "inspections.csv"
    header = "transfer_id,date,amount,currency,originator_account,originator_name,originator_country,originator_tax_id"
    file.write_text(
        f"{header},beneficiary_account\n"
        "T1,2024-03-01,5,USD,A1,Gemela SA,MX,GEM010101AB1,B1\nT2,2024-03-01,5,USD,A2,Gemela SA,GT,1234567-8,B1\n",
        encoding="utf-8",
    )
    acts.write_text(
        "inspection_id,date,kind,result,commodity\nQ-1,2024-03-01,agricultural,Pest found "
        + "in mangoes " * 9
        + ",fruit\n",
        encoding="utf-8",
    )
    assert run("ingest", file, acts, "--store", store).code == 0
    hits = run("search", "Gemela", "--store", store, "--json").lines
    assert {h["told_apart_by"] for h in hits} == {"MX, GEM010101AB1", "GT, 1234567-8"}
    page = run("search", "Gemela", "--store", store).out
    assert re.search(r"GT, 1234567-8 +transfers ", page)
    [hit, *_] = run("search", "Q-1", "--store", store, "--json").lines
    assert hit["told_apart_by"].startswith("agricultural") and len(hit["told_apart_by"]) <= 60


def test_path(run: Run, case: Path) -> None:
    """Two firms are linked through their accounts, each hop with its evidence."""
    ids = [run("search", name, "--store", case, "--json").lines[0]["id"] for name in ("Penon", "Harbor Trading")]
    [line, *_] = run("path", *ids, "--store", case, "--json").lines
    assert line["hops"] == len(line["links"]) == len(line["entities"]) - 1
    assert [line["entities"][0]["id"], line["entities"][-1]["id"]] == ids
    assert all(x["sources"] for x in line["links"])
    assert "transfers.csv" in run("path", *ids, "--store", case).out
    assert run("path", *ids, "--max-hops", "1", "--store", case, "--json").lines == []


def test_detect_twice_is_the_same(run: Run, case: Path) -> None:
    """Findings are kept and do not depend on the run."""
    first = run("detect", "--store", case, "--json")
    assert first.code == 0, first.err
    assert run("detect", "--store", case, "--json").out == first.out
    kept = run("findings", "--store", case, "--json").lines
    assert {f["id"] for f in kept} == {f["id"] for f in first.lines}
    for line in kept:
        keeps("findings", line)
        assert set(line["reason"]) == {"en", "es"}
        assert all(set(e) == {"id", "role"} for e in line["entities"])


def test_findings_go_with_the_file_they_rest_on_and_say_when_they_are_old(
    run: Run, case: Path, transfers: Path, tmp_path: Path
) -> None:
    """A withdrawn file's findings were told on; those made before another file came looked current."""
    older = "Files were loaded or withdrawn after these"
    assert run("detect", "--store", case, "--json").lines
    told = run("findings", "--store", case)
    assert older not in told.out + told.err
    other = tmp_path / "april.csv"
    other.write_text(ANOTHER, encoding="utf-8")
    run("ingest", other, "--no-suggest", "--store", case)
    told = run("findings", "--store", case, "--json")
    assert told.lines and f"{older} findings" in told.err
    assert f"{older} pairs" in run("suggestions", "--store", case).err
    run("withdraw", "transfers.csv", "--yes", "--store", case)
    gone = run("findings", "--store", case, "--json")
    assert gone.lines == [] and older in gone.err
    run("detect", "--store", case)
    run("suggest", "--store", case)
    for command in ("findings", "suggestions"):
        assert older not in run(command, "--store", case).err


def test_detect_and_findings_are_told_best_first(run: Run, case: Path) -> None:
    """By score, whatever the typology."""
    for command in ("detect", "findings"):
        scores = [f["score"] for f in run(command, "--store", case, "--json").lines]
        assert scores == sorted(scores, reverse=True)


def test_an_empty_case_is_no_fault(run: Run, case: Path, tmp_path: Path) -> None:
    """Everything that reads a case reads one with nothing in it."""
    run("withdraw", "transfers.csv", "--yes", "--store", case)
    for command in ("suggest", "detect", "findings", "communities", "suggestions", "search nobody", "digest"):
        done = run(*command.split(), "--store", case, "--json")
        assert done.code == 0, (command, done.out)
        assert run(*command.split(), "--store", case).code == 0
    for format in ("csv", "ftm", "graphml", "html"):
        assert run("export", format, tmp_path / f"empty.{format}", "--store", case).code == 0


def test_communities_repeat(run: Run, case: Path) -> None:
    """The same seed, the same groups."""
    first = run("communities", "--store", case, "--json", "--seed", "3")
    assert first.code == 0, first.err
    for line in first.lines:
        keeps("communities", line)
        assert line["size"] == len(line["members"]) and line["seed"] == 3
    assert run("communities", "--store", case, "--json", "--seed", "3").out == first.out


def test_withdraw_asks_first(run: Run, case: Path, transfers: Path) -> None:
    """Nobody there to answer: nothing goes. With --yes exactly this file goes."""
    refused = run("withdraw", "transfers.csv", "--store", case, "--json")
    assert (refused.code, refused.lines[0]["error"]) == (2, "needs_yes")
    sha256 = hashlib.sha256(transfers.read_bytes()).hexdigest()
    [gone] = run("withdraw", sha256[:10], "--yes", "--store", case, "--json").lines
    assert gone["sha256"] == sha256 and gone["entities"] > 0
    left = run("digest", "--store", case, "--json").lines[0]
    assert (left["entities"], left["links"], left["values"]) == (0, 0, 0)
    [line] = run("runs", "--store", case, "--json").lines
    assert line["status"] == "withdrawn"
    nothing = run("withdraw", "transfers.csv", "--yes", "--store", case, "--json")
    assert (nothing.code, nothing.lines[0]["error"]) == (2, "unknown_source")


def test_copy_snapshot_restore(run: Run, case: Path, tmp_path: Path) -> None:
    """The same digest wherever the case goes."""
    wanted = run("digest", "--store", case, "--json").lines[0]
    assert run("copy", case, tmp_path / "copy.db", "--json").code == 0
    assert run("digest", "--store", tmp_path / "copy.db", "--json").lines[0] == wanted
    assert run("snapshot", tmp_path / "kept", "--store", case, "--json").code == 0
    assert run("restore", tmp_path / "kept", "--store", tmp_path / "again.db", "--json").code == 0
    assert run("digest", "--store", tmp_path / "again.db", "--json").lines[0] == wanted


@pytest.mark.parametrize("format", ["csv", "ftm", "graphml", "html"])
def test_export(run: Run, case: Path, tmp_path: Path, format: str) -> None:
    """Every format writes a file with what it says it holds."""
    target = tmp_path / f"case.{format}"
    done = run("export", format, target, "--store", case, "--json")
    assert done.code == 0, done.out + done.err
    [line] = done.lines
    assert line["entities"] > 0 and line["links"] > 0
    assert target.exists()


def test_export_of_one_id_and_unknown_format(run: Run, case: Path, tmp_path: Path) -> None:
    """Ids narrow an export; a format that is not there is a usage error and writes nothing."""
    [hit, *_] = run("search", "Harbor", "--store", case, "--json").lines
    [line] = run("export", "ftm", tmp_path / "one.json", "--id", hit["id"], "--store", case, "--json").lines
    assert line["entities"] == 1
    wrong = run("export", "pdf", tmp_path / "x.pdf", "--store", case, "--json")
    assert (wrong.code, wrong.lines[0]["error"]) == (2, "unknown_export")
    assert not (tmp_path / "x.pdf").exists()


def test_datasets(run: Run) -> None:
    """The list comes from the registry; one of them is told in full."""
    names = {line["name"] for line in run("datasets", "--json").lines}
    assert {"transfers", "bills_of_lading", "seizures", "inspections"} <= names
    [one] = run("datasets", "transfers", "--json").lines
    assert "amount" in one["columns"]
    assert "amount" in run("datasets", "transfers").out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_in_both_languages(run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usage, a sentence, the three common options."""
    pages = []
    for language in ("en", "es"):
        monkeypatch.setenv("VINCULO_LANGUAGE", language)
        page = run(name, "--help")
        assert page.code == 0, page.err
        assert all(option in page.out for option in ("--store", "--json", "--quiet"))
        pages.append(page.out)
    assert pages[0] != pages[1]
    assert pages[1].startswith("Uso: vinculo")


def test_the_tour_lists_every_command_once(run: Run) -> None:
    """``vinculo --help`` and bare ``vinculo``."""
    page = run("--help").out
    for name in COMMANDS:
        assert sum(line.split()[:1] == [name] for line in page.splitlines()) == 1, name
    assert run().out == page


def test_common_options_before_the_command(run: Run, case: Path) -> None:
    """Where people put them too."""
    after = run("runs", "--store", case, "--json").out
    assert run("--store", case, "--json", "runs").out == after
    assert run(f"--store={case}", "--json", "runs").out == after


def test_quiet_says_nothing_aside(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody named a store its address goes to stderr; ``--quiet`` leaves it out."""
    monkeypatch.setenv("VINCULO_STORE", "")
    assert "vinculo.db" in run("runs").err
    run("ingest", case.parent / "transfers.csv", "--quiet")
    assert run("runs", "--quiet").err == ""
    assert "vinculo.db" in run("runs", "--json").err


def test_a_password_is_never_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a note nor in an error."""
    done = run("runs", "--store", "neo4j://ana:geheim@127.0.0.1:9", "--json")
    assert done.code == 4
    assert done.lines[0]["error"] == "store_unreachable"
    assert "geheim" not in done.out + done.err


def test_control_characters_do_not_reach_the_terminal(run: Run, transfers: Path, tmp_path: Path) -> None:
    """A name with an escape sequence is shown as text."""
    file = tmp_path / "hostile\x1b[31m.csv"
    text = transfers.read_text("utf-8")
    file.write_text(text.replace("Harbor Trading LLC", "Harbor\u202e Trading\u200b LLC"), encoding="utf-8")
    store = tmp_path / "hostile.db"
    run("ingest", file, "--store", store)
    for done in (run("search", "Harbor", "--store", store), run("runs", "--store", store)):
        assert not any(c in done.out for c in "\x1b\u202e\u200b")


def test_progress_as_json_lines(run: Run, transfers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard reads where a command is from stderr."""
    monkeypatch.setenv("VINCULO_PROGRESS", "json")
    done = run("ingest", transfers, "--store", tmp_path / "case.db", "--json")
    steps = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]
    assert steps and all(set(s) == {"stage", "done", "total"} for s in steps)
