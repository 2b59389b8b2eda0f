// Elements without markup: data is set as text and never parsed as HTML.

export const find = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function choose(name, value) {
  for (const radio of document.getElementsByName(name)) radio.checked = radio.value === value;
}

export function onChoice(name, act) {
  for (const radio of document.getElementsByName(name)) {
    radio.addEventListener("change", () => act(radio.value));
  }
}
