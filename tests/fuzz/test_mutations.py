"""Each reader is fed its good file with some bytes changed, by a seeded generator: a sentence may come of it, nothing else."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import targets
from verdicts import hurried


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The same with one to five changes: bytes flipped, gone, doubled, or a text that means something put in."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(made) + 1)
        size = chance.choice((1, 1, 2, 4, 30))
        what = chance.randrange(4)
        if what == 0:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            del made[at : at + size]
        elif what == 2:
            made[at:at] = made[at : at + size]
        else:
            made[at:at] = chance.choice(targets.TOKENS)
    return bytes(made)


@pytest.mark.parametrize("more", [1, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", targets.READERS)
def test_changed_bytes_end_in_a_sentence(name: str, more: int) -> None:
    alone, mapped, good = targets.target(name), targets.target(name, mapped=True), targets.seed(name)
    chance = random.Random(f"{name} {more}")
    for number in range(120 * more):
        feed = alone if number % 40 else mapped
        data = mutated(good, chance)
        try:
            with hurried():
                feed(data)
        except Exception as error:
            pytest.fail(f"{error!r} for {data!r}")


def test_the_good_files_are_read() -> None:
    for name in targets.READERS:
        targets.target(name, mapped=True)(targets.seed(name))


def test_what_crashed_a_reader_once_does_no_more() -> None:
    for name, path in targets.crashers():
        with hurried():
            targets.target(name, mapped=True)(path.read_bytes())
