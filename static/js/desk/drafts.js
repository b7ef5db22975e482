// @ts-check
/** A comment survives a reload: until it is sent, its text is kept for its task. */
import { idOf, outboxKey } from "./page.js";
import { keysBeginning, readJson, remove, write } from "./storage.js";

const PREFIX = `${outboxKey}.draft.`;
/** Drafts of tasks that never came back; more than these nobody will miss. */
const MOST_KEPT = 30;

/** @typedef {{text: string, at: number}} Draft */

/** @param {Element} task @returns {HTMLTextAreaElement | null} */
const commentOf = (task) => task.querySelector("textarea[name=comment]");

/** @param {Element} task */
export const restoreDraft = (task) => {
  const box = commentOf(task);
  /** @type {Draft | null} */
  const draft = readJson(PREFIX + idOf(task));
  if (box && draft) box.value = draft.text;
};

/** @param {Event} event */
const keepDraft = ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || target.name !== "comment") return;
  const id = idOf(target.closest("[data-task]"));
  if (id) write(PREFIX + id, JSON.stringify({ text: target.value, at: Date.now() }));
};

/** @param {string} assignment */
export const dropDraft = (assignment) => remove(PREFIX + assignment);

export const startDrafts = () => {
  document.addEventListener("input", keepDraft);
  const byAge = keysBeginning(PREFIX).sort((a, b) => ageOf(b) - ageOf(a));
  for (const key of byAge.slice(MOST_KEPT)) remove(key);
};

/** @param {string} key */
const ageOf = (key) => /** @type {Draft | null} */ (readJson(key))?.at ?? 0;
