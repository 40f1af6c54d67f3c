"""Files with generated values and random damage: nothing but a sentence may come of them, in bounded time.

``python tests/ingest/bad_input/generated.py 10000`` loads so many of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from good_samples import SAMPLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from naughty import NAUGHTY
from parts import Row, Sample
from verdicts import hurried

from vinculo.graph.errors import VinculoError
from vinculo.graph.stores import open_store
from vinculo.ingest.load import ingest

_TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(list(NAUGHTY.values())),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.dates().map(str),
    st.integers().map(str),
)
_BYTES = st.binary(min_size=1, max_size=8)
#: Where (in parts of a million), how many bytes go, what comes instead.
_CHANGES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 40), _BYTES | st.just(b"")), max_size=4)


@st.composite
def _rows(draw: st.DrawFn, sample: Sample) -> list[Row]:
    good = sample.rows()
    rows = []
    for number in range(draw(st.integers(0, 5))):
        changed = draw(st.dictionaries(st.sampled_from(sample.slots), _TEXTS, max_size=3))
        rows.append(good[number] | changed)
    return rows


@st.composite
def files(draw: st.DrawFn) -> tuple[Sample, bytes]:
    """A sample's format, and a file in it: rows with values of any kind, some bytes changed."""
    sample = SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))]
    data = sample.pack(sample.write(draw(_rows(sample))).text) or b""
    for place, gone, come in draw(_CHANGES):
        at = len(data) * place // 10**6
        data = data[:at] + come + data[at + gone :]
    return sample, data


def check(sample: Sample, data: bytes, folder: Path) -> str:
    """Load a file; what came of it in a word. Anything but a report whose sums agree or a sentence is an error."""
    path = folder / sample.file
    path.write_bytes(data)
    store = open_store("sqlite:///:memory:")
    try:
        with hurried():
            (report,) = ingest(path, store, dataset=None if "header" in sample.tags else sample.dataset)
    except VinculoError as error:
        assert error.message("en") and error.message("es")
        return error.code
    finally:
        store.close()
    assert report.read == report.loaded + report.duplicate_in_file + report.already_there + report.rejected
    return "rejected" if report.rejected else "loaded"


def run(number: int, folder: Path) -> Counter[str]:
    """Check so many generated files; how often what came of them."""
    found: Counter[str] = Counter()

    @settings(
        max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(files())
    def each(made: tuple[Sample, bytes]) -> None:
        found[check(*made, folder)] += 1

    each()
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        os.environ["VINCULO_HOME"] = name
        counts = run(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(name))
    for word, count in counts.most_common():
        print(f"{count:7} {word}")
    print(f"{counts.total():7} files")
