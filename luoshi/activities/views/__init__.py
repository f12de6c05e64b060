"""Pages of 学习活动: ledger, one record, recording and correcting, the acts on a record, files, import."""
