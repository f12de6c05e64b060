"""One script a performance goal, each printing a ratio against a named alternative of the same run."""
