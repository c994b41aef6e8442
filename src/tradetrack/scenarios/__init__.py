"""Scenarios: what a user assumes about the months ahead, and the growth that a goal requires."""
