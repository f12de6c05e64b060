"""One declaration of columns: table, Excel template, import, export, API schema."""
