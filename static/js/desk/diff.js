// @ts-check
/** Marks, in both panes alike, the words that stand on one side only. What the server sent comes back when they go. */
import { differing } from "./lcs.js";
import { all, now } from "./page.js";
import { words } from "./words.js";

/** A run of letters, or of signs: where the spaces are does not matter. */
const WORD = /[\p{L}\p{M}\p{N}_]+|[^\p{L}\p{M}\p{N}_\s]+/gu;
/** Scripts that write without spaces: each sign is a word. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** @typedef {{node: Text, start: number, end: number, word: string}} Place */

/** @param {ParentNode} task @returns {HTMLElement[]} */
const outputsIn = (task) => all(task, "[data-output]");

/** @param {ParentNode} [task] */
export const isMarked = (task = now) => task.querySelector("mark[data-differs]") !== null;

/** Mark the differences; the sentence to say. @returns {{marked: boolean, sentence: string}} */
export const markDifferences = () => {
  const [a, b] = outputsIn(now).map(placesIn);
  if (!a || !b) return { marked: false, sentence: words.nothingToCompare };
  const found = differing(a.map(wordAt), b.map(wordAt));
  if (!found) return { marked: false, sentence: words.tooLong };
  const [inA, inB] = [a.filter((_, i) => found[0][i]), b.filter((_, i) => found[1][i])];
  if (inA.length + inB.length === 0) return { marked: false, sentence: words.alike };
  wrap(inA);
  wrap(inB);
  return { marked: true, sentence: words.differ(inA.length, inB.length) };
};

/** @param {ParentNode} [task] */
export const unmark = (task = now) => {
  const parents = new Set();
  for (const mark of all(task, "mark[data-differs]")) {
    parents.add(mark.parentNode);
    mark.replaceWith(...mark.childNodes);
  }
  for (const parent of parents) parent.normalize();
};

/** @param {Place} place */
const wordAt = ({ word }) => word;

/** @param {HTMLElement} output @returns {Place[]} */
const placesIn = (output) => {
  const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT, (node) =>
    // A mark inside a formula would break it.
    node.parentElement?.closest("math, svg") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const places = [];
  while (walker.nextNode()) places.push(...wordsIn(/** @type {Text} */ (walker.currentNode)));
  return places;
};

/** @param {Text} node @returns {Place[]} */
const wordsIn = (node) =>
  [...node.data.matchAll(WORD)].flatMap(({ 0: word, index }) =>
    DENSE.test(word) ? signsOf(node, word, index) : [{ node, start: index, end: index + word.length, word }],
  );

/** @param {Text} node @param {string} word @param {number} index @returns {Place[]} */
const signsOf = (node, word, index) => {
  let start = index;
  return [...word].map((sign) => {
    const place = { node, start, end: start + sign.length, word: sign };
    start += sign.length;
    return place;
  });
};

/**
 * Neighbours in one text share a mark. From the end, so that what is before keeps its place.
 * @param {Place[]} places
 */
const wrap = (places) => {
  for (const { node, start, end } of runsOf(places).reverse()) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    const mark = document.createElement("mark");
    mark.dataset.differs = "";
    range.surroundContents(mark);
  }
};

/** @param {Place[]} places @returns {Place[]} */
const runsOf = (places) => {
  /** @type {Place[]} */
  const runs = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last && last.node === place.node && !place.node.data.slice(last.end, place.start).trim()) last.end = place.end;
    else runs.push({ ...place });
  }
  return runs;
};
