// @ts-check
/** What a rater sets for herself, kept in this browser. The style sheets read some of it from the root element. */
import { all } from "./page.js";
import { readJson, write } from "./storage.js";

const KEY = "touchstone.desk.settings";
const root = document.documentElement;

/** @typedef {"wait" | "keys" | "linked" | "context" | "breaks"} Name */
/** @type {Record<Name, boolean>} */
const settings = { wait: false, keys: true, linked: false, context: false, breaks: true, ...readJson(KEY) };
/** @type {(name: Name, on: boolean) => void} */
let whenSet = () => {};

/** @param {Name} name */
export const isOn = (name) => settings[name];

/** @param {Name} name @param {boolean} on */
export const set = (name, on) => {
  settings[name] = on;
  write(KEY, JSON.stringify(settings));
  show();
  whenSet(name, on);
};

const show = () => {
  root.toggleAttribute("data-wait", settings.wait);
  root.dataset.keys = settings.keys ? "on" : "off";
  root.dataset.breaks = settings.breaks ? "on" : "off";
  for (const box of boxes()) box.checked = settings[nameOf(box)];
};

/** @returns {HTMLInputElement[]} */
const boxes = () => all(document, "input[data-setting]");

/** @param {HTMLInputElement} box */
const nameOf = (box) => /** @type {Name} */ (box.dataset.setting);

/** @param {(name: Name, on: boolean) => void} listener */
export const startSettings = (listener) => {
  whenSet = listener;
  show();
  for (const box of boxes()) box.addEventListener("change", () => set(nameOf(box), box.checked));
};
