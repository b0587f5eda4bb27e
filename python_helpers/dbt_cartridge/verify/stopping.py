"""Where dbt stopped before it ran anything: which model is to blame, or that it is the host."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import PurePosixPath

from dbt_cartridge.documents.design import Design
from dbt_cartridge.documents.files import Files
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.engine.build import Build, run_dbt
from dbt_cartridge.errors import HostError, VerifyError
from dbt_cartridge.verify.dependence import owned_tests
from dbt_cartridge.verify.host_copy import READS
from dbt_cartridge.verify.wording import in_one_line
from dbt_cartridge.verify.workshop import SECONDS, Workshop


def unparsed(shop: Workshop, design: Design, files: Files, build: Build) -> Verdicts:
    """Errors for the models in the file that dbt names; all others skipped."""
    blamed = _blamed(design, files, build.error)
    if not blamed:
        _require_sound_host(shop, files, build)
    message = in_one_line(build.error)
    return stopped(design, dict.fromkeys(blamed, message), "the project does not parse")


def stopped(design: Design, errors: Mapping[str, str], why: str) -> Verdicts:
    """Verdicts of a round in which nothing ran. `errors`: model → what is wrong with it."""
    return Verdicts(
        level="none",
        models=tuple(
            ModelVerdict(model=model.name, status="error", message=errors[model.name])
            if model.name in errors
            else ModelVerdict(model=model.name, status="skipped", message=why)
            for model in design.models
        ),
        tests=tuple(
            TestVerdict(owner=owner, test=test, status="skipped", message=why)
            for owner, test in dict.fromkeys(owned_tests(design))
        ),
    )


def _blamed(design: Design, files: Files, error: str) -> set[str]:
    named = [file for file in files.files if file.path in error.replace("\\", "/")]
    models = {
        name
        for file in named
        for name in (*file.describes, PurePosixPath(file.path).stem)
        if name in design.by_name
    }
    words = set(re.findall(r"\w+", error))
    return {name for name in models if name in words} or models


def _require_sound_host(shop: Workshop, files: Files, build: Build) -> None:
    """Say whose fault it is that the copy does not parse: always raises."""
    for file in files.files:
        (shop.folder / file.path).unlink(missing_ok=True)
    shutil.rmtree(shop.folder / READS, ignore_errors=True)
    alone = run_dbt(shop.engine.command, ("parse",), shop.folder, SECONDS)
    if alone.exit_code:
        raise HostError(
            "dbt cannot parse the host project, with or without the generated files: "
            f"{in_one_line(alone.error)} Correct it, then run again."
        )
    raise VerifyError(
        f"dbt cannot parse the generated files: {in_one_line(build.error)} Nothing was written. "
        "This is a fault of cartridge; please report it with target/cartridge/files.json."
    )
