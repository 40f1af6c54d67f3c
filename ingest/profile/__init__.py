"""A user's own layout: what its columns may be, written as a mapping that the user reads, corrects and keeps.

:func:`guess` looks, :func:`written` writes the mapping, :func:`preview` shows what a few records become, :func:`keep` keeps it
with the case. No record is stored.
"""

from vinculo.ingest.profile.guess import Column, Profile, column_types, guess, templates
from vinculo.ingest.profile.kept import as_mapping, as_text, fitting, forget, keep, kept, like, revised
from vinculo.ingest.profile.preview import preview
from vinculo.ingest.profile.sample import sample
from vinculo.ingest.profile.shapes import readings
from vinculo.ingest.profile.write import written

__all__ = [
    "Column",
    "Profile",
    "as_mapping",
    "as_text",
    "column_types",
    "fitting",
    "forget",
    "guess",
    "keep",
    "kept",
    "like",
    "preview",
    "readings",
    "revised",
    "sample",
    "templates",
    "written",
]
