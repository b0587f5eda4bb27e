"""Models of earlier runs that stay though nothing generates them any more: do they still run?

What they read may be written anew, under another name, or be gone. They are ours, so the proof is
of them too, as far as they read what this run writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dbt_cartridge.documents.changes import Given
from dbt_cartridge.documents.design import Input, Model, Query
from dbt_cartridge.documents.files import File, Files
from dbt_cartridge.documents.fit import Fit
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.memory import EditsFound
from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.verify.host_copy import REF


@dataclass(frozen=True)
class Old:
    """`touched`: those that read, directly or not, what this run writes; `lost`: path → why it
    cannot run, by its text alone."""

    touched: tuple[File, ...]
    lost: Mapping[str, str]

    @property
    def models(self) -> tuple[Model, ...]:
        """What the proof has to know of them: their columns are what they are."""
        return tuple(_model(file) for file in self.touched)


def outdated(old: Files, written: frozenset[str], gone: frozenset[str], host: Host) -> Old:
    """Args:
    written: models that this run generates.
    gone: models that will not be there any more.
    """
    known = ({model.name for model in host.models} | written) - gone
    reads = {file: refs(file) for file in old.files}
    lost: dict[str, str] = {}
    while True:
        missing = {
            file: sorted(read - known)
            for file, read in reads.items()
            if file.path not in lost and not read <= known
        }
        if not missing:
            break
        for file, names in missing.items():
            lost[file.path] = f"it reads {names[0]}, which is not there any more"
            known -= set(file.describes)
    standing = {file: read for file, read in reads.items() if file.path not in lost}
    new = set(written)
    touched: list[File] = []
    while more := [file for file, read in standing.items() if read & new and file not in touched]:
        touched += more
        new |= {name for file in more for name in file.describes}
    # Those that they read and that read nothing new are copied as any model of the host.
    return Old(tuple(touched), lost)


def with_outdated(found: EditsFound, given: Given, fitted: Fit) -> EditsFound:
    """What runs no more is a problem, as long as it stays."""
    stay = {
        file: given.outdated[file.path] for file in fitted.old.files if file.path in given.outdated
    }
    problems = tuple(
        Problem(
            where=file.path,
            what=f"nothing generates this model any more, and it no longer runs: {why}",
            next="`--prune` removes it, unless you edited it.",
        )
        for file, why in stay.items()
    )
    broken = tuple(name for file in stay for name in file.describes)
    update = {"problems": (*found.problems, *problems), "broken": (*found.broken, *broken)}
    return found.model_copy(update=update)


def refs(file: File) -> frozenset[str]:
    return frozenset(name for _, name in REF.findall(file.text))


def _model(file: File) -> Model:
    inputs = tuple(_inputs(file))
    return Model(
        name=file.describes[0], layer="marts", folder="", description="", grain="",
        entity=file.entity, body=Query(inputs=inputs, ctes=()), columns=(), based_on=file.relations,
    )  # fmt: skip


def _inputs(file: File) -> Iterator[Input]:
    for name in sorted(refs(file)):
        yield Input(alias=name, model=name)
