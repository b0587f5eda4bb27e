"""Which of the host's models and sources cartridge wrote on an earlier run, and of what."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from dbt_cartridge.documents.host import Host, HostModel, HostSource
from dbt_cartridge.write.ledger import Ledger


def recognise(host: Host, project_dir: Path) -> Host:
    """The host with `generated` set where the ledger says so, wherever the user moved the file.

    What is generated is designed anew on each run, under the name that it has; what is not is the
    user's own, and is used.
    """
    entries = Ledger.load(project_dir, bases=False).entries
    places = {entry.at or path for path, entry in entries.items()}
    # A file that is gone from its place was moved, if dbt still knows a model of its name.
    missing = {PurePosixPath(place).name for place in places if not (project_dir / place).exists()}

    def ours(one: HostModel | HostSource) -> bool:
        return one.path in places or PurePosixPath(one.path).name in missing

    return host.model_copy(
        update={
            "models": tuple(
                m.model_copy(update={"generated": m.package == host.project_name and ours(m)})
                for m in host.models
            ),
            "kept_names": {
                PurePosixPath(path).stem: entry.relations
                for path, entry in sorted(entries.items())
                if entry.kind == "sql" and entry.relations
            },
            "sources": tuple(s.model_copy(update={"generated": ours(s)}) for s in host.sources),
        }
    )
