"""`cartridge new`: a whole dbt project from nothing.

connections   what each adapter is told, by dbt's own names
skeleton      the files around the models
afterwards    what only a run can tell: README, analyses
project       a folder begun, filled and packed
command       the order of it all
"""
