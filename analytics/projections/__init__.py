"""Projections, one question each, found by their ``PROJECTION`` constant; an own one is a file (``docs/projections.md``)."""
