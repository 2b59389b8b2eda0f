// Connects the parts of the page.

import { Rejected, call, takeToken } from "./api.js";
import { choose, element, find, onChoice } from "./dom.js";
import { showExchange } from "./exchange.js";
import { Items } from "./items.js";
import { answers, showQuestions, showResult } from "./panel.js";
import { showReceived, startReceived, unmark } from "./received.js";
import { language, pick, say, speak } from "./text.js";

let settings = null;
let key = null;
let view = null;
let problem = null;
let file = null;
// Cancels the call that is under way.
let canceling = null;
// The origins beyond this machine that the user has confirmed, until the page is left.
const confirmed = new Set();

const lookupItems = new Items("lookup", settingsChanged);
const resultItems = new Items("result", () => {});

async function start() {
  takeToken();
  speak(localStorage.getItem("lang") ?? document.documentElement.lang);
  choose("lang", language());
  choose("look", document.documentElement.dataset.look ?? "auto");
  listen();
  await attempt(async () => {
    const state = await call("GET", "/api/state");
    file = state.settingsFile;
    find("save").hidden = file === null;
    showKey(state.key);
    showSettings(state.settings);
    startReceived(state.received, (number) => attempt(() => openReceived(number)));
  });
  document.documentElement.dataset.ready = "true";
}

function listen() {
  onChoice("lang", (chosen) => {
    localStorage.setItem("lang", chosen);
    speak(chosen);
    showAll();
  });
  onChoice("look", (chosen) => {
    localStorage.setItem("look", chosen);
    document.documentElement.dataset.look = chosen;
  });
  onChoice("scheme", (chosen) => { if (settings !== null) settings.scheme = chosen; });
  find("url").addEventListener("input", () => {
    if (settings !== null) settings.url = find("url").value;
  });
  onSubmit("lookup", () => look({ values: answers(settings.lookup) }));
  find("cancel").addEventListener("click", () => canceling?.abort());
  onSubmit("key-form", useKey);
  find("key-forget").addEventListener("click", () => attempt(forgetKey));
  find("save").addEventListener("click", () => attempt(save));
  find("download").addEventListener("click", () => attempt(download));
  find("upload").addEventListener("click", () => find("file").click());
  find("file").addEventListener("change", () => attempt(upload));
}

function onSubmit(form, act) {
  find(form).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(act);
  });
}

// Settings

function showSettings(loaded) {
  settings = loaded;
  find("url").value = settings.url;
  choose("scheme", settings.scheme);
  lookupItems.show(settings.lookup);
  resultItems.show(settings.result);
  showQuestions(settings.lookup);
}

function settingsChanged() {
  showQuestions(settings.lookup);
}

async function save() {
  const answer = await call("PUT", "/api/settings", settings);
  tellOfFile("saved", answer.file);
}

async function download() {
  const checked = await call("POST", "/api/settings/check", settings);
  const content = new Blob([`${JSON.stringify(checked, null, 2)}\n`], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(content), download: "online-contact-console.json" });
  link.click();
  // Some browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

async function upload() {
  const [chosen] = find("file").files;
  if (!chosen) return;
  const content = await chosen.text();
  find("file").value = "";
  let parsed;
  try {
    parsed = JSON.parse(content);
  } catch {
    tellOfFile("notJson", chosen.name);
    return;
  }
  showSettings(await call("POST", "/api/settings/check", parsed));
  tellOfFile("loaded", chosen.name);
}

function tellOfFile(word, name) {
  find("file-state").textContent = `${say(word)} ${name}`;
}

// The key is sent to the server and never returned.

function showKey(state) {
  key = state;
  const told = key === null ? "keyNone" : key.session ? "keySession" : "keyGiven";
  find("key-state").textContent = key === null || key.session ? say(told) : `${say(told)} ${key.label}`;
  find("key").placeholder = key === null ? "" : "••••••••••••";
  find("key-forget").hidden = key === null || !key.session;
}

async function useKey() {
  const box = find("key");
  const state = await call("PUT", "/api/key", { key: box.value });
  box.value = "";
  showKey(state.key);
}

async function forgetKey() {
  showKey((await call("DELETE", "/api/key")).key);
  find("key").focus();
}

// A lookup

// Sends the values, or the body of a received request, newly signed.
async function look(order) {
  if (canceling !== null) return;
  unmark();
  show(null, true);
  try {
    const body = { settings, confirmed: [...confirmed], ...order };
    show(await cancelable((signal) => call("POST", "/api/lookup", body, signal)));
  } catch (rejected) {
    show(null);
    if (!(rejected instanceof Rejected) || rejected.problem.id !== "unconfirmed") throw rejected;
    if (await confirm(rejected.problem.origin)) await look(order);
  }
}

async function openReceived(number) {
  if (canceling !== null) return;
  show(null, true);
  show(await cancelable((signal) => call("GET", `/api/exchanges/${number}`, undefined, signal)));
  // On a narrow screen the request is far below the list.
  find("request-title").scrollIntoView({ block: "nearest" });
}

async function cancelable(start) {
  canceling = new AbortController();
  busy(true);
  try {
    return await start(canceling.signal);
  } finally {
    canceling = null;
    busy(false);
  }
}

// `null` empties the panel: an old result must not be shown with a new question.
function show(next, waiting = false) {
  view = next;
  showResult(view, waiting);
  showExchange(view, waiting, () => attempt(() => look({ received: view.received.number })));
}

function busy(yes) {
  // Not disabled, which would take the focus away from it.
  find("ask").setAttribute("aria-busy", String(yes));
  find("ask").textContent = say(yes ? "asking" : "ask");
  find("cancel").hidden = !yes;
}

function confirm(origin) {
  const dialog = find("confirm");
  find("confirm-text").textContent = say("confirmText");
  find("confirm-origin").textContent = origin;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const yes = dialog.returnValue === "yes";
      if (yes) confirmed.add(origin);
      find("ask").focus();
      resolve(yes);
    }, { once: true });
  });
}

// Problems

async function attempt(act) {
  // Without settings the console has rejected the page: only the reason helps.
  if (settings === null && problem !== null) return;
  showProblem(null);
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    showProblem(error.problem);
    document.querySelector("[aria-invalid=true]")?.focus();
  }
}

function showProblem(told) {
  problem = told;
  for (const box of document.querySelectorAll("[aria-invalid]")) {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-errormessage");
  }
  for (const complaint of document.querySelectorAll("[data-complaint]")) complaint.remove();
  find("problem").hidden = problem === null;
  find("problem").textContent = problem === null ? "" : pick(problem.text);
  (problem?.places ?? []).forEach(complain);
}

function complain({ at, text }, index) {
  const box = [...document.querySelectorAll("[data-at]")].find((place) => place.dataset.at === at);
  if (!box) return;
  const id = `complaint-${index}`;
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-errormessage", id);
  const place = box.closest(".question, .item, .field");
  place.append(element("p", { class: "complaint", id, "data-complaint": "" }, pick(text)));
}

function showAll() {
  if (settings !== null) showSettings(settings);
  showKey(key);
  showReceived();
  show(view, canceling !== null);
  busy(canceling !== null);
  showProblem(problem);
}

start();
