"""Patterns, communities, key players."""
