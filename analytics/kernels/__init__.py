"""Compiled loops on arrays, one concern per file; nothing here knows of stores or findings.

All kernels are single-threaded, release the interpreter lock, use no fast-math and no random state but their own, so that
the same input gives the same bits on every run. They are compiled at first use and cached on disk: beside the package, or
in the user's cache folder where the package is read-only (:mod:`vinculo.analytics.kernels.compiled`).
"""
