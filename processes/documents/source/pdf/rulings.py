"""Finds the lines that are drawn on a page: strokes, edges of rectangles, rectangles as thin as a line."""

import ctypes
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from processes.documents.source.pdf.glyphs import View

#: A filled shape not wider than this, in points, is a line.
_THIN = 3.2
#: A line may lean by this much.
_LEANS = 0.8
#: Pieces of one line may lie this far apart, lengthwise and across.
_GAP, _ACROSS = 3.2, 1.2
#: What is shorter is a dot or a corner.
_SHORTEST = 6.0
#: A page with more drawn paths is a map or a chart; its lines are not looked at.
_MOST_PATHS = 20_000
_DEEPEST = 6

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Ruling(NamedTuple):
    """A drawn line: at which y (lying) or x (standing), and from where to where, in points."""

    at: float
    low: float
    high: float


class Drawn(NamedTuple):
    """What is drawn on a page beside its text.

    Attributes:
        lying, standing: horizontal and vertical lines, each in order of place.
        pictures: which part of the page pictures cover, from 0 to 1.
        outlines: how many shapes are drawn; letters may be drawn as such.
    """

    lying: list[Ruling]
    standing: list[Ruling]
    pictures: float
    outlines: int


def read_drawn(page: Any, view: View) -> Drawn:
    """Return lines and pictures of a page as shown."""
    lying: list[Ruling] = []
    standing: list[Ruling] = []
    covered, paths = 0.0, 0
    width, height = view.size
    for item, matrix in _objects(page):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            corners = [_moved(matrix, _matrix(item), point) for point in ((0.0, 0.0), (1.0, 1.0))]
            left, top, right, bottom = view.box(*corners[0], *corners[1])
            across, down = min(right, width) - max(left, 0), min(bottom, height) - max(top, 0)
            covered += max(across, 0) * max(down, 0) / (width * height)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
            if paths > _MOST_PATHS:
                return Drawn([], [], min(covered, 1.0), paths)
            for lies, ruling in _lines(item, matrix, view):
                (lying if lies else standing).append(ruling)
    return Drawn(_joined(lying), _joined(standing), min(covered, 1.0), paths)


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _unfolded(pdfium.FPDFPage_GetObject(page, at), _AS_IT_IS, 0)


def _unfolded(item: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """Yield an object, or those of which a form is made, with what moves them to their place."""
    if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
        yield item, outer
    elif depth < _DEEPEST:
        inner = _product(_matrix(item), outer)
        for at in range(max(pdfium.FPDFFormObj_CountObjects(item), 0)):
            yield from _unfolded(pdfium.FPDFFormObj_GetObject(item, at), inner, depth + 1)


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return _AS_IT_IS
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    m, n, o, p, q, r = then
    return a * m + b * o, a * n + b * p, c * m + d * o, c * n + d * p, e * m + f * o + q, e * n + f * p + r


def _moved(outer: Matrix, inner: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = _product(inner, outer)
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _lines(path: Any, outer: Matrix, view: View) -> Iterator[tuple[bool, Ruling]]:
    mode, is_stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, is_stroked)
    strokes = bool(is_stroked.value) and not _is_white(path, pdfium.FPDFPageObj_GetStrokeColor)
    fills = mode.value != 0 and not _is_white(path, pdfium.FPDFPageObj_GetFillColor)
    if not strokes and not fills:
        return
    inner = _matrix(path)
    for shape, is_straight in _shapes(path):
        points = [view.point(*_moved(outer, inner, point)) for point in shape]
        if strokes:
            for (ax, ay), (bx, by) in itertools.pairwise(points):
                if abs(ay - by) <= _LEANS < abs(ax - bx):
                    yield True, Ruling((ay + by) / 2, min(ax, bx), max(ax, bx))
                elif abs(ax - bx) <= _LEANS < abs(ay - by):
                    yield False, Ruling((ax + bx) / 2, min(ay, by), max(ay, by))
        if fills and is_straight:
            across, down = [x for x, _ in points], [y for _, y in points]
            left, right, top, bottom = min(across), max(across), min(down), max(down)
            if bottom - top <= _THIN and right - left > bottom - top:
                yield True, Ruling((top + bottom) / 2, left, right)
            elif right - left <= _THIN and bottom - top > right - left:
                yield False, Ruling((left + right) / 2, top, bottom)


def _is_white(path: Any, colour_of: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour_of(path, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= 250


def _shapes(path: Any) -> Iterator[tuple[list[Point], bool]]:
    """Yield the parts of a path as their points, and whether all their sides are straight."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[Point] = []
    is_straight = True
    for at in range(min(max(pdfium.FPDFPath_CountSegments(path), 0), _MOST_PATHS)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points, is_straight
            points, is_straight = [], True
        is_straight = is_straight and kind != pdfium.FPDF_SEGMENT_BEZIERTO
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((x.value, y.value))
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield points, is_straight


def _joined(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Make one line of pieces that lie on each other or follow each other."""
    joined: list[Ruling] = []
    level: list[Ruling] = []
    for ruling in [*sorted(rulings), None]:
        if level and (ruling is None or ruling.at - level[0].at > _ACROSS):
            joined += _level(level)
            level = []
        if ruling is not None:
            level.append(ruling)
    return [ruling for ruling in joined if ruling.high - ruling.low >= _SHORTEST]


def _level(level: list[Ruling]) -> Iterator[Ruling]:
    ordered = sorted(level, key=lambda ruling: ruling.low)
    at, low, high = ordered[0]
    for ruling in ordered[1:]:
        if ruling.low - high > _GAP:
            yield Ruling(at, low, high)
            at, low, high = ruling
        else:
            high = max(high, ruling.high)
    yield Ruling(at, low, high)
