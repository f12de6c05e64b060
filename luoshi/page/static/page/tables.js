/* Tables: select all, the batch bar, which columns are shown, and the filters that a phone folds away. */

import { say } from "./settings.js";

export function bindTables(root) {
  for (const table of root.querySelectorAll(".ls-table:not([data-bound])")) {
    table.dataset.bound = "";
    bindSelection(table);
  }
  for (const chooser of root.querySelectorAll("[data-column-chooser]:not([data-bound])")) {
    chooser.dataset.bound = "";
    bindChooser(chooser);
  }
  for (const fold of root.querySelectorAll("[data-fold]:not([data-bound])")) {
    fold.dataset.bound = "";
    fold.addEventListener("click", () => {
      const open = document.getElementById(fold.dataset.fold).classList.toggle("is-open");
      fold.setAttribute("aria-expanded", String(open));
    });
  }
}

function bindSelection(table) {
  const head = table.querySelector("thead .ls-select");
  const boxes = () => [...table.querySelectorAll("tbody .ls-select input[type=checkbox]")];
  if (!head || !boxes().length) return;
  let all = head.querySelector("input[type=checkbox]");
  if (!all) {
    all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", head.textContent.trim());
    head.append(all);
  }
  const foot = footOf(table);
  const update = () => {
    const chosen = boxes().filter((box) => box.checked);
    all.checked = chosen.length > 0 && chosen.length === boxes().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
    for (const box of boxes()) box.closest("tr").classList.toggle("ls-chosen", box.checked);
    if (!foot) return;
    foot.hidden = chosen.length === 0;
    const count = foot.querySelector("[data-batch-count]") || makeCount(foot);
    count.textContent = say("chosen", { count: chosen.length });
  };
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    update();
  });
  table.addEventListener("change", (event) => {
    if (event.target !== all && event.target.closest(".ls-select")) update();
  });
  foot?.querySelector("[data-batch-clear]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    update();
  });
  update();
}

function footOf(table) {
  const form = table.querySelector("tbody .ls-select input")?.form;
  return form?.querySelector("[data-batch-chosen]") || (form?.classList.contains("ls-batch") ? form : null)
    || table.closest(".sheet, .ls-list")?.querySelector("[data-batch-chosen]");
}

function makeCount(foot) {
  const count = document.createElement("b");
  count.dataset.batchCount = "";
  foot.prepend(count);
  return count;
}

/* For tables drawn by hand: boxes made from the heads that carry data-column; the choice stays on this device. */
function bindChooser(chooser) {
  const table = document.getElementById(chooser.dataset.columnChooser);
  if (!table) return;
  const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  const named = heads.filter((head) => head.dataset.column);
  const kept = `luoshi:columns:${table.id}`;
  const hidden = new Set(JSON.parse(localStorage.getItem(kept) || "[]"));
  const show = () => {
    for (const head of named) {
      const index = heads.indexOf(head);
      for (const row of [heads[0].parentElement, ...table.tBodies[0].rows, ...(table.tFoot?.rows || [])]) {
        if (row.cells[index]) row.cells[index].hidden = hidden.has(head.dataset.column);
      }
    }
    const counter = chooser.querySelector("[data-column-count]");
    if (counter) counter.textContent = `${named.length - hidden.size} / ${named.length}`;
  };
  const list = chooser.querySelector("fieldset");
  for (const head of named) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !hidden.has(head.dataset.column);
    box.addEventListener("change", () => {
      hidden[box.checked ? "delete" : "add"](head.dataset.column);
      localStorage.setItem(kept, JSON.stringify([...hidden]));
      show();
    });
    label.append(box, head.textContent.trim());
    list.append(label);
  }
  show();
}
