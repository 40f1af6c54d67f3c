"""Generated files: some with every run, more with ``-m slow``, ten thousand by the command in ``generated.py``."""

from __future__ import annotations

from pathlib import Path

import generated
import pytest


@pytest.mark.parametrize("number", [40, pytest.param(700, marks=pytest.mark.slow)])
def test_nothing_but_a_sentence_comes_of_a_generated_file(number: int, tmp_path: Path) -> None:
    counts = generated.run(number, tmp_path)
    assert counts.total() >= number * 0.9
    # some come through, some are rejected, some are refused: else nothing is tried
    assert counts["loaded"] and counts["rejected"] and counts.total() > counts["loaded"] + counts["rejected"]
