// Two versions of a process side by side. The lists below the drawings say the same in words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "./diagram.css";
import "./difference.css";

/** Marks what differs by colour, by a symbol and by words. */
function mark(viewer, marks) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  for (const [id, { kind, symbol, words }] of Object.entries(marks)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, `is-${kind}`);
    if (element.waypoints) continue; // the badges of what a flow joins are enough
    const badge = document.createElement("span");
    badge.className = `difference-badge is-${kind}`;
    badge.textContent = `${symbol} ${words}`;
    overlays.add(id, { position: { top: -14, left: 4 }, html: badge, show: { minZoom: 0.35 } });
  }
}

/** Puts an element or flow into the middle of its drawing, large enough to be read. */
function show(viewer, element) {
  const canvas = viewer.get("canvas");
  const box = element.waypoints ? canvas.getGraphics(element).getBBox() : element;
  const { outer } = canvas.viewbox();
  const scale = Math.min(0.8, outer.width / (box.width + 80), outer.height / (box.height + 80));
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
}

/** Shows the whole drawing where it stays readable, else the part where most differs. */
function settle(viewer, marks) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= 0.5) return;
  const registry = viewer.get("elementRegistry");
  const first = Object.keys(marks)
    .map((id) => registry.get(id))
    .find((element) => element?.width);
  if (!first) return;
  show(viewer, first);
}

const viewers = [];

for (const host of document.querySelectorAll("[data-compared]")) {
  const marks = JSON.parse(host.dataset.marks);
  const viewer = new NavigatedViewer({ container: host.querySelector(".diagram-canvas") });
  try {
    const answer = await fetch(host.dataset.compared, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    await viewer.importXML(await answer.text());
    mark(viewer, marks);
    settle(viewer, marks);
    // the drawing is for eyes and pointers; the link of its makers stays reachable
    const drawing = host.querySelector(".djs-container > svg");
    drawing.setAttribute("aria-hidden", "true");
    drawing.setAttribute("tabindex", "-1");
    host.querySelector(".djs-overlay-container")?.setAttribute("aria-hidden", "true");
    host.classList.add("is-ready");
    viewers.push(viewer);
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

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    document.querySelector("#drawings").scrollIntoView({ block: "start" });
    for (const viewer of viewers) {
      const element = viewer.get("elementRegistry").get(button.dataset.show);
      if (element) show(viewer, element);
    }
  });
}
