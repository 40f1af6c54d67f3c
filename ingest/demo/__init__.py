"""One invented case across the US-Mexico border, Guatemala and Colombia, made anew from a seed.

The same seed gives the same bytes on every machine. Nobody in it exists: tax numbers, phones, containers, ships and accounts
lie in ranges that are never given out (``numbering``), firms are called after invented words, and everybody who takes part in a
planted pattern has an invented surname (``names``). What is planted, and what only looks like it, is in ``answers.json``
beside the files; nothing that analyses the case may read it.
"""

from __future__ import annotations

from pathlib import Path

from vinculo.ingest.demo.cargo_patterns import hide_cargo
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.enforcement import enforcement
from vinculo.ingest.demo.lists import fill_lists
from vinculo.ingest.demo.look_alikes import look_alikes
from vinculo.ingest.demo.parties import populate
from vinculo.ingest.demo.patterns import hide_money
from vinculo.ingest.demo.payments import payments
from vinculo.ingest.demo.register import fill_register
from vinculo.ingest.demo.story import tell
from vinculo.ingest.demo.trade import trade
from vinculo.ingest.demo.write import NOTICE, write

__all__ = ["NOTICE", "generate"]


def generate(folder: str | Path, *, seed: int = 7, scale: float = 1.0) -> list[Path]:
    """Write the case into a folder.

    Parameters
    ----------
    folder : path
        Made where it is missing; files of the same names are replaced.
    seed : int
        Another seed gives another case of the same make, with the same story.
    scale : float
        1.0 is about 20,000 bills of lading, 60,000 transfers, 300 seizures, 2,000 inspections and 6,000 parties.

    Returns
    -------
    list of pathlib.Path
        The files, in the order they are best loaded. The answers (``answers.json``) are not among them.

    Raises
    ------
    ValueError
        ``scale`` is not above 0.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in generate(folder, scale=0.02)][-1]
    'transfers.csv'
    """
    if not scale > 0:
        raise ValueError(f"scale must be above 0, not {scale}")
    draws = Draws(seed)
    world = populate(seed, scale)
    relations = trade(world, draws.child("trade"))
    payments(world, draws.child("payments"), relations)
    enforcement(world, draws.child("enforcement"))
    tell(world, draws.child("story"))
    hide_money(world, draws.child("money"))
    hide_cargo(world, draws.child("cargo"))
    look_alikes(world, draws.child("look-alikes"))
    fill_register(world, draws.child("register"))
    fill_lists(world, draws.child("lists"))
    return write(world, Path(folder), seed, draws.child("slips"))
