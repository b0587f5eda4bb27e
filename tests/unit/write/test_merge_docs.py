"""Doc blocks merge block by block where their lines do not."""

from __future__ import annotations

from dbt_cartridge.write.merge_docs import merge_docs


def block(name: str, text: str) -> str:
    return f"{{% docs {name} %}}\n\n{text}\n\n{{% enddocs %}}\n"


BASE = block("one", "One.") + "\n" + block("two", "Two.")


def test_the_users_words_stay_and_our_new_block_comes_in() -> None:
    mine = BASE.replace("One.", "What they call one.")
    new = BASE.replace("One.", "The first.") + "\n" + block("three", "Three.")
    assert merge_docs(BASE, mine, new) == mine + "\n" + block("three", "Three.")


def test_a_block_that_the_user_removed_stays_removed() -> None:
    mine = block("two", "Two.")
    new = BASE.replace("One.", "The first.").replace("Two.", "The second.")
    merged = merge_docs(BASE, mine, new)
    assert merged is not None
    assert merged.strip() == block("two", "The second.").strip()


def test_what_stands_outside_of_blocks_can_conflict() -> None:
    assert merge_docs("# A\n" + BASE, "# B\n" + BASE, "# C\n" + BASE) is None
