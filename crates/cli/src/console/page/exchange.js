// Exactly what went over the wire, and what came back.

import { element, find } from "./dom.js";
import { pick, say } from "./text.js";

let formatted = false;

export function showExchange(view) {
  if (view === null) return;
  const { request, response, failure } = view;
  find("request-note").textContent = new Date(Number(request.timestamp)).toISOString();
  find("request").replaceChildren(sent(request));
  find("response-note").textContent = response === null ? "" : `${response.elapsedMs} ms`;
  find("response").replaceChildren(response === null ? silence(failure) : received(response));
}

function sent(request) {
  return element("div", { class: "wire" },
    element("p", { class: "line" }, `POST ${request.target} ${request.version}`),
    headers(request.headers, { authorization: say("signatureNote") }),
    caption(say("body"), amount(request.bodyBytes)),
    bytes(request.body),
    caption(say("signed"), ""),
    signed(request));
}

// The timestamp at the end of the signed bytes is marked: nothing stands between it and the body.
function signed({ signedBefore, timestamp }) {
  return element("pre", { class: "bytes", id: "signed" }, signedBefore, element("mark", {}, timestamp));
}

function received(response) {
  const notes = [amount(response.bodyBytes)];
  if (response.lossy) notes.push(say("notUtf8"));
  if (response.truncated) notes.push(say("truncated"));
  return element("div", { class: "wire" },
    element("p", { class: "line" }, `${response.version} `,
      element("span", { class: `status ${response.status === 200 ? "good" : "bad"}` }, String(response.status)),
      ` ${response.reason}`),
    headers(response.headers, {}),
    ...receivedBody(response, notes.join(" · ")));
}

function receivedBody(response, note) {
  if (response.bodyBytes === 0) return [element("p", { class: "empty" }, say("noBody"))];
  const pretty = indented(response.body);
  const shown = bytes(formatted && pretty !== null ? pretty : response.body);
  if (pretty === null) return [caption(say("body"), note), shown];
  const button = element("button", {
    type: "button",
    class: "quiet",
    id: "format",
    onclick: () => {
      formatted = !formatted;
      shown.textContent = formatted ? pretty : response.body;
      button.textContent = say(formatted ? "raw" : "formatted");
    },
  }, say(formatted ? "raw" : "formatted"));
  return [caption(say("body"), note, button), shown];
}

// `null` where there is nothing to indent. The lines are cut between the tokens and nothing is parsed,
// so that numbers and keys that come twice stay what they are.
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

function caption(title, note, button = null) {
  return element("div", { class: "caption" },
    element("span", { class: "note" }, note === "" ? title : `${title} · ${note}`), button);
}

// Scrollable, so it can be reached with the keyboard.
function bytes(text) {
  return element("pre", { class: "bytes", tabindex: "0" }, text);
}

const amount = (count) => `${count} ${say("bytes")}`;
