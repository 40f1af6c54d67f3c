"""Write ``caviar.ipynb``: the Caviar network from its published files to a disruption curve.

Run it after a change of the cells below: ``python docs/make_caviar.py``. The notebook holds no output and no data; a test
compares it with these cells and runs them where the files are at hand.
"""

from __future__ import annotations

import json
from pathlib import Path

#: Kind of cell and its text, in order.
CELLS = (
    (
        "markdown",
        """# Caviar: from the files to a disruption curve

Between 1994 and 1996 police in Montréal watched a drug-importing network over eleven phases (Morselli, *Inside Criminal
Networks*, Springer 2009). The matrices of who communicated with whom in each are published with that book and in the UCINET
collection of covert networks; they are not part of Vinculo. Set `CAVIAR` to the folder with `CAVIAR1.csv` to `CAVIAR11.csv`,
install Vinculo as README says and Jupyter beside it (`.venv/bin/pip install notebook`), and open this file with
`.venv/bin/jupyter notebook docs/caviar.ipynb`. The whole takes some seconds; the first time kernels are compiled, a minute.

What follows is a calculation on those calls. It says nothing about who anybody was, and it recommends nothing.""",
    ),
    (
        "code",
        """import csv
import os
from pathlib import Path

folder = Path(os.environ.get("CAVIAR", "caviar"))
if not (folder / "CAVIAR1.csv").is_file():
    raise SystemExit(f"There is no CAVIAR1.csv in {folder.resolve()}: set CAVIAR to the folder with the matrices.")


def matrix(phase):
    \"\"\"Names and calls of a phase; a name that comes twice (9 in the seventh) keeps its first row and column.\"\"\"
    rows = list(csv.reader((folder / f"CAVIAR{phase}.csv").read_text(encoding="utf-8-sig").splitlines()))
    names = [name.strip() for name in rows[0][1:]]
    first = [i for i, name in enumerate(names) if names.index(name) == i]
    calls = [(names[i], names[j], float(rows[i + 1][j + 1] or 0)) for i in first for j in first]
    return [names[i] for i in first], [call for call in calls if call[2]]


phases = {str(p): matrix(p) for p in range(1, 12)}
# of each phase: people, and pairs of whom one called the other
{phase: (len(names), len(calls)) for phase, (names, calls) in phases.items()}""",
    ),
    (
        "markdown",
        """## Who came, who went, who was between the others

Betweenness of directed calls, the length of a tie being 1 / number of calls, as Anastasiadis and Antoniou (*Information* 15, 84,
2024) publish it. Node 1 leads nine of the eleven phases.""",
    ),
    (
        "code",
        """from vinculo.analytics.phases import from_ties

made = from_ties(
    {phase: calls for phase, (names, calls) in phases.items()},
    members={phase: names for phase, (names, calls) in phases.items()},
    directed=True,
    inverse_lengths=True,
)
leaders = [row for row in made.table().to_pylist() if row["rank"] == 1]
# phase, people, of whom for the first time, back again; gone since the phase before
[(p.label, len(p.members), len(p.joined), len(p.returned), len(p.left)) for p in made.phases]""",
    ),
    (
        "code",
        """# who leads each phase, and the share of shortest paths through them
{row["phase"]: (row["id"], round(row["betweenness"], 3)) for row in leaders}""",
    ),
    (
        "code",
        """# three of them through all phases: betweenness and place; no place where nothing runs through them
{who: [(r["phase"], round(r["betweenness"], 3), r["rank"]) for r in made.of(who)] for who in ("1", "3", "12")}""",
    ),
    (
        "markdown",
        """## Which calls may be missing

Pairs that never called but have more partners in common than chance would give them: hypotheses, no links. Hiding a tenth of
the known pairs, ten times, says how often such guesses are right on this network: the share of comparisons in which a hidden
pair scores higher than one that never called (0.5 is chance), then how many of the best 10 and 100 guesses were hidden pairs.""",
    ),
    (
        "code",
        """from vinculo.analytics.prediction import ranked
from vinculo.analytics.prediction_check import accuracy
from vinculo.graph.network import Network

pairs = [(a, b) for names, calls in phases.values() for a, b, _ in calls]
network = Network.from_links(pairs, kind="LINKED_TO", node_kind="Person")
graph = network.simple()
ids = network.ids.to_pylist()
guesses = ranked(graph, method="resource_allocation", top=5)
checked = accuracy(graph, method="resource_allocation", runs=10)
best = [(ids[a], ids[b], round(float(s), 2)) for a, b, s in zip(guesses.a, guesses.b, guesses.score, strict=True)]
best, checked.auc, checked.precision""",
    ),
    (
        "markdown",
        """## What if some were gone

Two ways to choose ten people, and waiting, side by side: those whom most shortest paths run through, and those with most
partners. The curves are the largest connected part; the ties are the median number of new ones until 95 % of what is left of it
holds together again, when those who lost a partner look for a well-connected one (after Duijn, Kashirin and Sloot 2014).""",
    ),
    (
        "code",
        """import numpy as np

from vinculo.analytics.disruption.actions import Action, candidates
from vinculo.analytics.disruption.compare import compare
from vinculo.analytics.disruption.group import group_of

group = group_of(network)
between = candidates(network, group.members, group.graph, "arrest", size=10)
by_degree = np.argsort(-group.graph.degrees, kind="stable")[:10]
connected = tuple(ids[group.members[i]] for i in by_degree)
comparison = compare(group, [Action("arrest", between), Action("arrest", connected), Action("wait", between)], seed=1)
columns = ["target", "largest", "efficiency_share", "ties_preferential_median"]
rows = [tuple(row.values()) for row in comparison.table().select(columns).to_pylist()]
# who goes next, largest part then, share of the efficiency that is left, new ties
{way: rows[10 * k : 10 * k + 10] for k, way in enumerate(("by shortest paths", "by partners", "waiting"))}""",
    ),
    (
        "code",
        """class Curves:
    \"\"\"Size of the largest part by number gone, drawn without a library.\"\"\"

    def __init__(self, curves, before):
        self.curves, self.before = curves, before

    def _repr_svg_(self):
        ways = (("#0b6e99", "by shortest paths"), ("#c4540a", "by partners"), ("#767676", "waiting"))
        drawn = []
        for k, ((colour, way), (_, points)) in enumerate(zip(ways, self.curves, strict=True)):
            sizes = [self.before, *(p.largest for p in points)]
            places = " ".join(f"{60 + 40 * i},{190 - 160 * s / self.before:.1f}" for i, s in enumerate(sizes))
            drawn.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
            drawn.append(f'<text x="475" y="{34 + 18 * k}" fill="{colour}">{way}</text>')
        marks = "".join(f'<text x="{60 + 40 * i}" y="208" text-anchor="middle">{i}</text>' for i in range(0, 11, 2))
        scale = "".join(
            f'<text x="52" y="{194 - 160 * s / self.before:.1f}" text-anchor="end">{s}</text>'
            for s in (0, round(self.before / 2), self.before)
        )
        titles = '<text x="260" y="228" text-anchor="middle">people gone</text><text x="14" y="16">largest part, people</text>'
        frame = '<rect width="600" height="236" fill="#fff"/><path d="M60 30V190H460" fill="none" stroke="#767676"/>'
        size = 'width="600" height="236" font-size="12" font-family="sans-serif"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{frame}{titles}{scale}{marks}{"".join(drawn)}</svg>'


Curves(comparison.curves, comparison.before.largest)""",
    ),
    (
        "markdown",
        """Both ways begin with the same few people; of ten, those with most partners leave the smaller largest part here. What
the curve cannot show: the calls that nobody recorded, and what people do once others are gone. `comparison.as_json()` holds all
figures, `vinculo disrupt` does the same on a case.""",
    ),
)


def notebook() -> str:
    """The notebook as its file holds it."""
    cells = []
    for number, (kind, text) in enumerate(CELLS):
        cell: dict[str, object] = {"cell_type": kind, "id": f"caviar-{number:02}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell | {"source": text.splitlines(keepends=True)})
    metadata = {"language_info": {"name": "python"}}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "caviar.ipynb").write_text(notebook(), encoding="utf-8")
