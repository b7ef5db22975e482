// @ts-check
/**
 * Both panes scroll together, in proportion to their lengths, if the rater wants it; and by key where nothing else
 * does.
 */
import { all, now } from "./page.js";
import { isOn } from "./settings.js";

/** Where a pane was put by the other one: that movement is not handed back. @type {WeakMap<Element, number>} */
const put = new WeakMap();

/** @param {ParentNode} task @returns {HTMLElement[]} */
const panesIn = (task) => all(task, ".pane");

/** @param {HTMLElement} pane */
const room = (pane) => pane.scrollHeight - pane.clientHeight;

/** @param {HTMLElement} from @param {HTMLElement} to */
const follow = (from, to) => {
  if (room(from) <= 0 || room(to) <= 0) return;
  const target = Math.round((from.scrollTop / room(from)) * room(to));
  if (Math.abs(to.scrollTop - target) < 1) return;
  put.set(to, target);
  to.scrollTop = target;
};

/** @param {ParentNode} task */
export const linkScrolling = (task) => {
  const panes = panesIn(task);
  if (panes.length !== 2) return;
  for (const [from, to] of [panes, [...panes].reverse()]) {
    from.addEventListener("scroll", () => onScroll(from, to), { passive: true });
  }
};

/** @param {HTMLElement} from @param {HTMLElement} to */
const onScroll = (from, to) => {
  const expected = put.get(from);
  put.delete(from);
  if (!isOn("linked") || (expected !== undefined && Math.abs(from.scrollTop - expected) <= 1)) return;
  follow(from, to);
};

/** Switched on, the second pane goes where the first is. */
export const alignPanes = () => {
  const [a, b] = panesIn(now);
  if (a && b) follow(a, b);
};

/** @type {Record<string, (pane: HTMLElement) => number>} */
const STEPS = {
  ArrowDown: () => 60,
  ArrowUp: () => -60,
  PageDown: (pane) => pane.clientHeight * 0.85,
  PageUp: (pane) => -pane.clientHeight * 0.85,
  " ": (pane) => pane.clientHeight * 0.85,
};

/**
 * With the focus on the task as a whole, as it is after each answer, the keys that scroll a page scroll its panes.
 * @param {KeyboardEvent} event
 */
export const scrollByKey = (event) => {
  const step = STEPS[event.key];
  const isHere = event.target === document.body || (event.target instanceof Element && event.target.id === "item");
  if (!step || !isHere || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  const panes = panesIn(now).filter((pane) => room(pane) > 0);
  if (panes.length === 0 || "whole" in document.documentElement.dataset) return false;
  for (const pane of isOn("linked") ? panes.slice(0, 1) : panes)
    pane.scrollBy({ top: step(pane), behavior: "instant" });
  return true;
};
