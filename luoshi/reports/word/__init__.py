"""Word: the layout of GB/T 9704-2012, and the safe reading of files that come back.

package     the zip around a Word file: written with the same bytes every time, opened with limits
layout      the measures and fonts of GB/T 9704-2012, styles and fixed parts
markup      runs, paragraphs and tables as WordprocessingML
document    an outline and its seal → a Word file
reading     a Word file → the lines that a reader sees
template    a user's own Word template, checked and filled
"""
