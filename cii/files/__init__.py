"""Files: published texts read with line numbers, and what is wrong with them in plain words.

Purpose: whoever writes a process or a table learns the file, the line, what is wrong and what would be right,
in their language. Owns no rows; knows no database and no clock. `reading` takes YAML apart, `problems` words
each fault (`problem.<code>`). Source: workflow.md §2.
"""
