"""Which nodes and ties an analysis looks at, as a value with a name, and the graph that follows from it."""
