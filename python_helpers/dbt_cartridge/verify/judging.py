"""dbt's results, read as verdicts on the design."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from dbt_cartridge.documents.design import Design, Test
from dbt_cartridge.documents.scan import Problem, Scan
from dbt_cartridge.documents.verdicts import ModelVerdict, TestVerdict, Verdicts
from dbt_cartridge.engine.build import NodeResult
from dbt_cartridge.engine.nodes import TestNode
from dbt_cartridge.errors import VerifyError
from dbt_cartridge.verify.conservation import with_conservation
from dbt_cartridge.verify.dependence import ancestors, owned_tests
from dbt_cartridge.verify.matching import match
from dbt_cartridge.verify.reading import read_name, read_parts
from dbt_cartridge.verify.settle import nearly_holds
from dbt_cartridge.verify.wording import in_one_line
from dbt_cartridge.verify.workshop import Ran, Workshop

_RAN = {"pass", "warn", "fail"}
_BAD = {"fail", "error"}
# Of a result that judges nothing.
_Open = Literal["skipped", "unproved", "error"]
_OPEN: Mapping[str, _Open] = {"skipped": "skipped", "unproved": "unproved"}
_NO_RESULT = "dbt gave no result for it; is it turned off in the project?"
UNREAD = "its SQL runs; its rows were not read"


def judge(
    shop: Workshop,
    design: Design,
    ran: Ran,
    large: Mapping[str, str],
    only: Collection[str] | None,
) -> Verdicts:
    """Verdicts on the models in `only`, or on all; tests of others may be among them as well."""
    chosen = design.by_name.keys() if only is None else design.by_name.keys() & set(only)
    errors, rows = _read(design, ran, chosen)
    read = {
        node.name: ran.results[node.unique_id] for node in ran.build.tests
        if node.unique_id in ran.results and node.unique_id not in ran.unread
    }  # fmt: skip
    models = [
        with_conservation(
            _on_model(name, errors, ancestors(design, name), rows.get(name)), design, read
        )
        for name in design.by_name
        if name in chosen
    ]
    matched, strange = match(owned_tests(design), ran.build.tests)
    models = [_unexplained(verdict, _strange_failures(strange, ran)) for verdict in models]
    broken = {verdict.model: verdict for verdict in models if verdict.status != "pass"}
    rows |= _source_rows(design, shop.scan)
    tests = tuple(
        _on_test(owner, test, _result(matched.get((owner, test)), ran), rows.get(owner))
        if owner not in broken
        else _of_broken(owner, test, broken[owner])
        for owner, test in dict.fromkeys(owned_tests(design))
    )
    return Verdicts(
        level="sql" if shop.settings.verify == "sql" else "data",
        models=tuple(_none_unsaid(models, tests)),
        tests=tests,
        problems=unread_problems(shop, large),
    )


def unread_problems(shop: Workshop, large: Mapping[str, str]) -> tuple[Problem, ...]:
    """What is too large to be read, said once for each owner."""
    return tuple(
        Problem(
            where=owner,
            what=f"its SQL was run, its rows were not read: {why}",
            next="raise that option to prove its tests on the data",
        )
        for owner, why in sorted(large.items())
        if shop.settings.verify != "sql"
    )


def _read(
    design: Design, ran: Ran, chosen: Collection[str]
) -> tuple[dict[str, NodeResult], dict[str, int]]:
    """Model → the result that is wrong, and model → its number of rows: of our reading tests."""
    by_name = {node.name: node.unique_id for node in ran.build.tests if node.arguments is None}
    errors: dict[str, NodeResult] = {}
    rows: dict[str, int] = {}
    for model in design.models:
        for part in range(read_parts(design, model)) if model.name in chosen else ():
            unique_id = by_name.get(read_name(model.name, part), "")
            result = ran.results.get(unique_id) or NodeResult(unique_id, "error", 0, _NO_RESULT)
            if result.status not in _RAN:
                errors.setdefault(model.name, result)
            elif not part and unique_id not in ran.unread:
                rows[model.name] = result.failures - 1
    return errors, rows


def _on_model(
    name: str, errors: Mapping[str, NodeResult], below: tuple[str, ...], rows: int | None
) -> ModelVerdict:
    if (result := errors.get(name)) is None:
        return ModelVerdict(model=name, status="pass", rows=rows)
    if result.status == "unproved":
        return ModelVerdict(model=name, status="unproved", message=in_one_line(result.message))
    if fails := [each for each in below if each in errors and errors[each].status != "unproved"]:
        return ModelVerdict(model=name, status="skipped", message=f"it reads {fails[0]}")
    message = in_one_line(result.message) or result.status
    # dbt v2 runs nothing that stands on a test with an error.
    status = "skipped" if result.status == "skipped" else "error"
    return ModelVerdict(model=name, status=status, message=message)


def _none_unsaid(
    models: Sequence[ModelVerdict], tests: Sequence[TestVerdict]
) -> Iterator[ModelVerdict]:
    """Skipped is an outcome only where something else failed: it is run again without that."""
    failed = any(v.status == "error" for v in models) or any(v.status in _BAD for v in tests)
    for verdict in models:
        unsaid = verdict.status == "skipped" and not failed
        yield verdict.model_copy(update={"status": "error"}) if unsaid else verdict


def _strange_failures(strange: Collection[TestNode], ran: Ran) -> dict[str | None, str]:
    """Owner → a test that fails, and that the design does not know.

    Raises:
        VerifyError: it stands on a source, which cannot be left out for it.
    """
    found: dict[str | None, str] = {}
    for node in strange:
        result = ran.results.get(node.unique_id)
        if result is None or (result.status in _RAN and not result.failures):
            continue
        if result.status == "unproved":
            continue
        if node.owner is None or "." in node.owner:
            raise VerifyError(
                f"The test {node.title} on {node.owner} fails, and the design does not hold it. "
                "Nothing was written; this is a fault of cartridge, please report it."
            )
        found[node.owner] = node.title
    return found


def _unexplained(verdict: ModelVerdict, strange: Mapping[str | None, str]) -> ModelVerdict:
    if (test := strange.get(verdict.model)) is None:
        return verdict
    message = f"its test {test} fails, and the design does not hold that test"
    return ModelVerdict(model=verdict.model, status="error", message=message)


def _result(node: TestNode | None, ran: Ran) -> tuple[NodeResult | None, bool]:
    """The result of a test, and whether it saw the rows."""
    unique_id = node.unique_id if node is not None else ""
    return ran.results.get(unique_id), unique_id not in ran.unread


def _on_test(
    owner: str, test: Test, found: tuple[NodeResult | None, bool], rows: int | None
) -> TestVerdict:
    result, read = found
    if result is None:
        return TestVerdict(owner=owner, test=test, status="skipped", message="dbt did not run it")
    if result.status not in _RAN:
        # dbt v2 skips what stands on a test with an error; it is run again without that.
        status: _Open = _OPEN.get(result.status, "error")
        message = in_one_line(result.message) or result.status
        return TestVerdict(owner=owner, test=test, status=status, message=message)
    if not read:
        return TestVerdict(owner=owner, test=test, status="skipped", message=UNREAD)
    return judged(owner, test, result.failures, rows)


def judged(owner: str, test: Test, failures: int, rows: int | None) -> TestVerdict:
    """A warning passes where it nearly holds; what is no warning, only where nothing fails."""
    warns = test.severity == "warn" and nearly_holds(test, failures, rows)
    status = "pass" if warns or not failures else "fail"
    return TestVerdict(owner=owner, test=test, status=status, failures=failures, rows=rows)


def _of_broken(owner: str, test: Test, verdict: ModelVerdict) -> TestVerdict:
    if verdict.status == "unproved":
        return TestVerdict(owner=owner, test=test, status="unproved", message=verdict.message)
    return TestVerdict(owner=owner, test=test, status="skipped", message=f"{owner} does not run")


def unproved_problems(verdicts: Verdicts) -> tuple[Problem, ...]:
    """What the warehouse would not answer, said once for each owner."""
    found = {v.owner: v.message for v in verdicts.tests if v.status == "unproved"}
    found |= {v.model: v.message for v in verdicts.models if v.status == "unproved"}
    return tuple(
        Problem(
            where=owner,
            what=f"it is not proved: {why}",
            next="run again: what was proved is not asked again",
        )
        for owner, why in sorted(found.items())
    )


def _source_rows(design: Design, scan: Scan) -> dict[str, int]:
    return {
        f"{source.name}.{table.name}": relation.rows
        for source in design.sources
        for table in source.tables
        if (relation := scan.by_id.get(table.relation)) is not None and relation.rows is not None
    }
