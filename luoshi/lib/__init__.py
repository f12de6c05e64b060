"""Plain Python, one noun a file: periods, recurrence, workdays, numerals, canonical."""
