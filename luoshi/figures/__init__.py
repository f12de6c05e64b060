"""数字 — indicators, cells, columns, lineage, declared figures, recount."""
