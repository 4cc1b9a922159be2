"""Drawing: processes, cases and counts as pictures with their text, and as BPMN 2.0.

Purpose: everybody sees where a case stands, in words first and in a picture second; other offices open our
processes in their modeller. `telling` puts a process in words, `canvas` and `diagram` draw these words,
`counting` draws how many cases stand where, `bpmn*` export. Owns no rows. Source: workflow.md §4.
"""
