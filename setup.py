"""The wheel: the helper, and a copy of the dbt package so that the two never drift apart."""

from setuptools import find_packages, setup

setup(
    version="0.1.0",
    package_dir={"": "python_helpers"},
    packages=find_packages("python_helpers"),
    package_data={"dbt_cartridge": ["py.typed", "**/*.jinja", "**/*.json"]},
)
