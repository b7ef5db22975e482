// @ts-check
/** What the server answers: how far she is, what it has to say, and the next task, as one fragment. */

/**
 * @typedef {object} Next
 * @property {"task" | "feedback" | "empty"} kind
 * @property {HTMLElement} element
 */
/**
 * @typedef {object} Reply
 * @property {string} saved When the judgment was stored, ISO; empty if none was.
 * @property {string} submission Under which number it is stored: another tab may have sent the same answer before.
 * @property {HTMLElement | null} progress
 * @property {string[]} notices
 * @property {HTMLElement | null} stands What is stored already where another answer was sent.
 * @property {HTMLElement | null} rest The line after every tenth answer.
 * @property {Next | null} next
 */

/** @param {string} html @returns {Reply | null} */
export const readReply = (html) => {
  const root = new DOMParser().parseFromString(html, "text/html").getElementById("reply");
  if (!root) return null;
  return {
    saved: root.dataset.saved ?? "",
    submission: root.dataset.submission ?? "",
    progress: root.querySelector("#progress"),
    notices: [...root.querySelectorAll(":scope > [data-notice]:not([data-break])")].map(
      (notice) => notice.textContent?.trim() ?? "",
    ),
    stands: root.querySelector(":scope > [data-stands]"),
    rest: root.querySelector("[data-break]"),
    next: nextIn(root),
  };
};

/** @param {HTMLElement} root @returns {Next | null} */
const nextIn = (root) => {
  const template = root.querySelector("template#next");
  if (!(template instanceof HTMLTemplateElement)) return null;
  const element = template.content.firstElementChild;
  if (!element) return null;
  const kind = /** @type {Next["kind"]} */ (template.dataset.kind ?? "task");
  return { kind, element: /** @type {HTMLElement} */ (document.adoptNode(element)) };
};
