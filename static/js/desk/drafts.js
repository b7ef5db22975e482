// @ts-check
/**
 * A comment survives a reload: until it is sent, its text is kept for its task. And what a refused answer said comes
 * back with its task.
 */
import { idOf, outboxKey } from "./page.js";
import { keysBeginning, readJson, remove, write } from "./storage.js";

const PREFIX = `${outboxKey}.draft.`;
/** Drafts of tasks that never came back; more than these nobody will miss. */
const MOST_KEPT = 30;

/** @typedef {[string, string][]} Fields */
/** @typedef {{text?: string, marked?: Fields, at: number}} Draft `marked`: flags, and answers to questions. */

/** @param {Element} task @returns {HTMLTextAreaElement | null} */
const commentOf = (task) => task.querySelector("textarea[name=comment]");

/** @param {Element} task */
export const restoreDraft = (task) => {
  const box = commentOf(task);
  /** @type {Draft | null} */
  const draft = readJson(PREFIX + idOf(task));
  if (box && draft?.text !== undefined) box.value = draft.text;
  for (const [name, value] of draft?.marked ?? []) mark(task, name, value);
};

/** @param {Element} task @param {string} name @param {string} value */
const mark = (task, name, value) => {
  const input = task.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  if (input instanceof HTMLInputElement) input.checked = true;
};

/** @param {Event} event */
const keepDraft = ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || target.name !== "comment") return;
  const id = idOf(target.closest("[data-task]"));
  if (id) keep(id, { text: target.value });
};

/** @param {string} assignment @param {Omit<Draft, "at">} draft */
const keep = (assignment, draft) => write(PREFIX + assignment, JSON.stringify({ ...draft, at: Date.now() }));

/**
 * `onlyWords`: another answer stands, and its marks with it.
 * @param {string} assignment @param {Fields} fields @param {{onlyWords: boolean}} what
 */
export const keepRefused = (assignment, fields, { onlyWords }) => {
  const text = fields.find(([name]) => name === "comment")?.[1];
  const marked = onlyWords ? [] : fields.filter(([name]) => name === "flags" || name.startsWith("criterion."));
  if (text || marked.length > 0) keep(assignment, { text, marked });
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
