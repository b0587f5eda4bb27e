"""The hook that dbt calls at every command: cheap, quiet, and it does no harm."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

import dbt_cartridge
from dbt_cartridge import plugin


def test_importing_the_package_imports_neither_dbt_nor_anything_heavy() -> None:
    code = "import dbt_cartridge, sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"dbt", "pydantic", "ruamel", "sqlglot", "rich", "click", "inflect", "jinja2"}
    assert not heavy & set(done.stdout.split())


def test_dbt_finds_one_plugin_and_the_context_gets_the_operations() -> None:
    (found,) = dbt_cartridge.plugins
    found(project_name="shop")
    from dbt.context.base import get_context_modules

    modules = get_context_modules()
    assert {"re", "datetime", "pytz"} < set(modules)
    assert isinstance(modules["cartridge"], plugin.Operations)


def test_the_context_is_wrapped_once_however_often_dbt_asks() -> None:
    context = SimpleNamespace(get_context_modules=lambda: {"re": 1})
    plugin._add_module(context)
    wrapped = context.get_context_modules
    plugin._add_module(context)
    assert context.get_context_modules is wrapped
    assert set(wrapped()) == {"re", "cartridge"}


def test_without_dbt_there_is_no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbt.plugins.manager", None)
    assert plugin.plugin_classes() == []


def test_another_attribute_is_missing_as_ever() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = dbt_cartridge.nothing


def test_ctrl_c_reaches_the_user_of_a_macro_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("dbt_cartridge.operations.generate", interrupted)
    from dbt.exceptions import DbtRuntimeError  # pyright: ignore[reportPrivateImportUsage]

    with pytest.raises(DbtRuntimeError, match="as it was before"):
        plugin.Operations().generate({}, "", {}, None, str)
