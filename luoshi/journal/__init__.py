"""日志 — append-only entries, hashed into a Merkle log with signed checkpoints."""
