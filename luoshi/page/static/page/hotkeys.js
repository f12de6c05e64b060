/* Keys: / search · j and k through the rows · space looks into a row · Enter opens it. Never while something is typed. */

import { closeQuick, lookInto } from "./quick.js";

const ROWS = ".ls-table tbody tr, [data-rows] > *";

export function bindHotkeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") closeQuick();
    if (isTyping(event.target)) return;
    if (event.key === "/") return goTo(event, document.querySelector('[data-hotkey="/"]'));
    if (event.key === "j" || event.key === "k") return goTo(event, nextRow(event.key === "j" ? 1 : -1));
    const row = event.target.closest?.(ROWS);
    if (!row || event.target !== row) return;
    if (event.key === " " && row.dataset.quick) {
      event.preventDefault();
      lookInto(row);
    }
    if (event.key === "Enter") row.querySelector("a[href]")?.click();
  });
}

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function goTo(event, element) {
  if (!element) return;
  event.preventDefault();
  if (element.matches(ROWS)) element.tabIndex = -1;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
  element.select?.();
}

function nextRow(step) {
  const rows = [...document.querySelectorAll(ROWS)];
  const at = rows.indexOf(document.activeElement?.closest(ROWS));
  return rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
}
