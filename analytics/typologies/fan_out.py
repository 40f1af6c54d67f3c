"""Fan-out: one originator to many new beneficiaries within weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from vinculo.analytics.context import Context
from vinculo.analytics.fans import FanParameters, find_fans
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class FanOut:
    """One pays many, most of them for the first time."""

    name: ClassVar[str] = "fan_out"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("One payer to many", "Un ordenante a muchos beneficiarios")
    stage: ClassVar[str] = "layering"
    reference: ClassVar[str] = (
        "Altman et al., Realistic Synthetic Financial Transactions (AMLworld), NeurIPS 2023, section 3.2"
    )
    parameters: FanParameters = field(default_factory=FanParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per hub and window."""
        return find_fans(self, context, inward=False)


TYPOLOGY = FanOut()
