"""The wheel: the helper, and a copy of the dbt package so that the two never drift apart.

The version stands in dbt_project.yml and nowhere else.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
DBT_PACKAGE = ("dbt_project.yml", "packages.yml", "macros", "skills", "LICENSE", "README.md")


class BuildWithDbtPackage(build_py):
    """Copies the dbt package to `dbt_cartridge/package`, where `cartridge init` finds it."""

    def run(self) -> None:
        if self.editable_mode:
            super().run()
            return
        # What an earlier build left there would go into the wheel.
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        target = Path(self.build_lib) / "dbt_cartridge" / "package"
        target.mkdir(parents=True)
        for name in DBT_PACKAGE:
            source = HERE / name
            if source.is_dir():
                shutil.copytree(source, target / name)
            else:
                shutil.copy2(source, target / name)


def version() -> str:
    text = (HERE / "dbt_project.yml").read_text("utf-8")
    found = re.search(r"^version: *['\"]?([^'\"\s]+)", text, re.MULTILINE)
    if found is None:
        raise ValueError("dbt_project.yml has no line `version: …`")
    return found[1]


setup(
    version=version(),
    package_dir={"": "python_helpers"},
    packages=find_packages("python_helpers"),
    package_data={"dbt_cartridge": ["py.typed", "**/*.jinja", "**/*.json", "report/built/*"]},
    cmdclass={"build_py": BuildWithDbtPackage},
)
