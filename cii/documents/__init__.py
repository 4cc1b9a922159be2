"""Writers of files over plain values: XLSX, CSV and PDF, one reader of CSV, and the store of issued files.

A `Table` (table.py) is written once and goes to every form; `layout.py` holds the pages a canton sends
(report, statement, letter), `pdf.py` sets them. The same values give the same bytes. Owns the files below the
data directory (store.py). Source: ui.md §2; product.md §7 and §11 (exports, imports, uploads).
"""
