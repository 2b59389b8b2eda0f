// The request and the response, byte for byte.

import { element, find } from "./dom.js";
import { pick, say } from "./text.js";

let formatted = false;

export function showExchange(view, waiting, sendAgain) {
  if (view === null) {
    find("request-note").textContent = "";
    find("response-note").textContent = "";
    find("request").replaceChildren(nothing(waiting ? "waiting" : "requestEmpty"));
    find("response").replaceChildren(nothing(waiting ? "waiting" : "responseEmpty"));
    return;
  }
  const { request, response, failure, received } = view;
  find("request-note").textContent = moment(request, received);
  find("request").replaceChildren(sent(request, received, sendAgain));
  find("response-note").textContent = response === null ? "" : `${response.elapsedMs} ms`;
  find("response").replaceChildren(response === null ? silence(failure) : came(response));
}

const nothing = (word) => element("p", { class: "empty" }, say(word));

function moment(request, received) {
  const time = received === undefined ? Number(request.timestamp) : received.time;
  return new Date(time).toISOString();
}

function sent(request, received, sendAgain) {
  const notes = [amount(request.bodyBytes)];
  if (request.lossy) notes.push(say("notUtf8"));
  if (request.truncated) notes.push(say("bodyCut"));
  const again = received?.sendable
    ? element("button", { type: "button", class: "primary", id: "send-again", onclick: sendAgain }, say("sendAgain"))
    : null;
  const file = received?.file ? element("p", { class: "note mono" }, received.file) : null;
  return element("div", { class: "wire" },
    element("div", { class: "caption" },
      element("p", { class: "line" }, `${request.method} ${request.target} ${request.version}`),
      copy("copy-curl", say("copyCurl"), request.curl)),
    file,
    headers(request.headers, { authorization: say("signatureNote") }),
    caption(say("body"), notes.join(" · "), copy("copy-body", say("copy"), request.body)),
    bytes(request.body),
    caption(say("signed"), "", copy("copy-signed", say("copy"), request.signedBefore + request.timestamp)),
    signed(request),
    again);
}

// Shows for a moment that it has copied.
function copy(id, label, text) {
  const button = element("button", {
    type: "button",
    class: "quiet",
    id,
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = say("copied");
      } catch {
        button.textContent = say("notCopied");
      }
      setTimeout(() => { button.textContent = label; }, 1500);
    },
  }, label);
  return button;
}

// The timestamp at the end of the signed bytes is marked: there is nothing between it and the body.
function signed({ signedBefore, timestamp }) {
  return element("pre", { class: "bytes", id: "signed" }, signedBefore, element("mark", {}, timestamp));
}

function came(response) {
  const notes = [amount(response.bodyBytes)];
  if (response.lossy) notes.push(say("notUtf8"));
  if (response.truncated) notes.push(say("truncated"));
  return element("div", { class: "wire" },
    element("p", { class: "line" }, `${response.version} `,
      element("span", { class: `status ${response.status === 200 ? "good" : "bad"}` }, String(response.status)),
      ` ${response.reason}`),
    headers(response.headers, {}),
    ...body(response, notes.join(" · ")));
}

function body(response, note) {
  if (response.bodyBytes === 0) return [element("p", { class: "empty" }, say("emptyBody"))];
  const pretty = indented(response.body);
  const shown = bytes(formatted && pretty !== null ? pretty : response.body);
  const copying = copy("copy-response", say("copy"), response.body);
  if (pretty === null) return [caption(say("body"), note, copying), shown];
  const format = element("button", {
    type: "button",
    class: "quiet",
    id: "format",
    onclick: () => {
      formatted = !formatted;
      shown.textContent = formatted ? pretty : response.body;
      format.textContent = say(formatted ? "raw" : "formatted");
    },
  }, say(formatted ? "raw" : "formatted"));
  return [caption(say("body"), note, format, copying), shown];
}

// Returns `null` if the text is not JSON. Lines are broken between tokens and nothing is parsed, so that
// numbers and duplicate keys stay as they are.
function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  let depth = 0;
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  const line = () => `\n${"  ".repeat(depth)}`;
  return tokens.map((token, index) => {
    const closesAtOnce = token === "}" || token === "]" ? "{[".includes(tokens[index - 1]) : false;
    if (token === "{" || token === "[") {
      depth += 1;
      return "}]".includes(tokens[index + 1]) ? token : token + line();
    }
    if (token === "}" || token === "]") {
      depth -= 1;
      return closesAtOnce ? token : line() + token;
    }
    if (token === ",") return token + line();
    return token === ":" ? ": " : token;
  }).join("");
}

function silence(failure) {
  return element("p", { class: "complaint" }, pick(failure));
}

function headers(list, asides) {
  const lines = list.flatMap(([name, value]) => {
    const aside = asides[name.toLowerCase()];
    return [
      element("dt", {}, name),
      element("dd", {}, value),
      ...(aside ? [element("dd", { class: "aside" }, aside)] : []),
    ];
  });
  return element("dl", { class: "headers" }, ...lines);
}

function caption(title, note, ...buttons) {
  return element("div", { class: "caption" },
    element("span", { class: "note" }, note === "" ? title : `${title} · ${note}`),
    element("span", { class: "buttons" }, ...buttons));
}

// Scrollable, so it can be reached with the keyboard.
function bytes(text) {
  return element("pre", { class: "bytes", tabindex: "0" }, text);
}

const amount = (count) => `${count} ${say("bytes")}`;
