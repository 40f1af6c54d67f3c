"""A user's own layout: what its columns may be, written as a mapping that the user reads, corrects and keeps.

:func:`guess` looks, :func:`written` writes the mapping, :func:`preview` shows what a few records become. Nothing is stored.
"""

from vinculo.ingest.profile.guess import Column, Profile, guess
from vinculo.ingest.profile.preview import preview
from vinculo.ingest.profile.write import written

__all__ = ["Column", "Profile", "guess", "preview", "written"]
