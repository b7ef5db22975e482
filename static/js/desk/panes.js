// @ts-check
/**
 * On a phone one pane shows at a time: an answer may be given once both were seen, and which was seen first is told.
 * Where both stand side by side nothing is locked and nothing is told.
 */
import { all, hidden, supersededBy } from "./page.js";
import { announce } from "./saying.js";
import { words } from "./words.js";

const SEEN = 0.6;
/** @type {WeakMap<Element, Set<string>>} */
const seenOf = new WeakMap();
/** @type {IntersectionObserver | undefined} */
let observer;

/** @param {Element} task */
const panesOf = (task) => task.querySelector("[data-panes]");

/** @param {Element} panes */
const oneShowsAtATime = (panes) => {
  const pane = panes.firstElementChild;
  return (
    pane !== null && panes.scrollWidth > panes.clientWidth * 1.4 && getComputedStyle(panes).overflowX !== "visible"
  );
};

/** @param {Element} task */
export const watchPanes = (task) => {
  observer?.disconnect();
  const panes = panesOf(task);
  if (!panes || !task.matches("[data-task]")) return;
  observer = new IntersectionObserver((entries) => note(task, entries), { root: panes, threshold: SEEN });
  for (const pane of panes.children) observer.observe(pane);
  lock(task);
};

/** @param {Element} task @param {IntersectionObserverEntry[]} entries */
const note = (task, entries) => {
  const panes = panesOf(task);
  if (!panes || !oneShowsAtATime(panes)) return lock(task);
  const seen = seenOf.get(task) ?? new Set();
  seenOf.set(task, seen);
  for (const entry of entries)
    if (entry.isIntersecting && entry.intersectionRatio >= SEEN) seen.add(sideOf(entry.target));
  const [firstSide] = seen;
  const field = hidden(task, "first_seen");
  if (field && firstSide && !field.value) field.value = firstSide;
  markSwitch(task, entries);
  lock(task);
};

/** @param {Element} pane */
const sideOf = (pane) => (pane.previousElementSibling ? "right" : "left");

/** @param {Element} task @param {IntersectionObserverEntry[]} entries */
const markSwitch = (task, entries) => {
  for (const { target, isIntersecting, intersectionRatio } of entries) {
    const link = task.querySelector(`.pane-switch a[href="#${target.id}"]`);
    if (isIntersecting && intersectionRatio >= SEEN) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
};

/**
 * Whether an answer must wait until the other pane was seen. Whoever changes an answer has seen both.
 * @param {Element} task
 */
export const isLocked = (task) => {
  const panes = panesOf(task);
  if (!panes || supersededBy(task)) return false;
  return oneShowsAtATime(panes) && (seenOf.get(task)?.size ?? 0) < 2;
};

/** @param {Element} task */
const lock = (task) => {
  const locked = isLocked(task);
  const hint = task.querySelector("[data-look]");
  if (hint instanceof HTMLElement) hint.hidden = !locked;
  for (const button of all(task, "button.choice")) {
    if (locked) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};

export const sayLocked = () => announce(words.lookFirst);

/** "A" and "B" over the panes bring them into view, and leave no trace in the address. @param {MouseEvent} event */
const onSwitch = (event) => {
  const link = event.target instanceof Element ? event.target.closest(".pane-switch a") : null;
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.getAttribute("href") ?? "")?.scrollIntoView({ block: "nearest", inline: "center" });
};

export const startPanes = () => {
  document.addEventListener("click", onSwitch);
  addEventListener("resize", () => {
    const task = document.querySelector("#now > [data-task]");
    if (task) lock(task);
  });
};
