"""Names as words: what every step knows of the names of tables and columns.

    split("CustomerID")            ("customer", "id")
    split("cust_no")               ("customer", "number")
    Lexicon.of({"facilities": ("facid", "name")}).split("facid")      ("facility", "id")
    Lexicon.of(...).entity("tbl_order_details")                       ("order", "detail")
    singular("addresses"), plural("category"), snake(("order", "id")), safe_name("order №")

Nothing here fails, whatever the name; the same name always gives the same words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from anyascii import anyascii

from dbt_cartridge import lexicon as lists
from dbt_cartridge.languages import languages, meant

if TYPE_CHECKING:
    import inflect

_CHUNK = re.compile(
    r"[A-Z]{2,}s(?![a-z])"  # IDs, URLs
    r"|[A-Z]+(?![a-z])"  # ID, CUSTOMER
    r"|[A-Z]?[a-z]+"
    r"|\d+(?:st|nd|rd|th|d|h|m|y|fa)(?![a-z0-9])"  # 1st, 30d
    r"|\d+"
)
_LETTER_AND_DIGITS = re.compile(r"[a-z]\d+|[a-z]\d+[a-z]", re.ASCII)
_SINGULARS = {
    "addresses": "address", "aliases": "alias", "analyses": "analysis", "bonuses": "bonus",
    "buses": "bus", "businesses": "business", "children": "child", "classes": "class",
    "criteria": "criterion", "details": "detail", "diagnoses": "diagnosis", "feet": "foot",
    "gases": "gas", "indices": "index", "leaves": "leave", "lenses": "lens", "losses": "loss",
    "matrices": "matrix", "men": "man", "movies": "movie", "passes": "pass", "people": "person",
    "processes": "process", "ops": "operation", "statuses": "status", "successes": "success",
    "taxes": "tax", "vertices": "vertex", "viruses": "virus", "wives": "wife", "women": "woman",
    "caches": "cache", "sizes": "size", "cookies": "cookie", "databases": "database",
    "expenses": "expense", "purchases": "purchase", "leases": "lease", "cases": "case",
    "skus": "sku", "premises": "premise", "ins": "in", "outs": "out", "ups": "up", "offs": "off",
    "downs": "down",
    "bases": "base", "axes": "axis", "genres": "genre", "sales": "sale", "goods": "good",
}  # fmt: skip
_CAPITALS_INSIDE = re.compile(r"(?:UoM|DoB|IoT|QoS)(?![a-z])")
_OES = frozenset("hero potato tomato echo veto cargo torpedo embargo".split())
_VOWELS = frozenset("aeiouy")
_AS_MANY = frozenset("data media metadata staff info news energy".split())
_PLURALS = {"person": "people", "sale": "sales", "series": "series", "species": "species"}


@lru_cache(maxsize=100_000)
def raw_split(name: str) -> tuple[str, ...]:
    """The words of a name as they are written, in lower case. Empty where it has no word."""
    text = unicodedata.normalize("NFKC", name).replace("'", "").replace("’", "")
    text = _CAPITALS_INSIDE.sub(lambda found: found[0].capitalize(), text)
    return _join_codes([chunk.lower() for part in _parts(text) for chunk in _chunks(part)])


def _chunks(part: str) -> list[str]:
    # The pattern reads a shadow of the text in which every letter is `A` or `a`.
    shadow = part if part.isascii() else "".join(_shade(char) for char in part)
    found = [part[at.start() : at.end()] for at in _CHUNK.finditer(shadow)]
    return _with_digits(_with_acronyms(found))


def _with_acronyms(chunks: list[str]) -> list[str]:
    """`IPouts` is no `I` and no `Pouts`: where a capital makes no word of the letters behind it, it
    belongs to the capitals before it."""
    out: list[str] = []
    for chunk in chunks:
        before = out[-1] if out else ""
        capital = chunk[:1].isupper() and chunk[1:].islower() and chunk.isascii()
        if capital and before.isupper() and len(before) <= 4 and not _is_word(chunk.lower()):
            acronym, rest = before + chunk[0], chunk[1:]
            key = acronym.lower() in lists.KEY_HEADS  # `teamIDlahman`
            out[-1:] = [acronym, rest] if key or _is_word(rest) else [acronym + rest]
        else:
            out.append(chunk)
    return out


def _with_digits(chunks: list[str]) -> list[str]:
    """`KNA1`, `covid19`, `md5` are one word; `address2` is a word and its number."""
    out: list[str] = []
    for chunk in chunks:
        glued = chunk.isdecimal() and out and out[-1].isalpha() and out[-1].isascii()
        if glued and not _is_word(out[-1].lower()):
            out[-1] += chunk
        else:
            out.append(chunk)
    return out


def _is_word(word: str) -> bool:
    return is_common(word) or _stem(word) in lists.COMMON_WORDS


def _shade(char: str) -> str:
    if char.isdecimal():
        return "0"
    return char if char.isascii() else "A" if char.isupper() else "a"


def _parts(text: str) -> list[str]:
    parts = [part for part in re.split(r"[\W_]+", text) if part]
    return [_without_small_first(part) for part in parts]


def _without_small_first(part: str) -> str:
    """`iPhone`, `eMail`, `kWh`: one lower-case letter before a capital is no word, but in `xId`."""
    found = re.match(r"([a-z])([A-Z])(?=[a-z])", part)
    if not found or (len(part) == 3 and part[1:].lower() in lists.KEY_HEADS):
        return part
    return part[0].upper() + part[1].lower() + part[2:]


def _join_codes(words: list[str]) -> tuple[str, ...]:
    """`q1`, `h3` and `b2b` are words, `address 2` is two."""
    joined: list[str] = []
    for word in words:
        glued = joined[-1] + word if joined else ""
        if glued and len(joined[-1]) <= 2 and _LETTER_AND_DIGITS.fullmatch(glued):
            joined[-1] = glued
        else:
            joined.append(word)
    return tuple(joined)


def split(name: str, lexicon: Lexicon | None = None) -> tuple[str, ...]:
    """The words of a name, lower case, short forms spelt out, glued words cut.

    Without a lexicon only the general word lists are known; `Lexicon.of` adds the schema's own.
    """
    return (lexicon or GENERAL).split(name)


class Lexicon:
    """The words and the naming habits of one schema. Immutable; made by `Lexicon.of`."""

    def __init__(
        self,
        known: frozenset[str],
        entities: frozenset[str],
        prefixes: frozenset[str],
        key_stems: frozenset[str] = frozenset(),
        languages: Mapping[str, str] | None = None,
        housed: Collection[str] = (),
        glued: Mapping[str, tuple[str, ...]] | None = None,
        own: Mapping[str, str] | None = None,
        things: frozenset[str] = frozenset(),
    ):
        self.known = known  # words that the schema itself writes apart
        self.entities = entities  # singular words of table names
        self.prefixes = prefixes  # first words that many table names share
        self.key_stems = key_stems  # words that some column writes before `id`, `no` or `code`
        self.languages = languages or {}  # of the tables that are not named in English
        self.glued = glued or {}  # `soid`, the key of a table that is called `SO`
        self.own = own or {}  # `cand`, by which the key of the candidates is called
        self.things = things  # what the tables list: the last words of their names, in singular
        self._splits: dict[str, tuple[str, ...]] = {}
        # What the tables with a prefix of the house are called without it.
        self._housed = frozenset(self.entity(table) for table in housed)
        self._lengths = sorted({len(entity) for entity in self._housed})

    @classmethod
    def of(cls, tables: Mapping[str, Sequence[str]]) -> Lexicon:
        """From table names (without schema) to their column names."""
        table_words = {table: raw_split(table) for table in tables}
        prefixes = house_prefixes(table_words.values())
        seen: set[str] = set()
        names: set[str] = set()
        stems: set[str] = set()
        written = {table: [raw_split(each) for each in own] for table, own in tables.items()}
        for table, columns in written.items():
            names.update(w for w in _without_house(table_words[table], prefixes) if w.isalpha())
            for words in columns:
                stems.update(_key_stems(words))
                if len(words) > 1:
                    seen.update(w for w in words if len(w) >= 4 and w.isalpha())
        general = GENERAL
        short = lists.ABBREVIATIONS.keys() - (lists.ALONE_UNCHANGED - lists.SPELT_BESIDE)
        whole = {w for w in seen | names if w not in short and len(general.cut(w)) == 1}
        entities = {singular(w) for n in names for w in _spelt(general.cut(n)) if len(w) >= 3}
        every = {table: [table_words[table], *own] for table, own in written.items()}
        spoken = languages(every)
        # `desconto` is no `desc`, `on`, `to`: English pieces are cut out of English words.
        foreign = (word for table in spoken for words in every[table] for word in words)
        whole |= {word for word in foreign if word not in lists.ABBREVIATIONS}
        housed = [name for name, words in table_words.items() if words and words[0] in prefixes]
        glued: dict[str, tuple[str, ...]] = {
            word: found
            for table, columns in written.items()
            for (word,) in (words for words in columns if len(words) == 1)
            if (found := _own_key(word, _without_house(table_words[table], prefixes)))
        }
        glued |= _by_initials(
            {t: _without_house(table_words[t], prefixes) for t in written}, written
        )
        short_own: dict[str, set[str]] = {}
        for table, columns in written.items():
            thing = singular((_without_house(table_words[table], prefixes) or ("",))[-1])
            for words in columns:
                if _shortens(words, thing):
                    short_own.setdefault(words[0], set()).add(thing)
        own = {short: min(things) for short, things in short_own.items() if len(things) == 1}
        known = frozenset(whole - own.keys())
        things = frozenset(singular(words[-1]) for words in table_words.values() if words)
        return cls(
            known, frozenset(entities), prefixes, frozenset(stems), spoken, housed, glued, own,
            things,
        )  # fmt: skip

    def split(self, name: str) -> tuple[str, ...]:
        """See `split`."""
        found = self._splits.get(name)
        if found is None:
            raw = raw_split(name)
            cut = [piece for word in raw for piece in self.cut(word)]
            found = tuple(word for at in range(len(cut)) for word in self._expand(cut, at))
            self._splits[name] = found
        return found

    def columns(self, names: Sequence[str], table: str = "") -> tuple[tuple[str, ...], ...]:
        """The words of a table's columns, without a prefix that all of them share (`l_`, `o_`).

        Args:
            table: whose columns they are: what its own key may be called is left to that.
        """
        prefix = column_prefix(names)
        found = [self.split(name[len(prefix) :]) or self.split(name) for name in names]
        return tuple(map(self._without_table_prefix, self._without_field(found, table)))

    def _without_field(self, found: Sequence[tuple[str, ...]], table: str) -> list[tuple[str, ...]]:
        """`property_city` says that it is a column, which it is: a load tool's mark on what the
        source calls its properties. Not where there are properties: of real estate, or in a list
        of properties and their values."""
        entity = self.entity(table) if table else ()
        own = {*found, *((*entity, head) for head in lists.KEY_HEADS if (head,) in found)}
        for mark in lists.FIELD_MARKS:
            marked = [words for words in found if words[:1] == (mark,) and len(words) > 1]
            if len(marked) < 3 or self._has_things(mark, marked):
                continue
            apart = {words for words in marked if words[1:] not in own}
            return [words[1:] if words in apart else words for words in found]
        return list(found)

    def _has_things(self, mark: str, marked: Collection[tuple[str, ...]]) -> bool:
        keyed = any(len(words) == 2 and words[1] in lists.KEY_HEADS for words in marked)
        return keyed or singular(mark) in self.things

    def _without_table_prefix(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """`parent_crm_account_id` is a parent's account where a table is called `crm_account`.

        What is left out of the tables' names is left out where a column bears such a name.
        """
        for at, word in enumerate(words[:-1]):
            if word in self.prefixes:
                after = words[at + 1 :]
                starts = (after[:length] for length in self._lengths)
                if any((*s[:-1], singular(s[-1])) in self._housed for s in starts):
                    return (*words[:at], *after)
        return words

    def entity(self, table_name: str) -> tuple[str, ...]:
        """What one row of the table is, in words: prefixes and suffixes of the house left out.

        Never empty: a name without a word gives `("table",)`.
        """
        raw = _without_house(raw_split(table_name), self.prefixes)
        words = list(self.split(" ".join(raw))) or ["table"]
        return (*words[:-1], singular(words[-1])) if not words[-1].isdigit() else tuple(words)

    def meant(self, table_name: str, words: tuple[str, ...]) -> tuple[str, ...]:
        """Words of the table's names in English, in which the word lists are: of `fecha_pedido`,
        order and date."""
        language = self.languages.get(table_name)
        return meant(words, language) if language and words else words

    def cut(self, word: str) -> tuple[str, ...]:
        """`orderdate` → order, date. A word that is known, or that does not cut, stays whole."""
        if word in self.glued:
            return self.glued[word]
        if len(word) < 5 or not word.isascii() or not word.isalpha() or self._is_known(word):
            return (word,)
        best = self._cuts(word)
        long = all(len(piece) >= 5 for piece in best)
        if best and (long or best[-1] in lists.HEADS or singular(best[0]) in self.entities):
            return best
        return (word,)

    def _is_known(self, word: str) -> bool:
        return word in lists.COMMON_WORDS or word in self.known or _stem(word) in lists.COMMON_WORDS

    def _cuts(self, word: str) -> tuple[str, ...]:
        """Fewest known segments, the longest first; or a table's initial letters and a head."""
        best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
        for end in range(2, len(word) + 1):
            for start in range(end - 1):
                before = best[start]
                if before is None or not self._is_segment(word[start:end], first=start == 0):
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, word[start:end])
        found = best[-1]
        return found if found and len(found) <= 4 else self._prefix_and_head(word)

    def _is_segment(self, piece: str, first: bool) -> bool:
        if len(piece) < 4:
            known = piece in lists.SHORT_SEGMENTS or (
                len(piece) == 3 and (piece in lists.ABBREVIATIONS or piece in lists.COMMON_WORDS)
            )
            return known and not (first and len(piece) < 3)
        return self._is_known(piece) or piece in lists.ABBREVIATIONS or piece in self.entities

    def _prefix_and_head(self, word: str) -> tuple[str, ...]:
        """`facid` where a table is called facilities."""
        for head in ("id", "key", "no", "num", "code", "name"):
            stem = word[: -len(head)]
            if word.endswith(head) and len(stem) >= 3 and self._long_form(stem):
                return (stem, head)
        for head in ("id", "key"):
            stem = word[: -len(head)] if word.endswith(head) else ""
            for thing in self.entities:
                role = stem.removesuffix(thing)
                if len(thing) >= 4 and 4 <= len(role) < len(stem):
                    return (role, thing, head)  # `primarycontactid`
        return ()

    def _long_form(self, short: str) -> str | None:
        """The one table word that begins with these letters."""
        fits = [entity for entity in self.entities if entity.startswith(short)]
        return fits[0] if len(fits) == 1 else None

    def _expand(self, words: Sequence[str], at: int) -> tuple[str, ...]:
        word = words[at]
        if word in self.entities or word in self.known:
            return (word,)
        if word in self.own:
            return (self.own[word],)
        if len(words) == 2 and word in lists.NEXT_TO:
            told, neighbours = lists.NEXT_TO[word]
            if words[1 - at] in neighbours:
                return (told,)
        spelt = lists.ABBREVIATIONS.get(word)
        if spelt is None:
            short = 3 <= len(word) <= 5 and len(words) > 1 and not self._is_known(word)
            # `mem` is a member where some column is called `memid`; `inc` of `inc_tax` is anything.
            fits = short and word in self.key_stems
            found = self._long_form(word) if fits else None
            return (found or word,)
        if word in lists.ALONE_UNCHANGED:
            beside = word in lists.SPELT_BESIDE and len(words) > 1
            if not beside and spelt not in self.entities:
                return (word,)
            if word in ("no", "ts") and at == 0:
                return (word,)
        if at + 1 == len(words) or words[at + 1] in lists.KEY_HEADS:
            spelt = lists.AS_NOUN.get(spelt, spelt)
        return tuple(spelt.split("_"))


_HEADS = tuple(sorted(lists.KEY_HEADS))


def _own_key(word: str, table: tuple[str, ...]) -> tuple[str, str] | None:
    """`soid` in a table `SO`: its name and the word for a key, be the name ever so short."""
    stem = "".join(table)
    head = word[len(stem) :]
    if _is_word(word) or len(stem) < 2 or not word.startswith(stem):
        return None
    return (stem, head) if head in lists.KEY_HEADS else None


def _by_initials(
    names: Mapping[str, tuple[str, ...]], columns: Mapping[str, Sequence[tuple[str, ...]]]
) -> dict[str, tuple[str, ...]]:
    """`sid`, the first column of `student` and of no other table: the student's id, wherever it
    stands; `sname`, which no other table has: the student's name. A word (`bid`, `aid`) says
    itself."""
    keys: dict[str, list[tuple[str, ...]]] = {}
    called: dict[str, list[tuple[str, ...]]] = {}
    for table, own in columns.items():
        words = names[table]
        thing = (*words[:-1], singular(words[-1])) if words else ()
        initials = "".join(word[0] for word in words if word)
        for at, written in enumerate(own):
            if len(written) != 1 or _is_word(written[0]):
                continue
            if written[0].endswith("name"):
                theirs = written[0] == f"{initials}name"
                called.setdefault(written[0], []).append((*thing, "name") if theirs else ())
            elif at == 0 and thing and written[0] == f"{initials}id":
                keys.setdefault(written[0], []).append((*thing, "id"))
    found = {**called, **keys}
    return {word: each[0] for word, each in found.items() if len(each) == 1 and each[0]}


def _shortens(words: tuple[str, ...], thing: str) -> bool:
    """`cand id` in the table of candidates: its own key begins like its name."""
    if len(words) != 2 or words[1] not in lists.KEY_HEADS:
        return False
    short = words[0]
    begins = 3 <= len(short) <= 5 and thing.startswith(short) and short != thing
    return begins and not is_common(short)


def _key_stems(words: Sequence[str]) -> set[str]:
    """What the name writes before a key word: `fac` of `fac_id`, `prim_fac_id` and `facid`."""
    found = {one for one, after in pairwise(words) if after in lists.KEY_HEADS}
    for word in words:
        if word.endswith(_HEADS):
            found.update(word[: -len(head)] for head in _HEADS if word.endswith(head))
    return found


GENERAL = Lexicon(frozenset(), frozenset(), frozenset())
"""What is known without a schema."""


def house_prefixes(names: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """First words that half of the tables (and three at least) share and that name no entity.

    A shared first word that some table bears alone (`order`, `order_line`) is an entity.
    """
    names = [words for words in names if words]
    firsts = Counter(words[0] for words in names if len(words) > 1)
    alone = {singular(words[0]) for words in names if len(words) == 1}
    enough = max(3, (len(names) + 1) // 2)
    return frozenset(
        word for word, count in firsts.items()
        if (count >= enough and singular(word) not in alone)
        or (word in lists.TABLE_PREFIXES and count >= 2 and singular(word) not in alone)
    )  # fmt: skip


def column_prefix(names: Sequence[str]) -> str:
    """`l_` where every column of a table begins so; an empty string where none does.

    Only a short first word is a habit: `customer_` before every column says something.
    """
    found = re.match(r"[A-Za-z]{1,3}_", names[0]) if len(names) > 2 else None
    if not found or found[0][:-1].lower() in {"is", "has", "no", "to", "dt", "id", "min", "max"}:
        return ""
    prefix = found[0]
    return prefix if all(n.startswith(prefix) and len(n) > len(prefix) for n in names) else ""


def _without_house(words: tuple[str, ...], prefixes: frozenset[str]) -> tuple[str, ...]:
    while len(words) > 1 and (words[0] in prefixes or words[0] in lists.STRONG_TABLE_PREFIXES):
        words = words[1:]
    while len(words) > 1 and words[-1] in lists.TABLE_SUFFIXES:
        words = words[:-1]
    return words


def _spelt(words: Iterable[str]) -> list[str]:
    out: list[str] = []
    for word in words:
        keep = word in lists.ALONE_UNCHANGED
        out += [word] if keep else lists.ABBREVIATIONS.get(word, word).split("_")
    return out


def _stem(word: str) -> str:
    """A plural's or a past form's likely stem, cheap: only to look words up."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2] in lists.COMMON_WORDS:
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def without_end(words: tuple[str, ...], ends: Collection[str]) -> tuple[str, ...]:
    """Without the last words that are among `ends`: () where there is no other."""
    end = len(words)
    while end and words[end - 1] in ends:
        end -= 1
    return words[:end]


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """`addresses` → address. A word that is singular, or is none, comes back as it is."""
    low = word.lower()
    if low in _SINGULARS:
        return _SINGULARS[low]
    if len(low) < 3 or low in lists.UNCOUNTED or not low.endswith("s"):
        return low
    if low.endswith(("ss", "us", "is")):
        return low
    if low[:-1] in lists.COMMON_WORDS:
        return low[:-1]
    if low.isascii() and low.isalpha():
        found = _inflect().singular_noun(low)
        return str(found) if found else low
    return low


def is_common(word: str) -> bool:
    """An English word of data modelling; of any other nothing is known, its plural neither."""
    return word in lists.COMMON_WORDS or word in lists.ABBREVIATIONS


@lru_cache(maxsize=65_536)
def plural(word: str) -> str:
    """`category` → categories. A plural comes back as it is."""
    low = word.lower()
    if low in _PLURALS:
        return _PLURALS[low]
    if low in _PLURALS.values() or not (low.isascii() and low.isalpha()):
        return low
    if singular(low) != low or low in _AS_MANY:
        return low
    if low.endswith("o") and low not in _OES:
        return f"{low}s"  # photos, pedidos
    if _VOWELS.isdisjoint(low):  # an acronym: fx, sms, pdfs
        return low if low[-1] in "sxz" else f"{low}s"
    return str(_inflect().plural_noun(low)).lower()


@lru_cache(maxsize=1)
def _inflect() -> inflect.engine:
    # inflect has typeguard rewrite every one of its functions when it is imported, which takes
    # seconds. What we hand over is a word, always: the checks are left out.
    import typeguard

    checked, typeguard.typechecked = typeguard.typechecked, _unchecked
    try:
        import inflect
    finally:
        typeguard.typechecked = checked

    engine: Any = inflect.engine()
    engine.classical(persons=False)
    return engine


def _unchecked(target: Any, **_: Any) -> Any:
    return target


_NO_PARTICIPLES = frozenset("speed need feed bed seed red shed breed deed weed".split())
_PARTICIPLES = frozenset(
    """sent paid sold begun born bought built done drawn found given held known left lost made met
    put read run seen set shown spent taken told won written withdrawn hidden""".split()
)
_NOUNS_TOO = frozenset("run set put read left found met hundred".split())


def is_participle(word: str) -> bool:
    """`shipped`, `sent`. Some are nouns as well: a `run`, a `set`."""
    return word in _PARTICIPLES or (word.endswith("ed") and word not in _NO_PARTICIPLES)


_SILENT_E = re.compile(
    r"(v|c|z|dg|rg|at|u|[aeiou]s|[^aeiou]l|[^a]ir|[^o]ur|(st|sc|pl|gn)or|[iou]b)$"
)
"""What no English verb ends in, once its `ed` is cut off."""
_VERBS = {
    "sent": "send", "paid": "pay", "sold": "sell", "begun": "begin", "born": "bear",
    "bought": "buy", "built": "build", "done": "do", "drawn": "draw", "found": "find",
    "given": "give",
    "held": "hold", "known": "know", "left": "leave", "lost": "lose", "made": "make",
    "met": "meet", "seen": "see", "shown": "show", "spent": "spend", "taken": "take",
    "told": "tell", "won": "win", "written": "write", "withdrawn": "withdraw", "hidden": "hide",
}  # fmt: skip


def verb_of(word: str) -> str:
    """`shipped` → ship, `resolved` → resolve, `sent` → send. Any other word comes back as it is."""
    if word in _VERBS:
        return _VERBS[word]
    if not is_participle(word) or not word.endswith("ed"):
        return word
    stem = word[:-2]
    doubled = len(stem) > 2 and stem[-1] == stem[-2]
    wishes = [word[:-1], stem, *([stem[:-1]] if doubled else []), f"{stem[:-1]}y"]
    known = next((wish for wish in wishes if wish in lists.COMMON_WORDS), None)
    if known is not None:
        return known
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if doubled and stem[-1] not in "ls":
        return stem[:-1]
    return word[:-1] if _SILENT_E.search(stem) else stem


def pluralised(words: Sequence[str]) -> tuple[str, ...]:
    """An entity's words with its noun in the plural: `orders_completed`, `order_lines`.

    A participle has no plural; a name that has its plural already (`customers_acme`) gets no other.
    """
    at = len(words) - 1
    while at > 0 and _has_no_plural(words[at]):
        at -= 1
    if at < 0 or _has_no_plural(words[at]):
        return tuple(words)
    if not _is_word(words[at]) and any(plural(word) == word for word in words[:at]
                                       if singular(word) != word):  # fmt: skip
        return tuple(words)
    return (*words[:at], plural(words[at]), *words[at + 1 :])


_HOW_OFTEN = frozenset("hourly daily weekly monthly quarterly yearly".split())


def _has_no_plural(word: str) -> bool:
    return (is_participle(word) and word not in _NOUNS_TOO) or word in _HOW_OFTEN


def speaks_english(names: Iterable[str]) -> bool:
    """Whether most of the longer words of these names are English ones of data modelling.

    What a schema in another language calls many is not said with an English plural.
    """
    found = {word for name in names for word in raw_split(name) if len(word) >= 4}
    known = sum(_is_word(word) or len(GENERAL.cut(word)) > 1 for word in found)
    return len(found) < _FEW_WORDS or known >= _ENGLISH * len(found)


def snake(words: Iterable[str]) -> str:
    """`("order", "id")` → `order_id`, a safe name. A word that stands twice is said once."""
    said: list[str] = []
    for word in words:
        if said and word.isalpha() and singular(said[-1]) == singular(word):
            said.pop()
        said.append(word)
    return safe_name("_".join(said))


_FEW_WORDS = 8  # tell no language
_ENGLISH = 0.3  # of 140 databases with English names none has less than 0.44; others below 0.2
MAX_NAME = 63  # PostgreSQL cuts longer names off
_DIGEST = 8  # letters of a hash


def shortened(name: str, limit: int = MAX_NAME) -> str:
    """`name` in at most `limit` characters. What is cut ends in a hash of the whole, so that the
    short name depends on the long one alone."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: limit - _DIGEST - 1].rstrip('_')}_{digest}"


@lru_cache(maxsize=100_000)
def safe_name(text: str) -> str:
    """A valid identifier in snake_case from any text.

    Lower-case ASCII letters, digits and `_`; never empty; never begins with a digit; at most 63
    characters (PostgreSQL's limit). Letters of other scripts are transliterated, signs without a
    sound are written by their code point. Two texts can give one name: telling them apart is the
    caller's.
    """
    words = raw_split(text)
    ascii_words = [_ascii(word) for word in words] or [_codes(text)]
    name = re.sub(r"_+", "_", "_".join(word for word in ascii_words if word)).strip("_")
    if not name:
        name = _codes(text)
    if name[0].isdigit():
        name = f"n_{name}"
    return shortened(name)


def _ascii(word: str) -> str:
    """Letters of any script as they sound in Latin ones: `заказы` → zakazy, `注文` → zhu_wen."""
    if not word.isascii():
        word = "_".join(raw_split(anyascii(word)))
    return re.sub(r"[^a-z0-9_]", "", word.lower()) or _codes(word)


def _codes(text: str) -> str:
    """`u1f600` for an emoji; `unnamed` for no character at all."""
    codes = [f"u{ord(char):x}" for char in text if not char.isspace()]
    return "_".join(codes[:8]) or "unnamed"
