"""Packs for the coordination group: figures and decisions of a quarter, frozen, versioned, issued as files.

Owns: issues of reports with their stored values and fingerprint, and the files made of them.
Source: product.md §7 (as-of date, freeze, version, same bytes for ever), §5; 000 i.32.
"""
