"""Chapter *load*: profile."""

from __future__ import annotations

from pathlib import Path

import click

from vinculo.command import command
from vinculo.console import Console
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.text import current_language, say
from vinculo.graph.whole import whole


@command
@click.argument("file", metavar="FILE")
@click.option("--mapping", metavar="FILE")
@click.option("--template", metavar="NAME")
def profile(console: Console, file: str, mapping: str | None, template: str | None) -> None:
    """Guess what the columns of a file are, write the mapping, show five records as they would be mapped."""
    from vinculo.ingest.formats.opened import open_file
    from vinculo.ingest.profile import guess, preview, written

    opened = open_file(file)
    found = guess(opened, template or "")
    name = Path(file).name.split(".")[0]
    path = Path(mapping) if mapping else Path(f"{name}.mapping.yml")
    if path.exists():
        raise UsageError("mapping_exists", file=str(path))
    try:
        with whole(path) as part:
            part.write_text(written(found, name=name, file=Path(file).name), encoding="utf-8")
    except OSError as error:
        raise InputError("mapping_unwritable", file=str(path), reason=error.strerror or str(error)) from None
    console.table(
        ("header", "column", "sure", "samples"),
        [
            (
                c.header,
                c.meant or say("cli.profile.unused"),
                _sure(c.meant, c.sure),
                _told(c.samples),
            )
            for c in found.columns
        ],
        cut=True,
    )
    records = [] if found.missing else preview(opened, path)
    console.emit(
        {
            "file": file,
            "mapping": str(path),
            "template": found.dataset.name,
            "columns": {c.header: c.meant for c in found.columns},
            "missing": list(found.missing),
            "doubtful": found.doubtful,
            "records": records,
        }
    )
    for record in records:
        said = "; ".join(_thing(e["kind"], e["properties"]) for e in record["entities"])
        links = ", ".join(k["kind"] for k in record["links"])
        said = said or "; ".join(say("cli.profile.rejected", reason=r[current_language()]) for r in record["rejected"])
        console.say(
            "cli.profile.record", record=record["record"], line=record["line"], entities=said, links=links or "-"
        )
    if found.doubtful and not template:
        console.warn(say("cli.profile.doubtful", template=found.dataset.title.into()))
    if found.missing:
        console.warn(say("cli.profile.missing", columns=", ".join(found.missing), mapping=path))
    console.say("cli.profile.done", file=file, mapping=path, template=found.dataset.title.into())


def _told(samples: tuple[str, ...]) -> str:
    """Samples on one line, whatever line breaks stand in a cell."""
    return "; ".join(" ".join(s.split()) for s in samples)


def _sure(meant: str, sure: float) -> str:
    return f"{sure:.0%}" if meant else ""


def _thing(kind: str, properties: list[tuple[str, str]]) -> str:
    from vinculo.graph.schema import kind as kind_of

    named = sorted(properties, key=lambda p: p[0].casefold().endswith("country"))
    return f"{kind_of(kind).label.into()} ({', '.join(value for _, value in named[:3])})"
