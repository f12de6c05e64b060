"""The cast and LedgerTestCase."""
