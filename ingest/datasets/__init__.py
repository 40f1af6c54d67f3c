"""Sources of data, one module each, found by their ``DATASET`` constant."""
