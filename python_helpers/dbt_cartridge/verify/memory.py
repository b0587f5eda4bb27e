"""Verdicts of earlier runs that still hold: of the same text, the same rows and the same dbt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.design import Design, RelationshipsTest, Test
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.host import Host
from dbt_cartridge.documents.memory import EditsFound, Proofs
from dbt_cartridge.documents.scan import Scan
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.verify.dependence import other_models, owned_tests, relations
from dbt_cartridge.verify.judging import UNREAD
from dbt_cartridge.version import helper_version

_PACKAGES = ("packages.yml", "dependencies.yml", "package-lock.yml", "dbt_project.yml")


def was_said(verdict: TestVerdict) -> bool:
    """Whether the test ran. One that was skipped for another's sake is run again."""
    return verdict.status not in ("skipped", "unproved") or verdict.message == UNREAD


class Memory:
    """Keys are digests; a model over a table without a mark has none, and is never remembered."""

    def __init__(
        self,
        before: Proofs | None,
        files: Files,
        scan: Scan,
        host: Host,
        settings: Settings,
        project_dir: Path,
    ) -> None:
        """`files`: as first rendered; its generic tests are ours, whatever lies in the project."""
        self._tests_of_ours = {
            file.path: file.text for file in files.files if "/generic/" in file.path
        }
        self._before = before or Proofs()
        self._marks = {relation.id: relation.mark for relation in scan.relations}
        self._host, self._settings, self.project_dir = host, settings, project_dir
        self._models: dict[str, ModelVerdict] = {}
        self._tests: dict[str, TestVerdict] = {}
        self._parsed: dict[str, None] = {}
        self._edits: dict[str, EditsFound] = {}
        self._types: dict[str, dict[str, str]] = {}

    def known(self, design: Design, texts: Mapping[str, str]) -> Verdicts:
        """What is known of the design. `texts`: model → a digest of its SQL and all below it."""
        models: list[ModelVerdict] = []
        tests: list[TestVerdict] = []
        keys = self._model_keys(design, texts)
        for name, key in keys.items():
            if (verdict := self._before.models.get(key)) is not None:
                models.append(verdict.model_copy(update={"model": name}))
        for owner, test, key in self._test_keys(design, keys):
            if (verdict := self._before.tests.get(key)) is not None:
                tests.append(verdict.model_copy(update={"owner": owner, "test": test}))
        level = "sql" if self._settings.verify == "sql" else "data"
        return Verdicts(level=level, models=tuple(models), tests=tuple(tests))

    def learn(self, design: Design, texts: Mapping[str, str], verdicts: Verdicts) -> None:
        """Keep what was said; what was skipped for another's sake was not."""
        keys = self._model_keys(design, texts)
        for verdict in verdicts.models:
            if verdict.status not in ("skipped", "unproved") and (key := keys.get(verdict.model)):
                self._models[key] = verdict
        found = {(v.owner, v.test): v for v in verdicts.tests if was_said(v)}
        for owner, test, key in self._test_keys(design, keys):
            if (verdict := found.get((owner, test))) is not None:
                self._tests[key] = verdict

    def known_types(self, design: Design, texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Model → column → type, of models whose text and rows are those of before."""
        keys = self._model_keys(design, texts)
        return {n: self._before.types[k] for n, k in keys.items() if k in self._before.types}

    def learn_types(
        self, design: Design, texts: Mapping[str, str], types: Mapping[str, dict[str, str]]
    ) -> None:
        keys = self._model_keys(design, texts)
        self._types |= {keys[name]: types[name] for name in types if name in keys}

    def has_parsed(self, files: Files) -> bool:
        return self._of_files(files) in {*self._before.parsed, *self._parsed}

    def learn_parsed(self, files: Files) -> None:
        self._parsed[self._of_files(files)] = None

    def known_edits(self, standing: Files) -> EditsFound | None:
        return self._before.edits.get(self._of_edits(standing)) if all(self._seen) else None

    def learn_edits(self, standing: Files, found: EditsFound) -> None:
        self._edits[self._of_edits(standing)] = found

    @property
    def proofs(self) -> Proofs:
        """What this run knows: nothing else is worth keeping."""
        return Proofs(
            models=self._models, tests=self._tests, parsed=tuple(self._parsed), edits=self._edits,
            types=self._types,
        )  # fmt: skip

    # ------------------------------------------------------------ keys

    @cached_property
    def _surroundings(self) -> str:
        """All that a verdict rests on besides the models and the rows."""
        said = [
            helper_version(), self._host.dbt_version, self._host.adapter,
            str(self._host.target_database), self._settings.verify,
            str(self._settings.verify_max_rows),
        ]  # fmt: skip
        return _digest(*said, *self._macros(), *self._tests_of_ours.values())

    def _macros(self) -> Iterator[str]:
        folders = [*self._host.macro_paths, *(f"{p}/generic" for p in self._host.test_paths)]
        files = [self.project_dir / name for name in _PACKAGES]
        for folder in folders:
            files += sorted((self.project_dir / folder).rglob("*.sql"))
        for file in files:
            path = file.relative_to(self.project_dir).as_posix()
            if file.is_file() and path not in self._tests_of_ours:
                yield f"{path} {hashlib.sha256(file.read_bytes()).hexdigest()}"

    @property
    def _seen(self) -> list[str | None]:
        return list(self._marks.values())

    def _model_keys(self, design: Design, texts: Mapping[str, str]) -> dict[str, str]:
        read = relations(design)
        found: dict[str, str] = {}
        for model in design.models:
            marks = [self._marks.get(id) for id in sorted(read[model.name])]
            if all(marks) and model.name in texts:
                columns = ",".join(column.name for column in model.columns)
                said = [texts[model.name], columns, *(str(mark) for mark in marks)]
                found[model.name] = _digest(self._surroundings, *said)
        return found

    def _test_keys(
        self, design: Design, models: Mapping[str, str]
    ) -> Iterator[tuple[str, Test, str]]:
        places = dict(self._source_keys(design))
        for owner, test in dict.fromkeys(owned_tests(design)):
            names = [owner, *other_models(test)]
            if isinstance(test, RelationshipsTest) and test.to_source:
                names.append(".".join(test.to_source))
            keys = [models.get(name) or places.get(name) for name in names]
            if all(keys):
                said = test.model_dump_json(exclude={"severity", "evidence"})
                yield owner, test, _digest(owner, said, test.severity, *(str(key) for key in keys))

    def _source_keys(self, design: Design) -> Iterator[tuple[str, str]]:
        for source in design.sources:
            for table in source.tables:
                if mark := self._marks.get(table.relation):
                    place = (source.schema_name, str(source.database), table.identifier, mark)
                    yield f"{source.name}.{table.name}", _digest(self._surroundings, *place)

    def _of_files(self, files: Files) -> str:
        """Of the files and the host around them, without what earlier runs generated."""
        theirs = [m.path for m in self._host.models if not m.generated]
        own = {file.path for file in files.files}
        texts = [f"{file.path}\0{file.text}" for file in files.files]
        around = sorted(path for path in theirs if path not in own)
        return _digest(self._surroundings, *around, *texts)

    def _of_edits(self, standing: Files) -> str:
        bodies = [_text(self.project_dir / m.path) for m in self._host.models if not m.generated]
        return _digest(self._of_files(standing), *bodies, *(str(mark) for mark in self._seen))


def _text(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
