"""What git says of the files that a run is about to change. Git is asked, never needed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dbt_cartridge.documents.scan import Problem
from dbt_cartridge.write.decide import Decision

_SECONDS = 20
_SHOWN = 3


def uncommitted(decision: Decision, project_dir: Path) -> tuple[Problem, ...]:
    """A warning where files that are to be changed hold changes that are not committed.

    Not a refusal: the run can be undone. Nothing where there is no git or no work tree.
    """
    to_change = {o.path for o in decision.outcomes if o.before is not None and o.before != o.after}
    if not to_change:
        return ()
    dirty = [path for path in _dirty(project_dir) if path in to_change]
    if not dirty:
        return ()
    more = f" and {len(dirty) - _SHOWN} more" if len(dirty) > _SHOWN else ""
    return (
        Problem(
            where="git",
            what=f"files that this run changes have changes that are not committed: "
            f"{', '.join(dirty[:_SHOWN])}{more}",
            next="commit first, so that a review tells the two apart",
        ),
    )


def _dirty(project_dir: Path) -> Sequence[str]:
    """Paths from the project's root, of a work tree of any kind; untracked files too."""
    command = ["git", "-C", str(project_dir), "status", "--porcelain", "-z", "-uall", "--", "."]
    prefix = ["git", "-C", str(project_dir), "rev-parse", "--show-prefix"]
    try:
        status = _run(command)
        root = _run(prefix).strip()
    except (OSError, subprocess.SubprocessError):
        return ()
    names = [entry[3:] for entry in status.split("\0") if len(entry) > 3]
    return sorted(name.removeprefix(root) for name in names)


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL,
        env={"GIT_OPTIONAL_LOCKS": "0", **_environment()},
    )  # fmt: skip
    return done.stdout.decode("utf-8", "surrogateescape")


def _environment() -> dict[str, str]:
    """Without the variables by which a hook would send git to another repository."""
    return {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE")}
