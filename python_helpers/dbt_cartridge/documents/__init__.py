"""The documents that the steps hand to each other. One file each."""
