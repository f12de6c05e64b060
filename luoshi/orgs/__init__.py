"""单位与人 — units, placements, sectors, persons, posts, users, grants."""
