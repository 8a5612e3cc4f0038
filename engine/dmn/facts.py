"""What a decision file says, as words and texts that can be compared between versions."""

from collections.abc import Iterator

from engine.dmn.document import Element, child, children, parse, reference, split_tag, text_of


def decision_facts(content: bytes) -> dict[str, tuple[str, dict[str, str]]]:
    """Return of each decision and business knowledge model, by id, its name and what is said of it.

    Rules are told by their ids, so that one that has only changed its place is the same.

    Raises:
        DmnError: the file is no decision model.
    """
    root = parse(content)
    found = {}
    for element in children(root, "decision", "businessKnowledgeModel"):
        facts = {"name": element.get("name", "")}
        required = sorted(
            reference(each)
            for requirement in children(
                element, "informationRequirement", "knowledgeRequirement", "authorityRequirement"
            )
            for each in children(requirement)
        )
        if required:
            facts["requires"] = ", ".join(required)
        for logic in children(element):
            facts |= dict(_logic(logic))
        found[element.get("id", "")] = (element.get("name", ""), facts)
    return found


def _logic(logic: Element) -> Iterator[tuple[str, str]]:
    match split_tag(logic)[1]:
        case "decisionTable":
            yield from _table(logic)
        case "literalExpression":
            yield "expression", text_of(logic)
        case "variable":
            yield "variable", " ".join(filter(None, (logic.get("name"), logic.get("typeRef"))))
        case (
            "context"
            | "invocation"
            | "list"
            | "relation"
            | "conditional"
            | "for"
            | "every"
            | "some"
            | "filter"
        ):
            yield "expression", " · ".join(filter(None, map(text_of, logic.iter("{*}*"))))
        case "encapsulatedLogic":
            parameters = [each.get("name", "") for each in children(logic, "formalParameter")]
            yield "parameters", ", ".join(parameters)
            for inner in children(logic):
                yield from _logic(inner)


def _table(table: Element) -> Iterator[tuple[str, str]]:
    policy = table.get("hitPolicy", "UNIQUE")
    yield "hit_policy", " ".join(filter(None, (policy, table.get("aggregation"))))
    for place, column in enumerate(children(table, "input"), start=1):
        source = child(column, "inputExpression")
        words = (
            text_of(source),
            "" if source is None else source.get("typeRef", ""),
            text_of(child(column, "inputValues")),
        )
        yield f"input:{column.get('id') or place}", " · ".join(filter(None, (column.get("label"), *words)))
    for place, column in enumerate(children(table, "output"), start=1):
        words = (column.get("name", ""), column.get("typeRef", ""), text_of(child(column, "outputValues")))
        yield f"output:{column.get('id') or place}", " · ".join(filter(None, (column.get("label"), *words)))
    for place, row in enumerate(children(table, "rule"), start=1):
        tests = ", ".join(text_of(cell) or "-" for cell in children(row, "inputEntry"))
        results = ", ".join(text_of(cell) or "-" for cell in children(row, "outputEntry"))
        yield f"rule:{row.get('id') or place}", f"{tests} → {results}"
    if policy in ("FIRST", "RULE ORDER"):
        order = [row.get("id") or str(place) for place, row in enumerate(children(table, "rule"), start=1)]
        yield "rule_order", ", ".join(order)
