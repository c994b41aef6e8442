"""Value objects: windows, figures, observations, goals."""
