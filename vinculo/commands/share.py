"""Chapter *share*: export, copy, digest, snapshot, restore, version."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

import click

from vinculo.command import command
from vinculo.console import Console, addressed
from vinculo.graph.chart import Chart
from vinculo.graph.errors import UsageError
from vinculo.graph.text import say


@command
@click.argument("format", metavar="FORMAT")
@click.argument("target", metavar="TARGET")
@click.option("--id", "ids", multiple=True, metavar="ID")
@click.option("--chart", "chart_name", metavar="NAME")
@click.option("--include-sar", is_flag=True)
@click.option("--language", type=click.Choice(["en", "es"]))
@click.option("--title", default="", metavar="TEXT")
@click.option("--handling", default="", metavar="TEXT")
def export(
    console: Console,
    format: str,
    target: str,
    ids: tuple[str, ...],
    chart_name: str | None,
    include_sar: bool,
    language: str | None,
    title: str,
    handling: str,
) -> None:
    """Write a file that can be shared."""
    from vinculo.graph.exports import export as write

    if ids and chart_name:
        raise UsageError("ids_or_chart")
    with console.open() as store:
        chart = None
        if chart_name is not None:
            charts = store.documents("charts")
            fitting = [c for n, c in charts.items() if chart_name in (n, c.get("title"))]
            if not fitting:
                raise UsageError("unknown_chart", chart=chart_name)
            chart = Chart.from_json(fitting[0])
        made = write(
            store,
            format,
            target,
            ids=ids or None,
            chart=chart,
            include_taint=("sar",) if include_sar else (),
            language=language,
            title=title,
            handling=handling,
            progress=console.progress,
        )
    console.emit(made)
    console.say("cli.export.done", file=made["file"], entities=f"{made['entities']:,}", links=f"{made['links']:,}")
    if made["groups_opened"]:
        console.say("cli.export.groups_opened", count=f"{made['groups_opened']:,}")
    kept_back = made["left_out"]
    if kept_back["entities"] or kept_back["links"]:
        console.say("cli.export.kept_back", **{k: f"{n:,}" for k, n in kept_back.items()})


@command
@click.argument("from_url", metavar="FROM_URL")
@click.argument("to_url", metavar="TO_URL")
def copy(console: Console, from_url: str, to_url: str) -> None:
    """Copy everything from one store into another."""
    from vinculo.graph.stores import hide_password, open_store
    from vinculo.graph.transfer import copy as carry

    if addressed(from_url) == addressed(to_url):
        raise UsageError("copy_same")
    origin = open_store(addressed(from_url), create=False, read_only=True)
    try:
        target = open_store(addressed(to_url))
        try:
            made = carry(origin, target, progress=console.progress)
        finally:
            target.close()
    finally:
        origin.close()
    shown = {"from": hide_password(addressed(from_url)), "to": hide_password(addressed(to_url))}
    console.emit(shown | made)
    console.say("cli.copy.done", **shown)
    console.table(("what", "count"), [(say(f"cli.copied.{k}"), n) for k, n in made.items()], numbers=(1,))


@command
def digest(console: Console) -> None:
    """Print one sum over everything files assert, the same for equal contents on any store."""
    from vinculo.graph.transfer import digest as add_up

    with console.open() as store:
        made = add_up(store)
    console.emit(made)
    console.line(made["digest"])
    console.say("cli.digest.values", sum=made["values_digest"])
    console.say("cli.digest.counts", **{k: f"{made[k]:,}" for k in ("entities", "links", "values")})


@command
@click.argument("folder", metavar="FOLDER")
def snapshot(console: Console, folder: str) -> None:
    """Write the whole store as Parquet files into a new folder."""
    from vinculo.graph.leftovers import left_behind
    from vinculo.graph.transfer import snapshot as write

    left = left_behind(Path(folder).absolute().parent)
    with console.open() as store:
        made = write(store, Path(folder), progress=console.progress)
    gone = [part.name for part in left if not part.exists()]
    console.emit({"folder": folder} | dict(made) | ({"removed": gone} if gone else {}))
    for name in gone:
        console.say("cli.snapshot.removed", name=name)
    console.say("cli.snapshot.done", folder=folder)


@command
@click.argument("folder", metavar="FOLDER")
def restore(console: Console, folder: str) -> None:
    """Read a snapshot into the store."""
    from vinculo.graph.transfer import restore as read

    with console.open(write=True) as store:
        made = read(Path(folder), store, progress=console.progress)
    console.emit({"folder": folder} | dict(made))
    console.say("cli.restore.done", folder=folder)


@command
def version(console: Console) -> None:
    """Print the version and those of what it stands on."""
    from vinculo import __version__

    made = {"vinculo": __version__, "python": platform.python_version()}
    for name in ("neo4j", "networkx", "numba", "numpy", "pyarrow", "pyvis", "streamlit"):
        try:
            made[name] = installed(name)
        except PackageNotFoundError:
            continue
    console.emit(made)
    console.table(("what", "version"), list(made.items()))
