"""The command line: a tour of the work, in its order. Commands are imported when they are called."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from vinculo.command import TextCommand
from vinculo.faults import guarded, steady
from vinculo.graph.errors import UsageError
from vinculo.graph.text import say

#: Chapters of the tour: command to the module in ``vinculo/commands`` that holds it.
TOUR: dict[str, dict[str, str]] = {
    "start": {"demo": "demo"},
    "load": {
        "datasets": "load",
        "profile": "profile",
        "ingest": "load",
        "context": "context",
        "rates": "context",
        "runs": "load",
        "publish": "load",
        "withdraw": "load",
        "verify": "check",
        "upgrade": "check",
    },
    "look": {"search": "search", "show": "show", "path": "path"},
    "analyse": {
        "suggest": "analyse",
        "suggestions": "analyse",
        "detect": "analyse",
        "findings": "analyse",
        "projections": "network",
        "communities": "communities",
        "key-players": "players",
        "score": "analyse",
        "disrupt": "disrupt",
        "predict": "predict",
        "phases": "phases",
    },
    "open": {"dashboard": "screen"},
    "share": {
        "export": "share",
        "copy": "share",
        "digest": "share",
        "snapshot": "share",
        "restore": "share",
        "version": "share",
        "doctor": "check",
    },
}
#: Commands that keep each batch as it is written: stopped and run again, they do what is left.
GOES_ON = frozenset({"ingest", "demo", "copy", "restore"})
#: Command to its module.
COMMANDS = {name: module for chapter in TOUR.values() for name, module in chapter.items()}


class Tour(click.Group):
    """All commands, listed chapter by chapter, each loaded at its first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the tour."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and hand the command over."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"vinculo.commands.{COMMANDS[cmd_name]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does, with our own sentence for a command that is not there."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            code = "cli_no_such_command_near" if near else "cli_no_such_command"
            raise UsageError(code, command=name, near=near[0] if near else "")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The tour."""
        formatter.write(say("cli.tour.intro") + "\n\n")
        formatter.write(say("cli.tour.usage") + "\n")
        width = max(map(len, COMMANDS))
        for chapter, commands in TOUR.items():
            formatter.write("\n" + say(f"cli.tour.{chapter}") + "\n")
            for name in commands:
                line = say(f"cli.{name.replace('-', '_')}")
                formatter.write(f"  {name:<{width}}  {line}\n")
        formatter.write("\n" + say("cli.tour.more") + "\n")

    # click declares `main` once for each value of `standalone_mode`; here it always leaves
    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run and leave with an exit code; whatever goes wrong is said in one sentence."""
        given = command_first(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        run = super().main
        goes_on = bool(given) and given[0] in GOES_ON
        sys.exit(
            guarded(lambda: run(given, prog_name or "vinculo", **extra), as_json="--json" in given, goes_on=goes_on)
        )


def command_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with common options that stand before the command put behind it.

    Examples
    --------
    >>> command_first(["--store", "case.db", "--json", "search", "ana"])
    ['search', '--store', 'case.db', '--json', 'ana']
    """
    rest = list(arguments)
    common: list[str] = []
    while rest and (rest[0] in ("--quiet", "--json", "--store") or rest[0].startswith("--store=")):
        taken = 2 if rest[0] == "--store" else 1
        common, rest = common + rest[:taken], rest[taken:]
    return [*rest[:1], *common, *rest[1:]]


@click.command(cls=Tour, name="vinculo", add_help_option=True, no_args_is_help=False, invoke_without_command=True)
@click.option("--version", is_flag=True, is_eager=True)
@click.pass_context
def vinculo(context: click.Context, version: bool) -> None:
    """Join what customs, financial-intelligence and police units hold separately."""
    if version:
        from vinculo import __version__

        click.echo(f"vinculo {__version__}")
        context.exit()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """Entry point of the ``vinculo`` command."""
    # numba's and the native libraries' threads are of no use to small commands and slow their start
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    steady()
    vinculo()


__all__ = ["COMMANDS", "TOUR", "TextCommand", "main", "vinculo"]
