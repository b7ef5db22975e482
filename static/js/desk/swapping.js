// @ts-check
/** What lies on the desk: painted at once, made ready for eyes, keys and screen readers. */
import { showLocalTimes } from "./clock.js";
import { restoreDraft } from "./drafts.js";
import { all, byId, deskUrl, now, onDesk } from "./page.js";
import { watchPanes } from "./panes.js";
import { linkScrolling } from "./scroll.js";
import { isOn } from "./settings.js";
import { watch } from "./stopwatch.js";
import { words } from "./words.js";

/** Faster than eyes and hand. */
const TOO_SOON_MS = 150;
let paintedAt = -Infinity;
/** @type {() => void} */
let whenPainted = () => {};

/** @param {() => void} listener */
export const startSwapping = (listener) => {
  whenPainted = listener;
  addEventListener("resize", () => foldItem(now));
};

/** @param {HTMLElement} element */
export const paint = (element) => {
  now.replaceChildren(element);
  paintedAt = performance.now();
  if (location.search) history.replaceState(null, "", deskUrl); // a reload brings her task, not the one she changed
  prepare(element);
  focusOn(element);
  scrollTo(0, 0);
};

export const isJustPainted = () => Math.abs(performance.now() - paintedAt) < TOO_SOON_MS;

/** @param {HTMLElement} element */
export const prepare = (element) => {
  showLocalTimes(element);
  openAbouts(element);
  foldItem(element);
  restoreDraft(element);
  watchPanes(element);
  linkScrolling(element);
  watch(element.matches("[data-task]") ? element : null);
  whenPainted();
};

/** Context and reference, for those who always want them. @param {HTMLElement} element */
export const openAbouts = (element) => {
  if (!isOn("context")) return;
  for (const about of /** @type {HTMLDetailsElement[]} */ (all(element, "details.about"))) about.open = true;
};

/** "Show all" stands only beside an item that is folded. @param {ParentNode} root */
const foldItem = (root) => {
  const text = root.querySelector(".item-text");
  const toggle = root.querySelector("[data-fold]");
  if (!text || !(toggle instanceof HTMLElement)) return;
  const isOpen = toggle.querySelector("input")?.checked;
  toggle.hidden = !isOpen && text.scrollHeight <= text.clientHeight + 2;
};

/** @param {HTMLElement} element */
const focusOn = (element) => {
  const goOn = element.querySelector("[data-go-on]");
  const item = element.matches("#item") ? element : element.querySelector("#item");
  const target = goOn ? (element.querySelector("#lesson") ?? goOn) : item;
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
};

// Waiting ---------------------------------------------------------------------------------------------------

/** Whether neither a task nor a reason why there is none lies on the desk. */
export const isWaiting = () => onDesk()?.classList.contains("waiting") ?? true;

/** @param {number} n_waiting @param {import("./sending.js").Trouble} trouble */
export const paintWaiting = (n_waiting, trouble) => {
  const template = /** @type {HTMLTemplateElement} */ (byId("waiting"));
  const section = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  describeWaiting(section, n_waiting, trouble);
  paint(section);
};

/** @param {number} n_waiting @param {import("./sending.js").Trouble} trouble */
export const updateWaiting = (n_waiting, trouble) => {
  const section = onDesk();
  if (section && isWaiting()) describeWaiting(section, n_waiting, trouble);
};

/** @param {HTMLElement} section @param {number} n_waiting @param {import("./sending.js").Trouble} trouble */
const describeWaiting = (section, n_waiting, trouble) => {
  const [title, text] = waitingWords(n_waiting, trouble);
  setText(section.querySelector("h2"), title);
  setText(section.querySelector("p"), text);
  section.setAttribute("aria-label", title);
  const again = section.querySelector("[data-try-again]");
  if (again instanceof HTMLElement) again.hidden = !trouble;
};

/** @param {number} n_waiting @param {import("./sending.js").Trouble} trouble */
const waitingWords = (n_waiting, trouble) => {
  if (!trouble) return [words.oneMoment, words.fetching];
  if (trouble === "misdirected")
    return [n_waiting ? words.outOfTheDoor : words.notYoursNow, words.otherPerson(n_waiting)];
  if (trouble === "signed-out") return [n_waiting ? words.outOfTheDoor : words.oneMoment, words.signInThenOn];
  return n_waiting ? [words.answered(n_waiting), words.goesOut] : [words.nothingHeld, words.comesByItself];
};

/** @param {Element | null} element @param {string} text */
const setText = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

/** Scripts run: what waits for them may show. */
export const markLive = () => {
  document.documentElement.dataset.live = "";
};
