"""Many series at once: annual panels (`tracking`) and many ledgers (`many`), on any executor."""
