"""One tree of errors. Every message says what, where and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

INTERRUPTED = "Interrupted. The project is as it was before the run."
INTERRUPTED_LATE = (
    "Interrupted once the run was through: files that it has written stay, and `cartridge undo` "
    "takes them back."
)


class CartridgeError(Exception):
    """Something that the user can act on. `str(error)` is fit to be shown as it is."""

    exit_code = 1

    def __init__(self, said: str, cure: str = "") -> None:
        """`said`: what and where. `cure`: what to do, as a phrase, where `said` does not say it."""
        end = "" if cure.endswith(("?", ".")) else "."
        super().__init__(f"{said}\n{cure[:1].upper()}{cure[1:]}{end}" if cure else said)
        self.said = said
        self.cure = cure


class ConfigError(CartridgeError):
    """An option or a setting that cannot be taken."""

    exit_code = 2


class HostError(CartridgeError):
    """The host project cannot be read, parsed or written."""


class EngineError(CartridgeError):
    """dbt, or the warehouse behind it, answered with an error."""


class ScanError(CartridgeError):
    """The warehouse could not be read, or holds nothing that was asked for."""


class DocumentError(CartridgeError):
    """A saved document is missing, damaged, or from another version."""


class RenderError(CartridgeError):
    """A design that cannot be written as SQL or YAML."""


class VerifyError(CartridgeError):
    """The generated project could not be proved at all."""


class LostError(CartridgeError):
    """Of what was designed, nothing or less than half is left after the proof. Not raised: what
    holds is written, and the run ends with the code."""

    exit_code = 4


class WriteError(CartridgeError):
    """The host project could not be changed. It is as it was before the run."""


class ConflictError(WriteError):
    """Files changed on both sides. The user's files are untouched."""

    exit_code = 3


class BrokenError(CartridgeError):
    """A generated model does not run with the user's edits, or one that an earlier run left. Not
    raised: the run ends so."""

    exit_code = 5


EXIT_CODES = {
    0: "It is done; what was left out is said.",
    CartridgeError.exit_code: "It could not be done; the project is as it was. Of `drift`: the "
    "warehouse is not as it is declared. Of `debug`: something is to be fixed.",
    ConfigError.exit_code: "An option or a setting cannot be taken.",
    ConflictError.exit_code: "What could be written is written; files that both sides changed wait "
    "under `.cartridge/conflicts/`.",
    LostError.exit_code: "Of the models that were designed, the proof refuted more than it left, "
    "or there is none. What holds is written; *Left out* says why the others are not.",
    BrokenError.exit_code: "What could be written is written; with your edits, or left of an "
    "earlier run, a generated model does not run. *Problems* names it and what it reads.",
    130: "Interrupted; the project is as it was.",
}


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?`, or an empty string where nothing is near."""
    near = get_close_matches(wrong.casefold(), {k.casefold(): k for k in known}, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
