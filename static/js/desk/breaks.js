// @ts-check
/**
 * After every tenth answer a line that asks for a look into the distance. It covers nothing; the next key only goes on,
 * so that no answer is given to a task that nobody looked at.
 */
import { byId } from "./page.js";
import { isOn } from "./settings.js";
import { startAgain } from "./stopwatch.js";

/** @type {HTMLElement | null} */
let line = null;

/** @param {HTMLElement} rest */
export const showBreak = (rest) => {
  if (!isOn("breaks")) return;
  line?.remove();
  line = rest;
  byId("notices").append(rest);
};

export const isBreak = () => line?.isConnected ?? false;

export const endBreak = () => {
  line?.remove();
  line = null;
  startAgain();
};

export const startBreaks = () => document.addEventListener("pointerdown", () => isBreak() && endBreak());
