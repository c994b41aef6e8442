"""By whose figures a goal is met: what was printed, and what is probable."""
