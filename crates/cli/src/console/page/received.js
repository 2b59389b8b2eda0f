// The list of received requests, live: the newest first.

import { call } from "./api.js";
import { element, find, onChoice } from "./dom.js";
import { say } from "./text.js";

// The pause after a failure, in milliseconds.
const PAUSE = 2000;

let exchanges = [];
let filter = "all";
let chosen = null;
let address = null;
let open = () => {};

// Shows the list, and opens a request with `act` when it is chosen.
export function startReceived(place, act) {
  if (!place.shown) return;
  ({ address } = place);
  open = act;
  find("received").hidden = false;
  onChoice("verdict", (verdict) => {
    filter = verdict;
    showReceived();
  });
  follow();
}

async function follow() {
  let query = "";
  for (;;) {
    try {
      const list = await call("GET", `/api/exchanges${query}`);
      query = `?seen=${list.version}`;
      exchanges = list.exchanges;
      showReceived();
    } catch {
      // The console may be started again at the same address, but with another token.
      find("received-note").textContent = say("consoleGone");
      await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
      query = "";
    }
  }
}

export function showReceived() {
  const shown = exchanges.filter(({ verdict }) => filter === "all" || verdict === filter);
  // The rows that stay are moved and not made again, so that the focus stays where it is.
  const rows = new Map([...find("received-list").children].map((row) => [row.dataset.key, row]));
  find("received-list").replaceChildren(...shown.map((it) => rows.get(key(it)) ?? row(it)));
  const count = shown.length === exchanges.length ? `${shown.length}` : `${shown.length} / ${exchanges.length}`;
  find("received-note").textContent = address === null ? count : `${count} · ${address}`;
  find("received-empty").hidden = shown.length > 0;
  mark();
}

export function unmark() {
  chosen = null;
  mark();
}

function mark() {
  for (const row of find("received-list").children) {
    if (row.dataset.number === String(chosen)) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

// The texts of a row depend on the language.
const key = ({ number }) => `${number} ${document.documentElement.lang}`;

function row(exchange) {
  const { number, time, method, target, verdict, reason, status, elapsedMs, file } = exchange;
  const act = () => {
    chosen = number;
    mark();
    open(number);
  };
  const moment = new Date(time);
  const button = element("button", { type: "button", class: "quiet", title: moment.toISOString() },
    `${moment.toTimeString().slice(0, 8)} #${number}`);
  const looks = { accepted: "good", rejected: "bad" }[verdict] ?? "";
  const answer = status === null ? say("noAnswer") : `${status} · ${elapsedMs} ms`;
  return element("tr", { "data-number": String(number), "data-key": key(exchange), onclick: act },
    element("td", {}, button),
    element("td", { class: "mono", title: file ?? "" }, `${method} ${target}`),
    element("td", {}, element("span", { class: `status ${looks}` }, say(verdict)),
      reason === null ? "" : ` ${reason}`),
    element("td", { class: "mono" }, answer));
}
