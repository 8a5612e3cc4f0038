// Intake: dropping a file, pointing from a reading to its place and back, searching units, what a deadline would be.
// Every page works without it.
import "./intake.css";

/** Sends the file with its progress shown; the server's answer is the same as without. */
function send(form, file) {
  const refuse = (said) => {
    let note = said;
    if (typeof said === "string") {
      note = document.createElement("div");
      note.id = "refusal";
      note.className = "notice notice-late";
      note.setAttribute("role", "alert");
      note.textContent = said;
    }
    document.getElementById("refusal")?.remove();
    form.before(note);
    form.querySelector("[data-progress]").hidden = true;
    form.classList.remove("is-busy");
    delete form.dataset.sent;
    const button = form.querySelector("[type=submit]");
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-sending");
  };
  if (file.size > Number(form.dataset.largest)) return refuse(form.dataset.tooLarge);
  const body = new FormData(form);
  body.set("file", file, file.name);
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const words = shown.querySelector("[role=status]");
  shown.hidden = false;
  form.classList.add("is-busy");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    words.textContent = `${words.dataset.sending} ${Math.round(bar.value)} %`;
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    words.textContent = words.dataset.reading;
  });
  request.addEventListener("error", () => refuse(form.dataset.lost));
  request.addEventListener("load", () => {
    const address = request.getResponseHeader("Location");
    if (request.status === 201 && address) {
      window.location = address;
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = page.getElementById("refusal");
    refuse(said ? document.importNode(said, true) : page.querySelector("main .lead")?.textContent || form.dataset.lost);
    form.reset();
  });
  request.send(body);
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const input = form.querySelector("[type=file]");
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || input.files.length === 0) return;
    event.preventDefault();
    if (!form.classList.contains("is-busy")) send(form, input.files[0]);
  });
  let depth = 0;
  const over = (within) => form.classList.toggle("is-over", within);
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragenter", (event) => holdsFiles(event) && over(++depth > 0));
  window.addEventListener("dragleave", (event) => holdsFiles(event) && over(--depth > 0));
  window.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    const [file] = event.dataTransfer.files;
    if (file && !form.classList.contains("is-busy")) send(form, file);
  });
}

/** Shows a place in the original within its own frame, the words that were read marked. */
const original = document.querySelector("[data-original]");
function unmark() {
  for (const mark of document.querySelectorAll("mark.quoted")) mark.replaceWith(...mark.childNodes);
  for (const shown of document.querySelectorAll(".is-pointed")) shown.classList.remove("is-pointed");
}
function markWords(place, quote) {
  if (!quote) return;
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(quote);
    if (at < 0 || node.parentElement.closest(".mention")) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + quote.length);
    const mark = document.createElement("mark");
    mark.className = "quoted";
    range.surroundContents(mark);
    return;
  }
}
function point(link) {
  const place = document.getElementById(link.dataset.point);
  if (!place || !original) return false;
  unmark();
  place.classList.add("is-pointed");
  markWords(place, link.dataset.quote);
  const inside = place.getBoundingClientRect().top - original.getBoundingClientRect().top;
  original.scrollTo({ top: original.scrollTop + inside - original.clientHeight / 3 });
  if (original.getBoundingClientRect().bottom < 80 || original.getBoundingClientRect().top > innerHeight - 80) {
    original.scrollIntoView({ block: "start" });
  }
  return true;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-point]");
  if (link && point(link)) {
    event.preventDefault();
    return;
  }
  const mention = event.target.closest(".mention");
  if (mention) {
    unmark();
    const target = document.getElementById(mention.hash.slice(1));
    const card = target?.querySelector(":scope > details");
    if (card) card.open = true;
    target?.classList.add("is-pointed");
    mention.closest(".source, tr")?.classList.add("is-pointed");
  }
});
document.addEventListener("focusin", (event) => {
  const link = event.target.closest(".envelope [data-point]");
  if (link?.matches(":focus-visible")) point(link);
});

/** A closed card asks for its contents when it is opened. */
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".directive-card > details") || !event.target.open) return;
    event.target.querySelector("[data-later]")?.dispatchEvent(new Event("unfold"));
  },
  true,
);

/** Lists of units: a search that forgives accents, and how many are ticked. */
function plain(text) {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
}
function prepareUnits(root) {
  for (const list of root.querySelectorAll("[data-searchable]:not([data-ready])")) {
    list.dataset.ready = "yes";
    const search = list.querySelector("[data-search]");
    const count = list.querySelector("[data-count]");
    const boxes = [...list.querySelectorAll(".unit-box")];
    search.hidden = false;
    search.addEventListener("input", () => {
      const wanted = plain(search.value);
      let found = 0;
      for (const box of boxes) {
        box.hidden = !box.dataset.words.includes(wanted);
        found += !box.hidden;
      }
      list.querySelector("[data-nothing]").hidden = found > 0;
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the one that is found is ticked; the form is not sent
      const found = boxes.filter((box) => !box.hidden);
      if (search.value && found.length === 1) found[0].querySelector("input").click();
    });
    const tell = () => {
      const ticked = list.querySelectorAll("input:checked").length;
      count.hidden = ticked === 0;
      count.textContent = count.dataset.words.replace("#", ticked);
    };
    list.addEventListener("change", tell);
    tell();
    const first = list.querySelector("input:checked");
    if (first) first.closest(".unit-boxes").scrollTop = first.closest(".unit-box").offsetTop - 40;
  }
  for (const shown of root.querySelectorAll("[data-shown-by]")) {
    const radios = root.querySelectorAll(`[data-shows="${shown.id}"]`);
    const set = () => {
      shown.hidden = ![...radios].some((radio) => radio.checked && radio.value === shown.dataset.shownBy);
    };
    for (const radio of radios) radio.addEventListener("change", set);
    set();
  }
}
prepareUnits(document);

/** What a deadline would be by the working-day calendar, while it is typed. */
const asked = new WeakMap();
async function foresee(fields) {
  const kind = fields.querySelector("[name=deadline]:checked")?.value ?? "";
  const said = document.getElementById(fields.dataset.foreseen);
  if (kind === "document" || kind === "") {
    said.textContent = "";
    return;
  }
  const address = new URL(fields.dataset.foresee, window.location);
  address.searchParams.set("deadline", kind);
  for (const name of ["date", "days"]) address.searchParams.set(name, fields.querySelector(`[name=${name}]`).value);
  asked.get(fields)?.abort();
  const control = new AbortController();
  asked.set(fields, control);
  try {
    const answer = await fetch(address, { signal: control.signal });
    if (answer.ok && !answer.redirected) said.textContent = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") said.textContent = "";
  }
}
let waiting = 0;
document.addEventListener("input", (event) => {
  const fields = event.target.closest("[data-foresee]");
  if (!fields) return;
  const chooses = event.target.dataset.chooses;
  if (chooses) document.getElementById(chooses).checked = true;
  clearTimeout(waiting);
  waiting = setTimeout(() => foresee(fields), 250);
});

/** A form in place: the first field gets the focus; Cancel and Escape close it. */
document.addEventListener("htmx:after:swap", settle);
document.addEventListener("htmx:afterSwap", settle);
function settle() {
  prepareUnits(document);
  for (const form of document.querySelectorAll("form[data-in-place]:not([data-ready])")) {
    form.dataset.ready = "yes";
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  }
}
function close(form) {
  const place = form.closest(".form-place");
  place.replaceChildren();
  place.parentElement.querySelector(".card-deeds a")?.focus();
}
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-cancel]")?.closest("form[data-in-place]");
  if (!form) return;
  event.preventDefault();
  close(form);
});
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" ? event.target.closest?.("form[data-in-place]") : null;
  if (form) close(form);
});

/** Ticking several items: all that are shown, and how many. */
for (const form of document.querySelectorAll("[data-several]")) {
  const all = form.querySelector("[data-all]");
  const chosen = form.querySelector("[data-chosen]");
  if (!all) continue;
  const boxes = () => [...document.querySelectorAll(`input[name=d][form=${form.id}]`)];
  const tell = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    chosen.hidden = ticked === 0;
    chosen.textContent = ticked;
    all.querySelector("input").checked = ticked > 0 && ticked === boxes().length;
  };
  all.hidden = boxes().length < 2;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const box of boxes()) box.checked = event.target.checked;
    tell();
  });
  document.addEventListener("change", (event) => event.target.matches("input[name=d]") && tell());
  tell();
}

/** While assignments are started, the page asks how far it is; the answer to the form then takes its place. */
for (const form of document.querySelectorAll("[data-issue]")) {
  form.addEventListener("submit", () => {
    const shown = form.querySelector("[data-progress]");
    const bar = shown.querySelector("progress");
    const words = shown.querySelector("[role=status]");
    shown.hidden = false;
    setInterval(async () => {
      try {
        const answer = await fetch(form.dataset.issue);
        if (!answer.ok) return;
        const { done } = await answer.json();
        bar.value = done;
        words.textContent = words.dataset.words.replace("#", done);
      } catch {
        // the page is being left
      }
    }, 700);
  });
}
