// The agent's panel: the questions, and the result that the agent sees.

import { element, find } from "./dom.js";
import { pick, say } from "./text.js";

const values = new Map();

// Returns the typed values of the present items.
export function answers(items) {
  return Object.fromEntries(items.map(({ variable }) => [variable, values.get(variable) ?? ""]));
}

export function showQuestions(items) {
  const questions = items.map((item, index) => question(item, index));
  if (questions.length === 0) questions.push(element("p", { class: "note" }, say("noItems")));
  find("questions").replaceChildren(...questions);
}

function question(item, index) {
  const id = `question-${index}`;
  const box = element("input", {
    id,
    value: values.get(item.variable) ?? "",
    "data-at": `values.${item.variable}`,
    autocomplete: "off",
    oninput: () => values.set(item.variable, box.value),
  });
  if (item.required) box.setAttribute("aria-required", "true");
  if (item.maxLength > 0) box.maxLength = item.maxLength;
  const must = item.required
    ? element("span", { class: "must", title: say("required"), "aria-hidden": "true" }, "*")
    : null;
  return element("div", { class: "question" },
    element("label", { for: id }, item.name || item.variable, must), box);
}

export function showResult(view, waiting) {
  find("result").replaceChildren(...result(view, waiting));
  const list = view?.findings ?? [];
  find("findings").hidden = list.length === 0;
  find("findings-list").replaceChildren(...list.map(finding));
}

function result(view, waiting) {
  if (view === null) return [element("p", { class: "empty" }, say(waiting ? "waiting" : "resultEmpty"))];
  const { panel } = view;
  const looks = panel.success ? "good" : "bad";
  const status = panel.status === null ? say("noAnswer") : String(panel.status);
  const parts = [element("p", { class: `words ${looks}` },
    element("span", { class: "status" }, status), element("span", {}, pick(panel.words)))];
  if (panel.success && panel.rows.length > 0) {
    parts.push(element("dl", { class: "rows" }, ...panel.rows.flatMap(row)));
  }
  return parts;
}

function row({ name, value }) {
  const shown = value === null
    ? element("dd", { class: "gone" }, say("noSuchValue"))
    : element("dd", {}, value);
  return [element("dt", {}, name), shown];
}

function finding({ id, level, text, names }) {
  const all = names === undefined ? null : element("details", {},
    element("summary", {}, `${say("allNames")} (${names.length})`),
    element("p", { class: "mono" }, names.join(", ")));
  return element("li", { class: `finding ${level}` },
    element("p", {}, pick(text)), all, element("span", { class: "mono" }, id));
}
