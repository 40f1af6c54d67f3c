"""The link-chart dashboard."""
