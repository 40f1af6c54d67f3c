"""The graph: schema, types, stores, exports."""
