// @ts-check
/** How long a task was looked at: from its painting, and only while the page is in sight. */

/** What the server takes for a duration: a clock that was set wrong must not cost an answer. */
const LONGEST_MS = 2_000_000_000;

/** @type {WeakMap<Element, number>} */
const lookedAt = new WeakMap();
/** @type {Element | null} */
let watched = null;
let since = 0;

/** @param {Element | null} task */
export const watch = (task) => {
  rest();
  watched = task;
  resume(); // at the latest now, for whoever answers before the next frame
  requestAnimationFrame(() =>
    requestAnimationFrame(() => task === watched && !lookedAt.has(task ?? document.body) && resume()),
  );
};

const resume = () => (since = performance.now());

const rest = () => {
  if (!watched) return;
  lookedAt.set(watched, elapsed(watched));
  since = performance.now();
};

/** @param {Element} task */
export const elapsed = (task) => {
  const before = lookedAt.get(task) ?? 0;
  return task === watched && !document.hidden ? before + performance.now() - since : before;
};

/** A duration as it is sent. @param {number} ms */
export const inMs = (ms) => String(Math.min(LONGEST_MS, Math.max(0, Math.round(ms) || 0)));

/** Eyes that rest do not read. */
export const startAgain = () => watched && resume();

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return resume();
  if (watched) lookedAt.set(watched, (lookedAt.get(watched) ?? 0) + performance.now() - since);
});
