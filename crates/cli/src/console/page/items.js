// The editor of the lookup items and of the result items.

import { element, find } from "./dom.js";
import { say } from "./text.js";

export class Items {
  // `kind` is "lookup" or "result": the name of the list in the settings.
  constructor(kind, changed) {
    this.kind = kind;
    this.changed = changed;
    this.items = [];
    this.list = find(`${kind}-items`);
    find(`add-${kind}`).addEventListener("click", () => this.add());
  }

  show(items) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, index) => this.line(item, index)));
  }

  add() {
    const item = { name: "", variable: "" };
    if (this.kind === "lookup") item.required = false;
    this.items.push(item);
    this.show(this.items);
    this.changed();
    this.list.lastElementChild.querySelector("input").focus();
  }

  remove(index) {
    this.items.splice(index, 1);
    this.show(this.items);
    this.changed();
    const next = this.list.children[Math.min(index, this.items.length - 1)];
    (next?.querySelector(".remove") ?? find(`add-${this.kind}`)).focus();
  }

  line(item, index) {
    const number = `${say(`${this.kind}Item`)} ${index + 1}`;
    const text = (field, looks) => {
      const box = element("input", {
        class: looks,
        value: item[field],
        placeholder: say(field),
        "aria-label": `${number}: ${say(field)}`,
        "data-at": `${this.kind}.${index}.${field}`,
        autocomplete: "off",
        spellcheck: "false",
        oninput: () => this.set(item, field, box.value),
      });
      return box;
    };
    const remove = element("button", {
      type: "button",
      class: "remove",
      title: say("remove"),
      "aria-label": `${number}: ${say("remove")}`,
      onclick: () => this.remove(index),
    }, "×");
    const rules = this.kind === "lookup" ? this.rules(item, index, number) : null;
    return element("li", { class: `item ${this.kind}` }, text("name", ""), text("variable", "mono"), remove, rules);
  }

  rules(item, index, number) {
    const required = element("input", {
      type: "checkbox",
      checked: item.required === true,
      "aria-label": `${number}: ${say("required")}`,
      onchange: () => this.set(item, "required", required.checked),
    });
    const longest = element("input", {
      type: "number",
      min: "1",
      max: "10000",
      value: item.maxLength === undefined ? "" : String(item.maxLength),
      "aria-label": `${number}: ${say("maxLength")}`,
      "data-at": `${this.kind}.${index}.maxLength`,
      oninput: () => this.set(item, "maxLength", longest.value === "" ? undefined : Number(longest.value)),
    });
    return element("div", { class: "rules" },
      element("label", {}, required, say("required")),
      element("label", {}, say("maxLength"), longest));
  }

  set(item, field, value) {
    item[field] = value;
    this.changed();
  }
}
