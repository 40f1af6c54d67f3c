"""Fan-in: many new payers to one beneficiary within weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from vinculo.analytics.context import Context
from vinculo.analytics.fans import FanParameters, find_fans
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class FanIn:
    """Many pay one, most of them for the first time."""

    name: ClassVar[str] = "fan_in"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Many payers to one", "Muchos ordenantes a un beneficiario")
    stage: ClassVar[str] = "layering"
    reference: ClassVar[str] = (
        "Altman et al., Realistic Synthetic Financial Transactions (AMLworld), NeurIPS 2023, section 3.2"
    )
    parameters: FanParameters = field(default_factory=FanParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per hub and window."""
        return find_fans(self, context, inward=True)


TYPOLOGY = FanIn()
