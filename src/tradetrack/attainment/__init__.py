"""First passage and the typed result."""
