"""What tests and benchmarks share: host projects, warehouses and the databases to load."""
