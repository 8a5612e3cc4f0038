// The live diagram of one process instance. The page's ordered list of elements says the same in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "./diagram.css";

/** Marks elements and the flows between those that were passed. */
function mark(viewer, state) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const active = new Set(state.active);
  const overdue = new Set(state.overdue);
  const passed = new Set(state.passed);
  for (const id of passed) if (registry.get(id)) canvas.addMarker(id, "is-passed");
  for (const id of active) if (registry.get(id)) canvas.addMarker(id, "is-active");
  for (const id of overdue) if (registry.get(id)) canvas.addMarker(id, "is-overdue");
  const reached = new Set([...passed, ...active]);
  for (const flow of registry.filter((element) => element.type === "bpmn:SequenceFlow")) {
    if (passed.has(flow.source?.id) && reached.has(flow.target?.id)) canvas.addMarker(flow.id, "is-passed");
  }
}

/** Where a stretch of the drawing begins so that `middle` is in its middle, but nothing beyond the edges is shown. */
function begin(middle, length, edge, whole) {
  const margin = 24;
  const first = edge - margin;
  const last = edge + whole + margin - length;
  return last < first ? edge + (whole - length) / 2 : Math.min(Math.max(middle - length / 2, first), last);
}

/** Shows the whole drawing where it stays readable, else the part where the work is now. */
function settle(viewer, state) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= 0.55) return;
  const registry = viewer.get("elementRegistry");
  // the innermost element: a sub-process that holds the work is as wide as the drawing
  const candidates = state.active.map((id) => registry.get(id)).filter((element) => element?.width);
  const now = candidates.sort((one, other) => one.width * one.height - other.width * other.height)[0];
  const { inner, outer } = canvas.viewbox();
  const scale = 0.75;
  const width = outer.width / scale;
  const height = outer.height / scale;
  const x = now ? now.x + now.width / 2 : inner.x;
  const y = now ? now.y + now.height / 2 : inner.y;
  canvas.viewbox({
    x: begin(x, width, inner.x, inner.width),
    y: begin(y, height, inner.y, inner.height),
    width,
    height,
  });
}

for (const host of document.querySelectorAll("[data-diagram]")) {
  const state = JSON.parse(host.dataset.state);
  const viewer = new NavigatedViewer({ container: host.querySelector(".diagram-canvas") });
  try {
    const answer = await fetch(host.dataset.diagram, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    await viewer.importXML(await answer.text());
    mark(viewer, state);
    settle(viewer, state);
    // the drawing is for eyes and pointers; the link of its makers stays reachable
    const drawing = host.querySelector(".djs-container > svg");
    drawing.setAttribute("aria-hidden", "true");
    drawing.setAttribute("tabindex", "-1");
    host.classList.add("is-ready");
  } catch (error) {
    host.classList.add("is-missing");
    console.error("The diagram could not be drawn", error);
  }
  for (const button of host.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "fit") viewer.get("canvas").zoom("fit-viewport", "auto");
      else viewer.get("zoomScroll").stepZoom(button.dataset.zoom === "in" ? 1 : -1);
    });
  }
}
