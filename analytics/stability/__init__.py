"""How far a split into communities can be relied on: many runs, their consensus, and what chance alone would give."""

from vinculo.analytics.stability.calibration import Features, probability
from vinculo.analytics.stability.stable import Stability, stability

__all__ = ["Features", "Stability", "probability", "stability"]
