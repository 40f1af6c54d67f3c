"""How a command is declared: its words come from the catalogue, its three common options from here."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from vinculo.console import Console, worded
from vinculo.faults import reader_gone
from vinculo.graph.text import has, say


class TextCommand(click.Command):
    """A command whose help is read from the catalogue.

    ``cli.NAME`` is its line in the tour, ``cli.NAME.more`` the rest of its help (may be absent), ``cli.NAME.PARAMETER`` or
    ``cli.common.PARAMETER`` the words for a parameter.
    """

    @property
    def key(self) -> str:
        """Its key in the catalogue."""
        return f"cli.{(self.name or '').replace('-', '_')}"

    def words(self, parameter: str) -> str:
        """What the help says about one parameter."""
        own = f"{self.key}.{parameter}"
        return say(own if has(own) else f"cli.common.{parameter}")

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, what it does, arguments, options."""
        formatter.write_usage(
            ctx.command_path, worded(" ".join(self.collect_usage_pieces(ctx))), prefix=say("cli.usage") + " "
        )
        formatter.write_paragraph()
        with formatter.indentation():
            line = say(self.key)
            formatter.write_text(f"{line[:1].upper()}{line[1:]}.")
            if has(f"{self.key}.more"):
                formatter.write_paragraph()
                formatter.write_text(say(f"{self.key}.more"))
        arguments = [p for p in self.params if isinstance(p, click.Argument)]
        options = [p for p in self.params if isinstance(p, click.Option) and not p.hidden]
        if arguments:
            with formatter.section(say("cli.arguments")):
                formatter.write_dl([(worded(p.metavar or ""), self.words(p.name or "")) for p in arguments])
        with formatter.section(say("cli.options")):
            rows = [(_spelled(p), self.words(p.name or "")) for p in options]
            formatter.write_dl([*rows, ("--help", say("cli.common.help"))])


def _spelled(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {'|'.join(map(str, option.type.choices))}"
    return f"{names} {worded(option.metavar or 'N')}"


def command(function: Callable[..., int | None]) -> TextCommand:
    """Make a function that takes a :class:`Console` first the command of its name, with the common options.

    The function returns an exit code, or ``None`` for 0.
    """
    name = function.__name__.replace("_", "-")

    @functools.wraps(function)
    def run(*, store: str | None, quiet: bool, as_json: bool, **values: Any) -> int:
        with Console(store=store, quiet=quiet, as_json=as_json) as console:
            try:
                return function(console, **values) or 0
            except BrokenPipeError:
                # caught here, for click would end with 1
                return reader_gone()

    declared: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))
    common: list[click.Parameter] = [
        click.Option(["--store"], metavar="URL"),
        click.Option(["--quiet"], is_flag=True),
        click.Option(["--json", "as_json"], is_flag=True),
    ]
    return TextCommand(name, callback=run, params=declared + common)
