"""Chapter *start*: the made-up case, whole."""

from __future__ import annotations

from pathlib import Path

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.commands.load import tell_report
from vinculo.commands.screen import free_port, serve
from vinculo.console import Console
from vinculo.graph.errors import EnvironmentProblem, UsageError
from vinculo.graph.evidence import still_there
from vinculo.graph.settings import load_settings
from vinculo.graph.store import Store


@command
@click.option("--seed", type=int, default=7)
@click.option("--scale", type=click.FloatRange(0, 10, min_open=True), default=1.0)
@click.option("--folder", metavar="FOLDER")
@click.option("--mix", is_flag=True)
@click.option("--no-dashboard", is_flag=True)
@click.option("--port", type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True)
def demo(
    console: Console,
    seed: int,
    scale: float,
    folder: str | None,
    mix: bool,
    no_dashboard: bool,
    port: int | None,
    no_browser: bool,
) -> int:
    """Make a case up, load it, look for patterns in it and open the dashboard."""
    from vinculo.analytics.detect import detect
    from vinculo.ingest.demo import generate
    from vinculo.ingest.load import ingest
    from vinculo.ingest.resolve.suggest import suggest

    if not no_dashboard:
        port = free_port(port)
    kept = Path(folder) if folder else load_settings().data_folder / "demo" / f"case-{seed}"
    with console.open(write=True) as store:
        if not mix and any(not s.synthetic for s in (*store.sources(), *store.unpublished())):
            raise UsageError("demo_into_real_case", url=console.shown_url)
        console.note("cli.demo.making", folder=str(kept))
        files = generate(_made(kept), seed=seed, scale=scale)
        for report in ingest(files, store, progress=console.progress):
            tell_report(console, report.as_json())
        store.save_document("demo", "case", {"folder": str(kept.resolve()), "seed": seed, "scale": scale})
        suggest(store, progress=console.progress)
        found = detect(store, progress=console.progress)
        note_compiling(console)
        _tell(console, store, len(found), kept)
    if no_dashboard:
        console.say("cli.demo.next")
        return 0
    return serve(console, port, browser=not no_browser)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise EnvironmentProblem("not_a_folder", file=str(folder)) from None
    return folder


def _tell(console: Console, store: Store, findings: int, folder: Path) -> None:
    counts = store.counts()
    told = {
        "entities": sum(counts["entities"].values()),
        "links": sum(counts["links"].values()),
        "findings": findings,
        "suggestions": len(still_there(store, store.suggestions())),
    }
    console.emit({"folder": str(folder), **told})
    console.say("cli.demo.done", **{k: f"{n:,}" for k, n in told.items()})
