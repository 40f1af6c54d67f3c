"""From shares of runs to probabilities.

A node that stays with its group in all runs may still be in the wrong group: runs of one method err alike. How often that is
so depends on things that can be seen without knowing the truth; a logistic map weighs them, fitted on graphs whose groups are
known. ``calibration.json`` holds what was fitted and says how (``python benchmarks/stability.py --fit`` makes it again).
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from vinculo.graph.network import Floats, Mask

#: Columns that also count together with another one or with themselves; chosen on the graphs fitted on alone.
PRODUCTS = (
    ("real_z", "real_z"),
    ("found_again", "found_again"),
    ("margin", "group_margin"),
    ("size", "size"),
    ("inside", "ends"),
    ("margin", "group_confidence"),
    ("margin", "margin"),
    ("divided", "size"),
)
#: Deviations from the mean beyond which a column counts no more: the map is not drawn out where nothing was fitted.
FARTHEST = 3.0


class Features(NamedTuple):
    """What is known of each node without knowing the truth.

    Attributes
    ----------
    linked : bool array
        Whether it has any link.
    confidence : float64 array
        Share of runs in which it was in the match of its group.
    group_confidence : float64 array
        Mean log odds of that share among the members of its group.
    overlap : float64 array
        Mean Jaccard index of its group and the matches.
    inside : float64 array
        Share of its weight that stays in its group, less what chance would leave there.
    margin, group_margin : float64 arrays
        Log odds of its links for its group over the next best (:func:`vinculo.analytics.kernels.consensus.pull`); mean of its
        group.
    ends : float64 array
        How many links of equal weight would vary as much as its own.
    divided : float64 array
        Modularity by which the inside of its group is divided beyond chance.
    size : float64 array
        Members of its group.
    real_z : float64 array
        Standard deviations by which the whole graph is divided beyond chance.
    found_again, group_found_again : float64 arrays
        Share of the nodes of the whole, and of its group, that are found again in a copy
        (:mod:`vinculo.analytics.stability.rehearsal`).
    """

    linked: Mask
    confidence: Floats
    group_confidence: Floats
    overlap: Floats
    inside: Floats
    margin: Floats
    group_margin: Floats
    ends: Floats
    divided: Floats
    size: Floats
    real_z: Floats
    found_again: Floats
    group_found_again: Floats


def columns(features: Features) -> dict[str, Floats]:
    """What the map weighs, each brought to a scale on which it is spread evenly."""
    f = features
    return {
        "confidence": log_odds(f.confidence),
        "group_confidence": f.group_confidence,
        "overlap": log_odds(f.overlap),
        "inside": f.inside,
        "margin": _squeezed(f.margin),
        "group_margin": _squeezed(f.group_margin),
        "ends": np.log1p(f.ends),
        "divided": np.clip(f.divided, -0.1, 0.3) * 10,
        "size": np.log(f.size),
        "real_z": np.log(np.maximum(f.real_z, 1.0)),
        "found_again": log_odds(f.found_again, 1000),
        "group_found_again": log_odds(f.group_found_again, 1000),
    }


def terms(made: dict[str, Floats], scale: dict[str, list[float]]) -> dict[str, Floats]:
    """Columns in deviations from the mean of the graphs fitted on, and their products."""
    even: dict[str, Floats] = {
        name: np.clip((made[name] - mean) / deviation, -FARTHEST, FARTHEST) for name, (mean, deviation) in scale.items()
    }
    return even | {f"{a}*{b}": even[a] * even[b] for a, b in PRODUCTS}


def probability(features: Features) -> Floats:
    """How likely each node belongs to its group; 0 where it has no link."""
    return probability_by(fitted(), features)


def probability_by(parameters: dict[str, Any], features: Features) -> Floats:
    """The same with other parameters."""
    score = np.full(len(features.linked), float(parameters["intercept"]))
    for name, term in terms(columns(features), parameters["scale"]).items():
        score += parameters["weights"][name] * term
    shape = parameters["shape"]
    made = np.interp(score, shape["score"], shape["probability"])
    return np.where(features.linked, made, 0.0)


@functools.cache
def fitted() -> dict[str, Any]:
    """The parameters that come with the program."""
    made: dict[str, Any] = json.loads(files(__package__).joinpath("calibration.json").read_text(encoding="utf-8"))
    return made


def log_odds(share: Floats, of: int = 100) -> Floats:
    """Log odds of a share of so many, with half of one added on either side."""
    p = (share * of + 0.5) / (of + 1)
    made: Floats = np.log(p / (1 - p))
    return made


def _squeezed(value: Floats) -> Floats:
    """Large values brought nearer, on both sides of nothing."""
    made: Floats = np.sign(value) * np.log1p(np.abs(value))
    return made
