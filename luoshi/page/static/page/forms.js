/* Forms: pickers that search the server, the roster's count, and no double sending. */

import { load, say } from "./settings.js";

export function bindForms(root) {
  for (const select of root.querySelectorAll("select[data-picker]:not([data-bound])")) {
    select.dataset.bound = "";
    load("tom-select").then(() => bindPicker(select));
  }
  for (const roster of root.querySelectorAll("[data-roster]:not([data-bound])")) {
    roster.dataset.bound = "";
    bindRoster(roster);
  }
}

function bindPicker(select) {
  const url = new URL(select.dataset.picker, window.location.href);
  const plain = (row, escape) => `<div>${escape(row.label)}${row.note ? `<small>${escape(row.note)}</small>` : ""}</div>`;
  // eslint-disable-next-line no-undef
  new TomSelect(select, {
    valueField: "value",
    labelField: "label",
    searchField: [], // the server decides what fits, by name or pinyin
    maxOptions: 50,
    preload: select.hasAttribute("data-picker-preload") ? "focus" : false,
    placeholder: say("search_first"),
    load: async (text, done) => {
      url.searchParams.set("q", text);
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (response.status === 401) window.location.assign((await response.json()).login);
      done(response.ok ? (await response.json()).results : []);
    },
    render: {
      option: plain,
      item: (row, escape) => `<div>${escape(row.label || row.text)}</div>`,
      no_results: (_data, escape) => `<div class="no-results">${escape(say("nothing_found"))}</div>`,
    },
    onItemAdd() {
      this.setTextboxValue("");
      this.refreshOptions(false);
    },
  });
}

function bindRoster(roster) {
  const present = roster.querySelector("[data-roster-present]");
  const count = () => {
    const boxes = [...roster.querySelectorAll("input[type=checkbox]")];
    present.textContent = String(boxes.filter((box) => !box.checked).length);
  };
  roster.addEventListener("change", count);
  count();
}

/* A second click while the first is on its way sends nothing; the key would make it harmless, but slow. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  setTimeout(() => { delete form.dataset.sending; }, 4000);
});
