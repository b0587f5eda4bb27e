"""Style: how the host writes its SQL, so that what is new looks like what is there."""

from __future__ import annotations

from typing import Literal

from dbt_cartridge.documents.base import Frozen

Letters = Literal["lower", "upper", "capitalise", "pascal"]
Side = Literal["leading", "trailing"]
LEVEL = 4  # columns of a level of indentation in what the renderer writes first
_LEVELS = 3  # a deep line of ours


class Style(Frozen):
    """The defaults are cartridge's own way: jaffle-shop's, at 80 columns.

    Words are sorted as sqlfluff sorts them (docs.sqlfluff.com, rules CP01 to CP05).
    """

    keywords: Letters = "lower"
    functions: Letters = "lower"
    identifiers: Letters = "lower"
    literals: Letters = "lower"  # null, true, false
    types: Letters = "lower"
    commas: Side = "trailing"
    operators: Side = "leading"
    indent: str = " " * LEVEL
    width: int = 80
    not_equal: Literal["<>", "!="] = "<>"
    count: Literal["*", "1", "0"] = "*"  # of `count(*)`
    joins: Literal["inner", "outer", "both"] = "inner"  # which keyword stands before `join`
    references: Literal["", "qualified", "unqualified"] = ""  # where one relation is in scope
    group_by: Literal["implicit", "explicit"] = "implicit"
    last_comma: bool = False  # behind the last column of a select too

    @property
    def room(self) -> int:
        """Columns that a line may have before the style is laid over it."""
        wider = max(0, len(self.indent.expandtabs(LEVEL)) - LEVEL) * _LEVELS
        return max(40, self.width - wider - (2 if self.commas == "leading" else 0))
