// @ts-check
/**
 * The outbox: answers that the server has not yet acknowledged. One key of the browser's storage for each, so that
 * two tabs never write over one another; the name of the key is the place in the queue.
 */
import { outboxKey } from "./page.js";
import { keysBeginning, read, readJson, remove as forget, write } from "./storage.js";

/**
 * @typedef {object} Entry
 * @property {string} place Its key: entries go out in the order of these.
 * @property {string} tab Which page load wrote it.
 * @property {"answer" | "skip"} kind
 * @property {[string, string][]} fields Everything that is sent, but for the token and how long it waited.
 * @property {string} assignment
 * @property {string} submission Empty for a skip.
 * @property {string} said The answer in words.
 * @property {number} answeredAt
 * @property {number} attempts How often it was, or may have been, sent.
 * @property {string} [insteadOf] A submission it replaced before that was sent, as far as this tab could know.
 */

const PREFIX = `${outboxKey}.out.`;
const SAVED = `${outboxKey}.saved`;
export const thisTab = uuid();
let last = 0;

/** Random enough for a key, also where the page came without encryption and `randomUUID` is missing. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A clock that was set back must not let an answer overtake the one before it. */
const nextPlace = () => {
  const ends = places().at(-1);
  const newest = ends ? Number(ends.slice(PREFIX.length).split("-")[0]) : 0;
  last = Math.max(Date.now(), last + 1, newest + 1);
  return `${PREFIX}${String(last).padStart(15, "0")}-${thisTab.slice(0, 8)}`;
};

const places = () => keysBeginning(PREFIX);

/** @returns {Entry[]} */
export const waiting = () =>
  places()
    .map(at)
    .filter((entry) => entry !== null);

/** @param {string} place @returns {Entry | null} */
export const at = (place) => readJson(place);

export const first = () => waiting()[0] ?? null;
export const count = () => waiting().length;

/** @param {string} assignment */
export const answers = (assignment) => waiting().some((entry) => entry.assignment === assignment);

/** @param {Omit<Entry, "place" | "tab" | "answeredAt" | "attempts">} entry @returns {Entry} */
export const put = (entry) => keep({ ...entry, place: nextPlace(), tab: thisTab, answeredAt: Date.now(), attempts: 0 });

/** @param {Entry} entry @returns {Entry} */
export const keep = (entry) => {
  write(entry.place, JSON.stringify(entry));
  return entry;
};

/**
 * Whether nothing was put in its place since: another tab may not have seen yet that it is being sent.
 * @param {Entry} entry
 */
export const isStill = (entry) => at(entry.place)?.submission === entry.submission;

/** @param {Entry} entry */
export const drop = (entry) => isStill(entry) && forget(entry.place);

/**
 * What waits to replace one answer replaces the other: under that number it is stored.
 * @param {string} from @param {string} to
 */
export const renumber = (from, to) => {
  for (const entry of waiting()) {
    /** @type {[string, string][]} */
    const fields = entry.fields.map(([name, value]) => [name, name === "supersedes" && value === from ? to : value]);
    keep({ ...entry, fields, ...(entry.insteadOf === from && { insteadOf: to }) });
  }
};

/** The server's word on when it stored something last; every tab may read it. @param {string} iso */
export const noteSaved = (iso) => {
  if ((Date.parse(iso) || 0) > (Date.parse(savedAt()) || 0)) write(SAVED, iso);
};
export const savedAt = () => read(SAVED) ?? "";

/** @param {StorageEvent} event */
export const concerns = (event) => event.key === null || event.key.startsWith(PREFIX) || event.key === SAVED;
