"""Each target of speed as ours ÷ limit, both in the same run: `python -m benchmarks [NAME…] [--json]`."""
