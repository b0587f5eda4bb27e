"""dbt's door to cartridge. dbt imports this module at every command: nothing heavy here."""
