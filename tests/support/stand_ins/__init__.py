"""Programs that stand in for warehouses that run in no test machine. Each runs in an environment
of its own (`tests/support/environments.py`), never in the one that runs the tests."""
