"""Many series at once: annual panels (`annual`) and many ledgers (`many`), on any executor."""
