"""The ledger of printed figures: reading, as-of, audit."""
