"""Cases: what several institutions know and agree about one person, each seeing what is theirs.

Purpose: one case with its parties, the common grid, the assessment, the plan and the notes. Facts owned: case
files, parties, grid templates and entries, medical statements, assessments and their voices, plans with parts
and answers, notes. Cases write facts; `routing` moves a case through its process.
Source: CII report 2009-2013 §4 (complex cases, common grid, assessment, plan), product.md P2, P3 and §10.
"""
