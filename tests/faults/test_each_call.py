"""A write, sync, rename, truncation or removal of a file goes wrong: nothing acknowledged is lost, nothing is half there.

Here some calls of each job have their turn; ``python tests/faults/table.py`` gives it to every one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from preloading import HOW, can_compile, each_call, wrong

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not can_compile(), reason=HOW)]
#: Of each fault, how many calls: most of a load's, for it makes most. Jobs that write like these have their turn in the table.
JOBS = {"load": 5, "withdraw": 1, "snapshot": 1, "restore": 1, "export ftm": 1, "profile": 1}


@pytest.mark.parametrize("job", JOBS)
def test_a_call_that_goes_wrong(tmp_path: Path, job: str) -> None:
    """Killed there, refused, cut short, on a full disk, on a dead one, in a power cut."""
    found = list(each_call(tmp_path, job, JOBS[job]))
    assert len(found) >= 10 * JOBS[job]
    assert [(wrong(case), case) for case in found if wrong(case)] == []
