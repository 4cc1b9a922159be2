"""The harness is a plug-in of the whole suite: tests/browser/harness.py, named in tests/conftest.py."""
