"""Patterns, one file each, found by their ``TYPOLOGY`` constant."""
