"""Paths that could have happened: kinds allowed, hubs made dear, dates in order, and what could have been carried."""
