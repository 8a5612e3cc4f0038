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

/** Shows the whole drawing where it stays readable, else the part where the work is now. */
function settle(viewer, state) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const now = state.active.map((id) => viewer.get("elementRegistry").get(id)).find(Boolean);
  if (canvas.zoom() < 0.55 && now) {
    canvas.zoom(0.75, { x: now.x + (now.width ?? 0) / 2, y: now.y + (now.height ?? 0) / 2 });
    canvas.scrollToElement(now, { top: 120, bottom: 120, left: 160, right: 160 });
  }
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
