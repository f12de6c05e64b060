"""Base templates, forms, icons, charts; no domain word in it."""
