"""Models that dbt would refuse since they read what the host keeps private to another group.

The copy holds no `access`: our own tests, which belong to no group, read every model there.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.verify.host_copy import REF


def refused(files: Files, host: Host) -> dict[str, str]:
    """Model → why, by what dbt_project.yml says of both.

    docs.getdbt.com/docs/mesh/govern/model-access: only models of its own group read a private one.
    """
    models = {PurePosixPath(file.path).stem: file for file in files.files if file.layer}
    configs = {name: host.config_of(file.path) for name, file in models.items()}
    found: dict[str, str] = {}
    for name, file in models.items():
        for _, read in REF.findall(file.text):
            its = configs.get(read, {})
            if its.get("access") == "private" and its.get("group") != configs[name].get("group"):
                found[name] = f"it reads {read}, which is private to the group {its.get('group')}"
    return found
