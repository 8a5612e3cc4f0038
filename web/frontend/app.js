// What every page loads. Pages work without it; it adds keyboard paths and guards against a double click.
import "./app.css";
import htmx from "htmx.org";

window.htmx = htmx;

/** A form is sent once; the button says that it is on its way. The server refuses a repeat as well. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-send-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter ?? form.querySelector("[type=submit]");
  button?.setAttribute("aria-disabled", "true");
  button?.classList.add("is-sending");
});

/** A page that comes back from the browser's memory may be sent again. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll(".is-sending")) {
      button.removeAttribute("aria-disabled");
      button.classList.remove("is-sending");
    }
  }
});

/** Menus close with Escape and with a click elsewhere. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === except) continue;
    menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

/** Moves the focus through the rows of a work list. */
function moveInList(step) {
  const rows = [...document.querySelectorAll("[data-list-item]")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary")?.focus();
    }
    return;
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector("[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "j") {
    moveInList(1);
  } else if (event.key === "k") {
    moveInList(-1);
  }
});

/** A choice that decides which fields are asked re-draws them from the server's answer; the latest choice wins. */
let asking = null;
document.addEventListener("change", async (event) => {
  const form = event.target.closest("form[data-refresh]");
  if (!form || !event.target.matches("[data-decides]")) return;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.refresh, {
      method: "POST",
      body: new FormData(form),
      signal: asking.signal,
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement?.id;
    form.querySelector("#form-fields").replaceWith(page.querySelector("#form-fields"));
    if (focused) document.getElementById(focused)?.focus();
  } catch (error) {
    // without the server's answer the form stays as it is; sending it asks for the missing fields
    if (error.name !== "AbortError") console.warn("The fields could not be refreshed", error);
  }
});
