"""Was it right? Scores, calibration, and replays of the past."""
