"""An agreement lived: evaluation of each year, talks on reports, visits in two steps, advice on renewal.

Facts owned: evaluations with their comments, talks with minutes, visits with reasons, renewal advice.
Source: 000 indications 26-37, 39; 003 (analysis of results, renewal); product.md P9, P18.
"""
