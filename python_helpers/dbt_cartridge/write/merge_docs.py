"""Three-way merge of doc blocks: as lines, and a description that the user wrote stays theirs."""

from __future__ import annotations

from dbt_cartridge.write.code import doc_blocks
from dbt_cartridge.write.merge_lines import merge_lines


def merge_docs(base: str, mine: str, new: str) -> str | None:
    """`mine` with the changes from `base` to `new`; None where both changed the same place.

    In a block that both changed, the user's words stay, as in YAML; other blocks still come in,
    since a properties file may name them.
    """
    if (merged := merge_lines(base, mine, new)) is not None:
        return merged
    theirs, ours = doc_blocks(mine), doc_blocks(new)
    for name, block in doc_blocks(base).items():
        if name in ours and theirs.get(name, "") != block:
            base = base.replace(block, theirs.get(name, ""))
            new = new.replace(ours[name], theirs.get(name, ""))
    return merge_lines(base, mine, new)
