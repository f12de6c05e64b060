"""报告 — reports whose every figure is quoted from the ledger; the text check."""
