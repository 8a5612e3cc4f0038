"""The drawing of every model that comes with the product: complete, tidy, and one that any modeller opens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import SpiffWorkflow
from lxml import etree

MODELS = sorted((Path(__file__).resolve().parents[3] / "bpmn").glob("*/*.bpmn"))
SCHEMA = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
PADDING = 10  # a shape keeps at least this distance from the border of what it is drawn in

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def contains(self, other: "Box", padding: float = 0) -> bool:
        return (
            self.x + padding <= other.x
            and self.y + padding <= other.y
            and other.right + padding <= self.right
            and other.bottom + padding <= self.bottom
        )

    def on_border(self, point: Point) -> bool:
        x, y = point
        on_side = x in (self.x, self.right) and self.y <= y <= self.bottom
        on_level = y in (self.y, self.bottom) and self.x <= x <= self.right
        return on_side or on_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A model with its drawing, by element id."""

    kinds: dict[str, str]
    parents: dict[str, str]
    attached: dict[str, str]
    flows: dict[str, tuple[str, str]]
    lanes: dict[str, set[str]]
    shapes: dict[str, Box]
    edges: dict[str, list[Point]]
    labels: dict[str, Box]
    drawn: list[str]
    named: set[str]

    def nodes(self, kinds: Iterable[str] = ()) -> Iterator[str]:
        wanted = set(kinds)
        return (node for node, kind in self.kinds.items() if not wanted or kind in wanted)

    def around(self, node: str) -> set[str]:
        """The nodes that a node is drawn inside of or upon."""
        found: set[str] = set()
        while node in self.attached or node in self.parents:
            node = self.attached.get(node) or self.parents[node]
            found.add(node)
        return found


@cache
def read(path: Path) -> Drawing:
    root = etree.parse(path).getroot()
    process = root.find("bpmn:process", NS)
    assert process is not None
    nodes = [element for element in process.iter("{*}*") if element.find("bpmn:incoming", NS) is not None]
    nodes += [element for element in process.iter("{*}*") if element.find("bpmn:outgoing", NS) is not None]
    kinds = {node.get("id"): etree.QName(node).localname for node in nodes}
    shapes, labels, edges = {}, {}, {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", NS):
        shapes[shape.get("bpmnElement")] = box(shape.find("dc:Bounds", NS))
    for edge in root.iterfind(".//bpmndi:BPMNEdge", NS):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)]
        edges[edge.get("bpmnElement")] = points
    for label in root.iterfind(".//bpmndi:BPMNLabel", NS):
        labels[label.getparent().get("bpmnElement")] = box(label.find("dc:Bounds", NS))
    flows = list(process.iter(f"{{{NS['bpmn']}}}sequenceFlow"))
    return Drawing(
        kinds=kinds,
        parents={
            node.get("id"): node.getparent().get("id") for node in nodes if node.getparent() is not process
        },
        attached={node.get("id"): node.get("attachedToRef") for node in nodes if node.get("attachedToRef")},
        flows={flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in flows},
        lanes={
            lane.get("id"): {ref.text for ref in lane.iterfind("bpmn:flowNodeRef", NS)}
            for lane in process.iter(f"{{{NS['bpmn']}}}lane")
        },
        shapes=shapes,
        edges=edges,
        labels=labels,
        drawn=[
            item.get("bpmnElement")
            for item in root.iterfind(".//bpmndi:BPMNPlane/*", NS)
            if item.get("bpmnElement")
        ],
        named={element.get("id") for element in (*nodes, *flows) if element.get("name")},
    )


def box(bounds: etree._Element) -> Box:
    return Box(**{side: float(bounds.get(side)) for side in ("x", "y", "width", "height")})


@pytest.fixture(params=MODELS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def drawing(path: Path) -> Drawing:
    return read(path)


def test_the_product_comes_with_a_model_for_assignments() -> None:
    assert "assignment" in [path.stem for path in MODELS]


def test_a_model_is_valid_against_the_schema_of_bpmn_2_0(path: Path) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(etree.parse(path))


def test_every_element_is_drawn_exactly_once(drawing: Drawing) -> None:
    assert len(drawing.drawn) == len(set(drawing.drawn))
    assert set(drawing.kinds) | set(drawing.lanes) <= set(drawing.shapes)
    assert set(drawing.edges) == set(drawing.flows)


def test_every_element_is_in_exactly_one_lane(drawing: Drawing) -> None:
    outside = {node for node in drawing.nodes() if node not in drawing.parents}
    listed = [node for nodes in drawing.lanes.values() for node in nodes]
    assert sorted(listed) == sorted(outside)


def test_what_a_lane_lists_is_drawn_inside_it(drawing: Drawing) -> None:
    for lane, nodes in drawing.lanes.items():
        strays = [
            node for node in nodes if not drawing.shapes[lane].contains(drawing.shapes[node], padding=PADDING)
        ]
        assert strays == [], lane


def test_lanes_fill_their_pool(drawing: Drawing) -> None:
    lanes = sorted((drawing.shapes[lane] for lane in drawing.lanes), key=lambda lane: lane.y)
    pool = next(shape for shape in drawing.shapes.values() if all(shape.contains(lane) for lane in lanes))
    assert [upper.bottom for upper in lanes] == [lower.y for lower in lanes[1:]] + [pool.bottom]
    assert lanes[0].y == pool.y
    assert {lane.right for lane in lanes} == {pool.right}


def test_shapes_do_not_overlap(drawing: Drawing) -> None:
    overlapping = [
        (one, other)
        for one, other in combinations(drawing.nodes(), 2)
        if one not in drawing.around(other)
        and other not in drawing.around(one)
        and drawing.shapes[one].overlaps(drawing.shapes[other])
    ]
    assert overlapping == []


def test_what_is_in_a_subprocess_is_drawn_inside_it(drawing: Drawing) -> None:
    for node, parent in drawing.parents.items():
        assert drawing.shapes[parent].contains(drawing.shapes[node], padding=PADDING), node


def test_boundary_events_sit_on_the_border_of_their_activity(drawing: Drawing) -> None:
    for event, activity in drawing.attached.items():
        shape = drawing.shapes[event]
        middle = (shape.x + shape.width / 2, shape.y + shape.height / 2)
        assert drawing.shapes[activity].on_border(middle), event


def test_flows_begin_and_end_on_the_borders_of_what_they_connect(drawing: Drawing) -> None:
    for flow, (source, target) in drawing.flows.items():
        points = drawing.edges[flow]
        assert drawing.shapes[source].on_border(points[0]), flow
        assert drawing.shapes[target].on_border(points[-1]), flow


def test_flows_turn_at_right_angles(drawing: Drawing) -> None:
    for flow, points in drawing.edges.items():
        slanted = [pair for pair in pairwise(points) if pair[0][0] != pair[1][0] and pair[0][1] != pair[1][1]]
        assert slanted == [], flow


def test_flows_pass_through_no_shape(drawing: Drawing) -> None:
    for flow, (source, target) in drawing.flows.items():
        exempt = {source, target} | drawing.around(source) | drawing.around(target)
        crossed = [
            node
            for node in drawing.nodes()
            if node not in exempt
            for segment in pairwise(drawing.edges[flow])
            if span(*segment).overlaps(drawing.shapes[node])
        ]
        assert crossed == [], flow


def test_labels_cover_neither_shapes_nor_flows_nor_each_other(drawing: Drawing) -> None:
    for (one, first), (other, second) in combinations(drawing.labels.items(), 2):
        assert not first.overlaps(second), (one, other)
    for labelled, label in drawing.labels.items():
        covered = [
            node
            for node in drawing.nodes()
            if drawing.shapes[node].overlaps(label) and node not in drawing.around(labelled)
        ]
        assert covered == [], labelled
        crossing = [
            flow
            for flow, points in drawing.edges.items()
            if any(span(*segment).overlaps(label) for segment in pairwise(points))
        ]
        assert crossing == [], labelled


def test_named_events_gateways_and_flows_have_a_place_for_their_label(drawing: Drawing) -> None:
    external = {node for node in drawing.nodes() if drawing.kinds[node].endswith(("Event", "Gateway"))} | set(
        drawing.flows
    )
    assert drawing.named & external == set(drawing.labels)


def span(start: Point, end: Point) -> Box:
    """The rectangle of a straight stretch of a flow."""
    (x1, y1), (x2, y2) = start, end
    thickness = 0.5
    return Box(
        x=min(x1, x2) - thickness / 2,
        y=min(y1, y2) - thickness / 2,
        width=abs(x1 - x2) + thickness,
        height=abs(y1 - y2) + thickness,
    )
