// @ts-check
/** How long a task was looked at: from its painting, and only while the page is in sight. */

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

/** Eyes that rest do not read. */
export const startAgain = () => watched && resume();

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return resume();
  if (watched) lookedAt.set(watched, (lookedAt.get(watched) ?? 0) + performance.now() - since);
});
