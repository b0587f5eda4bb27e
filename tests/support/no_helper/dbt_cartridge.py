"""In the helper's place on the path of a dbt that shall not have it: no plugin, no helper."""

from __future__ import annotations

plugins: list[object] = []
