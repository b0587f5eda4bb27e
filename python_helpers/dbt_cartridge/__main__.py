"""`python -m dbt_cartridge`: the same as `cartridge`."""

from dbt_cartridge.cli import main

if __name__ == "__main__":
    main(prog_name="cartridge")
