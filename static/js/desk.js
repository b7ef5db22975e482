// The desk's keys and its words about what is saved. Everything works without this file, by plain forms.
// @ts-check

const KEYS = { 1: "left", a: "left", 2: "tie", t: "tie", 3: "both_bad", x: "both_bad", 4: "right", b: "right" };
let painted = performance.now();
let busy = false;

/** @template {HTMLElement} T @param {string} selector @returns {T | null} */
const find = (selector) => document.querySelector(selector);

/** @param {string} words */
const announce = (words) => { const live = find("#live"); if (live) live.textContent = words; };

/** @param {string} id */
const open = (id) => /** @type {HTMLDialogElement | null} */ (find(id))?.showModal();

/** Whether keys belong to something else now: a field, an open dialog. @param {EventTarget | null} target */
function keysAreTaken(target) {
  const field = target instanceof HTMLElement && target.closest("input:not([type=hidden]), textarea, select, [contenteditable]");
  return Boolean(field || find("dialog[open]"));
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || keysAreTaken(event.target)) return;
  const key = event.key.toLowerCase();
  const choice = KEYS[/** @type {keyof typeof KEYS} */ (key)];
  const action = choice ? () => find(`#answer button[value="${choice}"]`)?.click() : ACTIONS[key];
  if (!action) return;
  event.preventDefault();
  action();
}

/** @type {Record<string, () => void>} */
const ACTIONS = {
  s: () => { const menu = /** @type {HTMLDetailsElement | null} */ (find("#skipping")); if (menu) { menu.open = !menu.open; menu.querySelector("button")?.focus(); } },
  z: () => find("#undo")?.click(),
  backspace: () => find("#undo")?.click(),
  g: () => open("#guideline"),
  "?": () => open("#keys"),
};

/** The task is on the screen: time starts, keys are offered. */
function onPainted() {
  painted = performance.now();
  busy = false;
  const keys = find("#keys-button");
  if (keys) { keys.hidden = false; keys.onclick = () => open("#keys"); }
}

document.addEventListener("keydown", onKey);

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("#guideline-link");
  if (link && !(/** @type {MouseEvent} */ (event).ctrlKey || /** @type {MouseEvent} */ (event).metaKey)) { event.preventDefault(); open("#guideline"); }
});

document.addEventListener("htmx:configRequest", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  detail.parameters.shown_ms = String(Math.round(performance.now() - painted));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (busy) event.preventDefault(); // one answer a task: a second press while the first is on its way does nothing
  busy = true;
});

document.addEventListener("htmx:afterSwap", () => {
  onPainted();
  find("#desk")?.focus({ preventScroll: true });
  announce(find(".desk .empty") ? "Saved. No task now." : "Saved. Next task.");
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    busy = false;
    const saved = find("#saved");
    const words = "Not saved yet: the server did not take it. Press the same key again.";
    if (saved) { saved.textContent = words; saved.className = "unsaved"; }
    announce(words);
  });
}

onPainted();
