"""One declaration of columns → web table, Excel template, import with errors per cell, export, API schema.

columns    what a cell may hold and how it is read, shown and written
sheet      the declaration: columns under a name, with their headings in every language
flaws      Flaw (one cell), Rejected (the whole file)
container  is this file a workbook that is safe to open, and what does its XML hide?
reading    read_workbook: file → Parsed
marking    the user's own file back, bad cells coloured and commented
blank      the Excel template to fill in
export     XLSX and CSV, streamed, in the layout that reading understands
schema     the same columns as a pydantic model
table      the web table: filters, sort, search, totals, saved views, pages
uploads    the uploaded file between dry run and confirmation
views      upload → dry run → confirm; list page, fragment, export
"""
