"""Workflow: process files, the pure step, decision tables with proof and explanation, diagrams.

Purpose: route a case through stages whose tasks belong to several institutions, by rules that can be read,
proven and explained. Facts owned: published definitions and tables, instances, tasks, timers, events,
decisions. Pure modules: `reading` (YAML with line numbers); `definition`, `checks` (process files); `events`,
`state`, `moves`, `run`, `machine` (the step); `domain`, `sfeel`, `rulelines`, `rulebook`, `regions`,
`decision`, `proof` (decision files); `diagram`. They know no database and no clock.
Source: design of the engine (workflow.md §1-§4); processes of the Neuchâtel CII report 2009-2013.
"""
