"""A good file of each format, damaged in each way: every record has a disposition, none is lost, a sentence says what is wrong.

What is promised is checked in ``verdicts.py``, for each of ``damages.py`` and ``good_samples.py``; what the page says, here.
"""

from __future__ import annotations

from pathlib import Path

import matrix
import pytest
from damages import DAMAGES
from good_samples import SAMPLES

#: The default run takes two formats; the others are taken with ``-m slow``, tables too, to which most kinds of damage apply.
DEFAULT = ("json", "UN xml")


@pytest.mark.parametrize(
    "name", [n if n in DEFAULT else pytest.param(n, marks=pytest.mark.slow) for n in SAMPLES], ids=str
)
def test_damage_spoils_what_is_damaged_and_nothing_else(name: str, tmp_path: Path) -> None:
    letters, broken = matrix.judged(SAMPLES[name], tmp_path)
    assert not broken, "\n".join(broken)
    assert letters == {k: v for k, v in matrix.told().items() if k[1] == name}, "docs/bad-input.md says otherwise"


def test_the_page_tells_of_each_kind_and_each_format() -> None:
    told = matrix.told()
    assert {d for d, _ in told} == {d.name for d in DAMAGES} and {n for _, n in told} == set(SAMPLES)
    assert len(DAMAGES) == len({d.name for d in DAMAGES}) >= 80
