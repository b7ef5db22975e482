// @ts-check
/** The browser's memory, which may be forbidden or full: then what was to be kept stays in this page, and says so. */

/** @type {Map<string, string>} */
const inPage = new Map();
let isLasting = true;

/** Whether what is kept survives a reload. */
export const lasts = () => isLasting;

/** Find out before there is something to keep. */
export const tryStorage = () => {
  write("touchstone.probe", "1");
  remove("touchstone.probe");
};

/** @param {string} key @returns {string | null} */
export const read = (key) => {
  const here = inPage.get(key);
  if (here !== undefined) return here;
  try {
    return localStorage.getItem(key);
  } catch {
    isLasting = false;
    return null;
  }
};

/** @param {string} key @param {string} value */
export const write = (key, value) => {
  try {
    localStorage.setItem(key, value);
    inPage.delete(key);
    isLasting = true;
  } catch {
    isLasting = false;
    inPage.set(key, value);
  }
};

/** @param {string} key */
export const remove = (key) => {
  inPage.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    isLasting = false;
  }
};

/** Every key that begins so, in order. @param {string} prefix @returns {string[]} */
export const keysBeginning = (prefix) =>
  [...new Set([...storedKeys(), ...inPage.keys()])].filter((key) => key.startsWith(prefix)).sort();

const storedKeys = () => {
  try {
    return Object.keys(localStorage);
  } catch {
    isLasting = false;
    return [];
  }
};

/** @template T @param {string} key @returns {T | null} */
export const readJson = (key) => {
  try {
    return JSON.parse(read(key) ?? "null");
  } catch {
    return null;
  }
};

/**
 * One tab at a time, where the browser can arrange it. Where it cannot, two tabs may send the same answer twice:
 * the server counts it once.
 * @template T @param {string} name @param {() => T | Promise<T>} work @returns {Promise<T>}
 */
export const alone = async (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
