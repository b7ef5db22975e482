// @ts-check
/**
 * Keys of the reading room. What a key does is written in the page as `aria-keyshortcuts`; this presses what has it.
 * Whoever dictates, or needs letters for something else, turns them off; that is kept where the desk keeps the same.
 */
import { readJson, write } from "../desk/storage.js";

const KEY = "touchstone.desk.settings";

/** @returns {boolean} */
const areOn = () => readJson(KEY)?.keys !== false;

const FIELDS = "input, textarea, select, [contenteditable]";

/** Arrows scroll a wide table or code block that has the focus: there they stay the browser's. */
const SCROLLS = "[tabindex='0'], pre, .scroll";

/** @param {KeyboardEvent} event @returns {boolean} */
const isMeantForSomethingElse = (event) => {
  const { target } = event;
  const inElement = target instanceof Element ? target : document.body;
  return (
    event.defaultPrevented ||
    event.repeat ||
    event.isComposing ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.shiftKey ||
    inElement.matches(FIELDS) ||
    (event.key.startsWith("Arrow") && inElement.closest(SCROLLS) !== null)
  );
};

/** @param {KeyboardEvent} event */
const press = (event) => {
  if (!areOn() || isMeantForSomethingElse(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const carrier = document.querySelector(`[aria-keyshortcuts~="${CSS.escape(key)}"]`);
  if (!(carrier instanceof HTMLElement)) return;
  event.preventDefault();
  if (carrier.matches(FIELDS)) carrier.focus();
  else carrier.click();
};

const box = document.querySelector("[data-keys] input");
if (box instanceof HTMLInputElement) {
  box.checked = areOn();
  box.addEventListener("change", () => write(KEY, JSON.stringify({ ...readJson(KEY), keys: box.checked })));
}
document.addEventListener("keydown", press);
for (const line of document.querySelectorAll("[data-keys]")) line.removeAttribute("hidden");
