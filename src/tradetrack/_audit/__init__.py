"""The audit of a ledger: what its figures say against each other."""
