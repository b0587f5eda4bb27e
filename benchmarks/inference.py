"""How well keys, relationships and roles are inferred, on databases whose answers are known.

    python benchmarks/inference.py DIR…                in-sample, and left out by grouped folds
    python benchmarks/inference.py DIR… --no-profile   names and types alone, schema_only/ as well
    python benchmarks/inference.py DIR… --ablation     left out, with a part taken away each time;
                                                       of some kinds: --ablation words "role sign"
    python benchmarks/inference.py DIR… --details      name each error on databases left out
    python benchmarks/inference.py DIR… --fit          fit the models anew on all, and write them

A DIR holds tables/*.parquet, manifest.json and gold.json. Tables are loaded without constraints
into DuckDB, and scanned and asked through dbt as for a user, once: what was answered is kept in the
user's cache. The scorer is taken from beside the databases, or from CARTRIDGE_DATA.

The last line is the mean of the groups' macro averages on databases left out: those of one vendor
or one domain are left out together, and the models fitted on the others (folds.py).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))

from ablation import KINDS, parts
from folds import folds
from learning import Lessons, Models, balanced, learnt, lessons, write
from masking import without_profile
from recorded import Recorded, recorded
from schemas import schemas_alone
from scoring import (
    Figures,
    Means,
    by_group,
    edge_of,
    figures,
    gold_edges,
    macro,
    of_groups,
    prediction,
)

from dbt_cartridge.config import Settings
from dbt_cartridge.documents.schema import Schema
from dbt_cartridge.infer import infer

Schemas = dict[str, Schema]
"""What was inferred, by database."""


def main() -> None:
    options = _options()
    home = Path(os.environ.get("CARTRIDGE_DATA") or options.folders[0].resolve().parent)
    score = _module(home / "score.py")
    known = [folder for folder in options.folders if (folder / "gold.json").exists()]
    with recorded(known) as found:
        if options.no_profile:
            _names_alone(found, score, home)
            return
        each = {one.name: lessons(one.scan, one.probe, one.gold) for one in found}
        taught = balanced(each, {one.name: one.group for one in found})
        if options.fit:
            _fitted(taught)
            return
        print("in-sample:")
        _print_groups(found, _inferred(found), score)
        dealt = folds(found)
        if len(dealt) < 2:
            sys.exit("left out: databases of one kind alone have no teacher; add others")
        parted = [(fold, learnt(_without(fold, taught))) for fold in dealt]
        left_out = _left_out(parted)
        if options.ablation is not None:
            _print_ablation(found, parted, score, options.ablation)
        if options.details:
            _print_errors(found, left_out, score)
        _print_reliability(found, left_out)
        print("\nleft out:")
        _print_groups(found, left_out, score)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--no-profile", action="store_true", help="names and types alone")
    parser.add_argument(
        "--ablation", nargs="*", metavar="KIND", choices=KINDS,
        help=f"a part taken away each time, of all kinds or of some: {', '.join(KINDS)}",
    )  # fmt: skip
    parser.add_argument("--details", action="store_true", help="name each error")
    parser.add_argument("--fit", action="store_true", help="fit the models and write them")
    return parser.parse_args()


def _module(path: Path) -> ModuleType:
    """A script beside the databases."""
    spec = importlib.util.spec_from_file_location(f"known_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        sys.exit(f"{path} does not exist. Set CARTRIDGE_DATA to the folder that holds it.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- running


def _inferred(found: Sequence[Recorded]) -> Schemas:
    return {one.name: infer(one.scan, one.probe, Settings()) for one in found}


def _without(fold: Sequence[Recorded], taught: Mapping[str, Lessons]) -> Lessons:
    names = {one.name for one in fold}
    return sum((own for name, own in taught.items() if name not in names), Lessons())


def _left_out(parted: Sequence[tuple[Sequence[Recorded], Models]]) -> Schemas:
    """Each database by models that saw neither it nor its like."""
    out: Schemas = {}
    for fold, models in parted:
        with models.used():
            out.update(_inferred(fold))
    return out


def _fitted(taught: Mapping[str, Lessons]) -> None:
    write(learnt(sum(taught.values(), Lessons())), len(taught))
    print(f"fitted on {len(taught)} databases")


def _names_alone(found: Sequence[Recorded], score: ModuleType, home: Path) -> None:
    """There are no rows to prove anything by: what names suggest is what is scored."""
    settings = Settings(profile="none")
    schemas = {one.name: infer(without_profile(one.scan), None, settings) for one in found}
    _print_groups(found, schemas, score, suggested=True)
    for title, every in schemas_alone(home / "schema_only"):
        inferred = [(infer(scan, None, settings), gold) for scan, gold in every]
        each = [figures(score, prediction(s, suggested=True), gold) for s, gold in inferred]
        print(f"schema_only/{title} ({len(each)}): {macro(each)}")


# ---------------------------------------------------------------- printing


def _scored(
    found: Sequence[Recorded], schemas: Schemas, score: ModuleType, suggested: bool = False
) -> list[Figures]:
    return [
        figures(score, prediction(schemas[one.name], suggested=suggested), one.gold)
        for one in found
    ]


def _print_groups(
    found: Sequence[Recorded], schemas: Schemas, score: ModuleType, suggested: bool = False
) -> None:
    """The macro averages of each group of databases, and last the mean of the groups."""
    groups = by_group([one.group for one in found], _scored(found, schemas, score, suggested))
    for group, (size, means) in groups.items():
        print(f"{f'{group} ({size})':20s} {means}")
    print(f"mean of groups: {_short(of_groups(means for _, means in groups.values()))}")


def _short(means: Means) -> str:
    return f"pk={means.pk:.3f} fk={means.fk:.3f} role={means.role:.3f}"


def _print_errors(found: Sequence[Recorded], schemas: Schemas, score: ModuleType) -> None:
    for one, own in zip(found, _scored(found, schemas, score), strict=True):
        print(f"{one.name} ({one.group}): pk={own.pk} fk={own.fk} role={own.role}")
        for detail, kinds in ((own.whole, ("pk_wrong", "role_wrong")), (own.found, _EDGE_ERRORS)):
            for kind in kinds:
                for error in detail.get(kind) or ():
                    print(f"    {kind}: {error}")


_EDGE_ERRORS = ("fk_false", "fk_missed", "fk_equivalent", "fk_reversed")
_BINS = ((0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01))


def _print_reliability(found: Sequence[Recorded], schemas: Schemas) -> None:
    """Of the edges given each confidence, how many are right; joined, and suggested."""
    rows: list[tuple[float, bool, bool]] = []
    for one in found:
        if one.gold.get("foreign_keys") is None:
            continue
        right, optional = gold_edges(one.gold), gold_edges(one.gold, "optional_foreign_keys")
        schema = schemas[one.name]
        for edges, joined in ((schema.relationships, True), (schema.suggestions, False)):
            for each in edges:
                if each.kind not in ("external", "polymorphic") and edge_of(each) not in optional:
                    rows.append((each.confidence, edge_of(each) in right, joined))
    print("\nconfidence   joins  mean  right   suggestions  right")
    for low, high in _BINS:
        inside = [row for row in rows if low <= row[0] < high]
        joins = [row for row in inside if row[2]]
        others = [row for row in inside if not row[2]]
        print(
            f"{low:.2f}–{min(high, 1):.2f}  {len(joins):7d} {_share([c for c, _, _ in joins])} "
            f"{_share([ok for _, ok, _ in joins])}  {len(others):11d} "
            f"{_share([ok for _, ok, _ in others])}"
        )
    sure = [ok for confidence, ok, joined in rows if joined and confidence >= 0.9]
    print(f"of {len(sure)} joins given 0.9 or more, {_share(sure).strip()} are right")


def _share(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):6.3f}" if values else "     -"


def _print_ablation(
    found: Sequence[Recorded],
    parted: Sequence[tuple[Sequence[Recorded], Models]],
    score: ModuleType,
    kinds: Sequence[str],
) -> None:
    """Left out, with one part of inference taken away each time; the models stay as fitted."""
    whole: Means | None = None
    print(f"\n{'without':60s}{'pk':>8s}{'fk':>8s}{'role':>8s}   mean of groups")
    for name, taken in (("nothing", nullcontext), *parts(kinds)):
        with taken():
            schemas = _left_out(parted)
        groups = by_group([one.group for one in found], _scored(found, schemas, score))
        means = of_groups(means for _, means in groups.values())
        whole = whole or means
        print(
            f"{name:60s}{means.pk - whole.pk:+8.4f}{means.fk - whole.fk:+8.4f}"
            f"{means.role - whole.role:+8.4f}   {_short(means)}"
        )


if __name__ == "__main__":
    main()
