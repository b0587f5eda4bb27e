"""The helper and the dbt package must be of one version."""

from __future__ import annotations

from importlib.metadata import version

from dbt_cartridge.errors import ConfigError


def helper_version() -> str:
    """The version of the installed Python package."""
    return version("dbt-cartridge")


def check_versions(package: str) -> None:
    """Compare with the version of the dbt package.

    Raises:
        ConfigError: they differ; says which of the two to upgrade, and how.
    """
    helper = helper_version()
    if _release(package) == _release(helper):
        return
    if _release(package) < _release(helper):
        advice = (
            f"upgrade the dbt package: run `cartridge init` in the project, then `dbt deps` "
            f"(packages.yml must ask for {helper})"
        )
    else:
        advice = f"upgrade the helper: `pip install dbt-cartridge=={package}`"
    raise ConfigError(
        f"The dbt package cartridge is of version {package} and the Python package dbt-cartridge "
        f"of version {helper}. They work together in one version only: {advice}."
    )


def _release(text: str) -> tuple[int, ...]:
    numbers = ("".join(c for c in part if c.isdigit()) for part in text.split("+")[0].split("."))
    return tuple(int(number) for number in numbers if number)
