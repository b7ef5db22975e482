// @ts-check
/**
 * The study's figures follow the raters: HTMX asks every few seconds. It does not ask while the page is hidden, while
 * somebody is inside the figures with the keyboard or selects text in them, or once she has stopped it.
 */

const figures = /** @type {HTMLElement} */ (document.getElementById("study-live"));
const line = /** @type {HTMLElement} */ (document.getElementById("live-line"));
const words = /** @type {HTMLElement} */ (document.getElementById("live-words"));
const button = /** @type {HTMLButtonElement} */ (document.getElementById("live-switch"));

let stopped = false;
/** @type {Map<string, number>} How far each wide table was scrolled. */
const scrolled = new Map();

const isBeingRead = () =>
  figures.contains(document.activeElement) ||
  (!document.getSelection()?.isCollapsed && figures.contains(document.getSelection()?.anchorNode ?? null));

figures.addEventListener("htmx:beforeRequest", (event) => {
  if (stopped || document.hidden || isBeingRead()) {
    event.preventDefault();
  }
});

// A table that was moved into by the keyboard while the answer was on its way keeps its place.
figures.addEventListener("htmx:beforeSwap", (event) => {
  if (stopped || isBeingRead()) {
    event.preventDefault();
    return;
  }
  for (const region of figures.querySelectorAll(".scroll[id]")) {
    scrolled.set(region.id, region.scrollLeft);
  }
});

figures.addEventListener("htmx:afterSwap", () => {
  for (const [id, left] of scrolled) {
    document.getElementById(id)?.scrollTo({ left });
  }
});

button.addEventListener("click", () => {
  stopped = !stopped;
  button.textContent = stopped ? "Update again" : "Stop updating";
  words.textContent = stopped ? "Figures stand still." : "Figures follow the raters every 5 seconds.";
});

line.hidden = false;
