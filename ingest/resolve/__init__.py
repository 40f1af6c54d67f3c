"""Which parties may be one: suggested, never merged."""
