"""A whole province made from real divisions and a fixed seed."""
