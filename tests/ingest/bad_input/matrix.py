"""Print the matrix: each kind of damage by each format, and what came of it.

``python tests/ingest/bad_input/matrix.py [FORMAT ...]``; ``--write`` puts it into ``docs/bad-input.md``.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

from damages import DAMAGES
from good_samples import SAMPLES
from parts import Sample
from verdicts import Broken, judge

PAGE = Path(__file__).resolve().parents[3] / "docs" / "bad-input.md"
_TABLE = re.compile(r"(?<=<!-- matrix -->\n).*?(?=\n<!-- end of matrix -->)", re.DOTALL)
Letters = dict[tuple[str, str], str]


def judged(sample: Sample, folder: Path) -> tuple[Letters, list[str]]:
    """A letter for each kind of damage that a format can have, and a sentence for each promise that was broken."""
    letters: Letters = {}
    broken: list[str] = []
    for damage in DAMAGES:
        try:
            outcome = judge(sample, damage, folder)
        except Exception as error:
            letters[damage.name, sample.name] = "!"
            told = error if isinstance(error, Broken) else traceback.format_exc(limit=-4)
            broken.append(f"{damage.name} / {sample.name}: {told}")
        else:
            if outcome is not None:
                letters[damage.name, sample.name] = outcome.letter
    return letters, broken


def table(letters: Letters) -> str:
    """The matrix as a Markdown table."""
    names = [n for n in SAMPLES if any(s == n for _, s in letters)]
    lines = ["| | damage | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for damage in DAMAGES:
        cells = [f"`{letters[damage.name, n]}`" if (damage.name, n) in letters else "" for n in names]
        lines.append(f"| {damage.group} | {damage.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def told() -> Letters:
    """What the page says."""
    found = _TABLE.search(PAGE.read_text(encoding="utf-8"))
    head, _, *rows = (found[0] if found else "").splitlines()
    names = [c.strip() for c in head.split("|")[3:-1]]
    made: Letters = {}
    for row in rows:
        _, _, damage, *cells, _ = (c.strip() for c in row.split("|"))
        made |= {(damage, name): cell.strip("`") for name, cell in zip(names, cells, strict=True) if cell}
    return made


def main(arguments: list[str]) -> int:
    """The whole matrix, or that of the formats named; how many promises were broken."""
    wanted = [a for a in arguments if a != "--write"] or list(SAMPLES)
    letters: Letters = {}
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        os.environ["VINCULO_HOME"] = str(Path(name) / "home")
        for number, sample in enumerate(SAMPLES[w] for w in wanted):
            folder = Path(name) / str(number)
            folder.mkdir()
            made, some = judged(sample, folder)
            letters |= made
            broken += some
    print(table(letters))
    for sentence in broken:
        print(f"! {sentence}", file=sys.stderr)
    print(f"{len(DAMAGES)} kinds, {len(letters)} damaged files, {len(broken)} promises broken", file=sys.stderr)
    if "--write" in arguments:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_TABLE.sub(lambda _: table(letters), page), encoding="utf-8")
    return len(broken)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
