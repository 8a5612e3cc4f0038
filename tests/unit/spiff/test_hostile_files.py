"""Hostile and oversized files end in a clear refusal within a second (ENGINE-NOTES §6)."""

import time

import pytest

from tests.drawing import end, flow, flows, model, node, start, subprocess, user_task
from tests.running import compiled, problems_of

PLAIN = model(start(), user_task("work"), end(), flows("begin", "work", "finish"))
TEXT = PLAIN.decode()
INCLUSIONS = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))


def within(content: bytes) -> bytes:
    """The plain process with something more in it."""
    return PLAIN.replace(b"</bpmn:process>", content + b"</bpmn:process>")


def task_with(inside: bytes, attributes: bytes = b"") -> bytes:
    return within(b'<bpmn:task id="t" %s>%s</bpmn:task>' % (attributes, inside))


def noted(content: bytes) -> bytes:
    return within(b"<bpmn:documentation>" + content + b"</bpmn:documentation>")


HOSTILE = {
    "nothing": (b"", "not well-formed"),
    "no xml": (b"PK\x03\x04 a zip", "not well-formed"),
    "another root": (b"<html/>", "0 executable"),
    "external entity": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + noted(b"&a;"), "DOCTYPE"),
    "external dtd": (b'<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">' + PLAIN, "DOCTYPE"),
    "parameter entity": (
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + PLAIN,
        "DOCTYPE|xml",
    ),
    "billion laughs": (
        b'<!DOCTYPE x [<!ENTITY a0 "lol">' + INCLUSIONS + b"]>" + noted(b"&a11;"),
        "amplification|DOC",
    ),
    "quadratic blow-up": (
        b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 100_000 + b'">]>' + noted(b"&a;" * 10_000),
        "amplification|DOC",
    ),
    "utf-16": (('<?xml version="1.0" encoding="UTF-16"?>' + TEXT).encode("utf-16"), "UTF-8"),
    "utf-16 in secret": (TEXT.encode("utf-16"), "UTF-8"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?>' + TEXT.encode("utf-7"), "UTF-7"),
    "latin 1": (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + TEXT.encode(), "ISO-8859-1"),
    "unknown encoding": (b'<?xml version="1.0" encoding="x-nothing"?>' + PLAIN, "well-formed|encoded"),
    "null bytes": (PLAIN.replace(b"work", b"wo\0rk"), "not well-formed"),
    "six megabytes": (b" " * (6 << 20), "larger than 5 MB"),
    "deep elements": (within(b"<bpmn:lane>" * 100_000 + b"</bpmn:lane>" * 100_000), "not well-formed"),
    "deep subprocesses": (
        within(b"".join(b'<bpmn:subProcess id="s%d">' % n for n in range(200)) + b"</bpmn:subProcess>" * 200),
        "nested too deeply",
    ),
    "a hundred thousand attributes": (
        task_with(b"", b" ".join(b'a%d="1"' % n for n in range(100_000))),
        "100001 attributes",
    ),
    "attributes in a namespace": (
        task_with(b"", b'xmlns:e="urn:e" ' + b" ".join(b'e:a%d="1"' % n for n in range(100_000))),
        "100001 attributes",
    ),
    "many elements": (task_with(b"<bpmn:incoming/>" * 200_000), "more than 150000 XML elements"),
    "many extensions": (
        task_with(b"<bpmn:extensionElements>" + b"<zeebe:x/>" * 100_000 + b"</bpmn:extensionElements>"),
        "more than 500 problems",
    ),
    "many foreign elements": (within(b"<x/>" * 100_000), "more than 500 problems"),
    "many nodes": (within(b"".join(b'<bpmn:task id="t%d"/>' % n for n in range(30_000))), "30003 elements"),
    "many flows": (
        within(b"".join(b'<bpmn:sequenceFlow id="f%d"/>' % n for n in range(30_000))),
        "30002 flows|more than 500",
    ),
    "many expressions": (
        PLAIN.replace(
            b"<zeebe:userTask/>",
            b"<zeebe:userTask/><zeebe:ioMapping>"
            + b"".join(b'<zeebe:input source="=a+%d" target="b"/>' % n for n in range(40_000))
            + b"</zeebe:ioMapping>",
        ),
        "too many or too long",
    ),
    "a long expression": (
        PLAIN.replace(b'candidateGroups="', b'candidateGroups="=' + b"1+" * 500_000),
        "too many or too long",
    ),
    "a deep expression": (PLAIN.replace(b'candidateGroups="', b'candidateGroups="=' + b"(" * 9_000), "FEEL"),
    "a huge id": (within(b'<bpmn:task id="' + b"x" * 4_000_000 + b'"/>'), "is not usable"),
    "a huge name": (within(b'<bpmn:task id="t" name="' + b"x" * 4_000_000 + b'"/>'), "nothing follows"),
    "one id for all": (within(b'<bpmn:task id="work"/>' * 1_000), "the same id"),
    "no ids": (within(b"<bpmn:task/>" * 100), "the id '' is not usable"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_clearly_and_at_once(name: str) -> None:
    content, expected = HOSTILE[name]
    begun = time.process_time()
    found = problems_of(content=content)
    seconds = time.process_time() - begun
    assert any(part in problem["reason"] for problem in found for part in expected.split("|")), found[:3]
    assert len(found) <= 501
    assert all(len(text) < 400 for problem in found for text in problem.values())
    assert seconds < 2, "a second, and one for a machine that has other work"


@pytest.mark.parametrize(
    "bad",
    [
        "it's",
        "a&quot;b",
        "../../etc/passwd",
        "a/b",
        "1st",
        "a b",
        "",
        "End",
        "Start",
        "Root",
        "x.EndJoin",
        "a:b",
    ],
)
def test_ids_are_plain_names(bad: str) -> None:
    content = TEXT.replace('id="work"', f'id="{bad}"').replace('"work"', f'"{bad}"').encode()
    assert any("is not usable" in problem["reason"] for problem in problems_of(content=content))


def test_comments_and_processing_instructions_say_nothing() -> None:
    odd = '<?php system("id") ?><!-- <bpmn:task id="t"/> -->'
    inside = user_task("work").replace("<zeebe:userTask/>", odd + "<zeebe:userTask/>" + odd)
    assert len(compiled(odd, start(), inside, odd, end(), flows("begin", "work", "finish")).elements) == 3


def test_sizes_up_to_the_limits_are_accepted_within_a_second() -> None:
    names = [f"t{n}" for n in range(1_998)]
    begun = time.process_time()
    chain = compiled(
        start(), *(node("task", name) for name in names), end(), flows("begin", *names, "finish")
    )
    inner = subprocess("s0", start("b0"), user_task("w"), end("e0"), flows("b0", "w", "e0"))
    for level in range(1, 21):
        inner = subprocess(
            f"s{level}",
            start(f"b{level}"),
            inner,
            end(f"e{level}"),
            flows(f"b{level}", f"s{level - 1}", f"e{level}"),
        )
    deep = compiled(start(), inner, end(), flows("begin", "s20", "finish"))
    assert (len(chain.elements), len(deep.elements)) == (2_000, 3 + 21 * 3)
    assert time.process_time() - begun < 2


def test_gateways_that_multiply_tokens_are_refused() -> None:
    """ENGINE-NOTES §2: the library would foresee them all and never come back."""
    parts, path = [start(), end()], "begin"
    for n in range(12):
        parts += [node("parallelGateway", f"fork{n}"), node("exclusiveGateway", f"merge{n}")]
        parts += [flows(path, f"fork{n}", f"merge{n}")]
        parts += [flow(f"fork{n}", f"merge{n}").replace('id="', 'id="second_')]
        path = f"merge{n}"
    content = model(*parts, flows(path, "finish"))
    assert "more than 1000 tokens" in problems_of(content=content)[0]["reason"]


def test_each_loop_without_a_wait_is_named_once() -> None:
    def loop(n: int) -> str:
        return (
            node("exclusiveGateway", f"again{n}")
            + node("task", f"task{n}")
            + node("exclusiveGateway", f"out{n}", default=f"out{n}_to_again{n}")
            + flows(f"again{n}", f"task{n}", f"out{n}", f"again{n}")
        )

    content = model(
        start(),
        loop(1),
        loop(2),
        user_task("work"),
        loop(3),
        end(),
        flows("begin", "again1"),
        flow("out1", "again2", "true"),
        flow("out2", "work", "true"),
        flows("work", "again3"),
        flow("out3", "finish", "true"),
    )
    found = problems_of(content=content)
    assert [problem["element_id"] for problem in found] == ["again1", "again2", "again3"]
    assert {problem["reason"] for problem in found} == {"the element stands in a loop that never waits"}


def test_a_subprocess_that_can_be_passed_without_a_stay_does_not_make_a_loop_wait() -> None:
    inner = subprocess(
        "sub",
        start("b"),
        node("exclusiveGateway", "skip", default="skip_to_e"),
        user_task("rare"),
        end("e"),
        flows("b", "skip", "e"),
        flow("skip", "rare", "x"),
        flow("rare", "e"),
    )
    parts = (
        start(),
        node("exclusiveGateway", "again"),
        inner,
        node("exclusiveGateway", "out", default="out_to_again"),
    )
    ways = (flows("begin", "again", "sub", "out", "again"), flow("out", "finish", "true"), end())
    assert "never waits" in problems_of(content=model(*parts, *ways))[0]["reason"]
    always = subprocess("sub", start("b"), user_task("rare"), end("e"), flows("b", "rare", "e"))
    compiled(*(always if part is inner else part for part in parts), *ways)
