/* Drafts save themselves: to the server a moment after the last key, and always to this device first.

   <form data-draft-url="/drafts/…/">   POST: the form's fields → {"at": ISO time}; GET → {"at", "fields": {name: [values]}} or 204.
   [data-draft-stamp] shows the time; [data-draft-save] saves at once; data-draft="off" keeps a field out.
   The copy on the device is kept under the reader's pseudonym, survives an expired login and a lost line, and goes
   when the form has been taken, when the draft is discarded, and at log-out. */

import { clock, say, settings, tell } from "./settings.js";

const PREFIX = "luoshi:draft:";
const SENT = "luoshi:sent";
const PAUSE = 1500;

export function bindDrafts(root) {
  settleSent();
  for (const form of root.querySelectorAll("form[data-draft-url]:not([data-draft-bound])")) {
    form.dataset.draftBound = "";
    bindDraft(form);
  }
}

/** On a shared computer nothing typed stays behind. */
export function forgetOnLogout() {
  for (const form of document.querySelectorAll("form[data-logout]")) {
    form.addEventListener("submit", () => {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(PREFIX)) localStorage.removeItem(name);
      }
    });
  }
}

function bindDraft(form) {
  const place = placeOf(form);
  const stamp = form.querySelector("[data-draft-stamp]");
  let timer = 0;
  let changed = false;

  const write = (text) => { if (stamp) stamp.textContent = text; };
  const save = async () => {
    clearTimeout(timer);
    const fields = fieldsOf(form);
    keep(place, fields);
    write(say("draft_saving"));
    write(await send(form, fields));
    changed = false;
  };

  form.addEventListener("input", () => {
    changed = true;
    keep(place, fieldsOf(form));
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.querySelector("[data-draft-save]")?.addEventListener("click", save);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(place, fieldsOf(form));
    changed = false;
    sessionStorage.setItem(SENT, place);
  });
  window.addEventListener("pagehide", () => { if (changed) keep(place, fieldsOf(form)); });
  window.addEventListener("online", () => { if (changed || localStorage.getItem(place)) save(); });

  if (!form.hasAttribute("data-sent-back")) restore(form, place, write);
}

function placeOf(form) {
  return `${PREFIX}${settings.user}:${new URL(form.dataset.draftUrl, window.location.href).pathname}`;
}

function isKept(field) {
  return field.name && field.name !== "csrfmiddlewaretoken" && field.dataset.draft !== "off"
    && !["password", "file", "submit", "button"].includes(field.type);
}

function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    fields[field.name] ||= [];
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
    if (field.type === "select-multiple") fields[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    else fields[field.name].push(field.value);
  }
  return fields;
}

function keep(place, fields) {
  try {
    localStorage.setItem(place, JSON.stringify({ at: new Date().toISOString(), fields }));
  } catch {
    // The device is full or forbids it: the server's copy still stands.
  }
}

async function send(form, fields) {
  const body = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const value of values) body.append(name, value);
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  try {
    const response = await fetch(form.dataset.draftUrl, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    if (response.status === 401) {
      tell(say("draft_expired"), [[say("draft_login"), (await response.json()).login]]);
      return say("draft_kept_here", { time: clock(new Date()) });
    }
    if (!response.ok) throw new Error(String(response.status));
    return say("draft_saved", { time: clock(new Date((await response.json()).at)) });
  } catch {
    return say("draft_kept_here", { time: clock(new Date()) });
  }
}

async function restore(form, place, write) {
  const here = JSON.parse(localStorage.getItem(place) || "null");
  const there = await stored(form);
  const draft = [here, there].filter(Boolean).sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (!draft) return;
  fill(form, draft.fields);
  const time = clock(new Date(draft.at));
  write(say("draft_saved", { time }));
  tell(say("draft_restored", { time }), [[say("draft_discard"), () => discard(form, place)]]);
}

async function stored(form) {
  try {
    const response = await fetch(form.dataset.draftUrl, { headers: { Accept: "application/json" } });
    return response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}

function fill(form, fields) {
  for (const field of form.elements) {
    if (!isKept(field) || !(field.name in fields)) continue;
    const values = fields[field.name];
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = values.includes(option.value);
    else if (values.length) field.value = values[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  for (const roster of form.querySelectorAll("[data-roster]")) roster.dispatchEvent(new Event("change"));
}

async function discard(form, place) {
  localStorage.removeItem(place);
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  await fetch(form.dataset.draftUrl, { method: "DELETE", headers: { Accept: "application/json", "X-CSRFToken": token } }).catch(() => null);
  window.location.reload();
}

/* Was the form that was sent last taken? A redirect to where it is not, or to a fresh one, says yes. At the login
   page, at an error page and after a lost line it was not: the copy stays. */
function settleSent() {
  const place = sessionStorage.getItem(SENT);
  if (!place) return;
  sessionStorage.removeItem(SENT);
  if (document.querySelector("[data-login-page], .error-page")) return;
  const form = [...document.querySelectorAll("form[data-draft-url]")].find((each) => placeOf(each) === place);
  const [navigation] = performance.getEntriesByType("navigation");
  const redirected = navigation && navigation.redirectCount > 0;
  if (!form || (redirected && !form.hasAttribute("data-sent-back"))) localStorage.removeItem(place);
}
