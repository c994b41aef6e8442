"""Models: printed figures in, log paths out."""
