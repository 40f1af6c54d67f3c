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


class Features(NamedTuple):
    """What is known of each node without knowing the truth.

    Attributes
    ----------
    linked : bool array
        Whether it has any link.
    confidence : float64 array
        Share of runs in which it was in the match of its group.
    overlap : float64 array
        Mean Jaccard index of its group and the matches.
    inside : float64 array
        Share of its weight that stays in its group, less what chance would leave there.
    margin, group_margin : float64 arrays
        Log odds of its links for its group over the next best (:func:`vinculo.analytics.kernels.consensus.pull`); mean of its
        group.
    divided : float64 array
        Modularity by which the inside of its group is divided beyond chance.
    real_z : float64 array
        Standard deviations by which the whole graph is divided beyond chance.
    """

    linked: Mask
    confidence: Floats
    overlap: Floats
    inside: Floats
    margin: Floats
    group_margin: Floats
    divided: Floats
    real_z: Floats


def columns(features: Features) -> dict[str, Floats]:
    """What the map weighs, each about as wide as the others."""
    f = features
    return {
        "confidence": _logit(f.confidence),
        "overlap": _logit(f.overlap),
        "inside": f.inside,
        "margin": _squeezed(f.margin),
        "group_margin": _squeezed(f.group_margin),
        "divided": np.clip(f.divided, -0.1, 0.3) * 10,
        "real_z": np.log(np.maximum(f.real_z, 1.0)),
    }


def probability(features: Features) -> Floats:
    """How likely each node belongs to its group; 0 where it has no link."""
    return probability_by(fitted(), features)


def probability_by(parameters: dict[str, Any], features: Features) -> Floats:
    """The same with other parameters."""
    score = np.full(len(features.linked), float(parameters["intercept"]))
    for name, column in columns(features).items():
        score += parameters["weights"].get(name, 0.0) * column
    shape = parameters["shape"]
    made = np.interp(score, shape["score"], shape["probability"])
    return np.where(features.linked, made, 0.0)


@functools.cache
def fitted() -> dict[str, Any]:
    """The parameters that come with the program."""
    made: dict[str, Any] = json.loads(files(__package__).joinpath("calibration.json").read_text(encoding="utf-8"))
    return made


def _squeezed(value: Floats) -> Floats:
    """Large values brought nearer, on both sides of nothing."""
    made: Floats = np.sign(value) * np.log1p(np.abs(value))
    return made


def _logit(share: Floats) -> Floats:
    """Log odds of a share, with half a run in two hundred added on either side."""
    p = (share * 100 + 0.5) / 101
    made: Floats = np.log(p / (1 - p))
    return made
