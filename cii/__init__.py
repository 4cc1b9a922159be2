"""cii: collaboration between unemployment insurance, disability insurance and social aid.

The rooms and their floors are drawn in README.md; who may import whom is written in pyproject.toml.
"""
