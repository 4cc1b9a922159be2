"""Workflow: process files, the pure step, tasks and timers, versions and the way from one to the next.

Purpose: route a case through stages whose tasks belong to several institutions, by rules that can be read and
replayed. Facts owned: published definitions and tables, instances, tasks, timers, events, decisions. Pure:
`definition`, `checks`, `soundness` (files); `events`, `state`, `moves`, `run`, `machine` (the step);
`migration`, `transfer` (another version). With rows: `actions`, `keeping`, `sweeping`, `migrating`, `inbox`,
`queries`, `projection` (rows against events), `witness` (events against the journal).
Source: design of the engine (workflow.md §1-§4); processes of the Neuchâtel CII report 2009-2013.
"""
