/* What the server says to the scripts (luoshi/page/scripts.py): addresses of assets, words in the reader's language. */

const element = document.getElementById("page-settings");

export const settings = element ? JSON.parse(element.textContent) : { language: "", user: "", assets: {}, words: {} };

/** The word of that name, its %(places)s filled in. */
export function say(name, values = {}) {
  return (settings.words[name] || "").replace(/%\((\w+)\)s/g, (_whole, key) => String(values[key] ?? ""));
}

const loading = new Map();

/** Load a vendored script once, when a page first needs it. */
export function load(name) {
  if (!loading.has(name)) {
    loading.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = settings.assets[name];
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.append(script);
    }));
  }
  return loading.get(name);
}

/** Tell the reader something that must not be missed; an empty text takes it back. Acts: [[word, function or address]]. */
export function tell(text, acts = []) {
  const note = document.querySelector("[data-offline]");
  if (!note) return;
  note.hidden = !text;
  note.replaceChildren(text);
  for (const [word, act] of acts) {
    const button = document.createElement(typeof act === "string" ? "a" : "button");
    button.textContent = word;
    button.className = "word word-link";
    if (typeof act === "string") button.href = act;
    else {
      button.type = "button";
      button.addEventListener("click", act);
    }
    note.append(" ", button);
  }
}

/** 09:14, on this device's clock. */
export function clock(at) {
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}
