"""Documents for people: PDF, and charts as vectors and pictures. Pure Python, knows nothing of the web.

`pdf.compile` sets a page from a typst template and data, `charts` draws SVG, and `picture.png` turns
such a drawing into a PNG. All text is set in the fonts of `typefaces/`, which are embedded.
"""
