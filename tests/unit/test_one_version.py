"""The helper, the dbt package and the wheel are of one version, always."""

from __future__ import annotations

import re
from importlib.metadata import version

from dbt_cartridge.install import package_version
from tests.support.host import REPOSITORY


def test_the_macros_know_the_version_of_the_package() -> None:
    macro = (REPOSITORY / "macros" / "_cartridge_version.sql").read_text("utf-8")
    assert re.findall(r"return\('([^']+)'\)", macro) == [package_version(REPOSITORY)]


def test_the_installed_helper_is_of_the_package_s_version() -> None:
    assert version("dbt-cartridge") == package_version(REPOSITORY)
