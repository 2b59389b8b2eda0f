// Calls the API. Every call has the token that the terminal printed.

import { both } from "./text.js";

const TOKEN = "token";

// Moves the token from the address bar to the storage of this tab and port. A cookie of 127.0.0.1 would
// be sent to every port.
export function takeToken() {
  const token = new URLSearchParams(location.search).get(TOKEN);
  if (token === null) return;
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(null, "", "/");
}

export class Rejected extends Error {
  constructor(problem) {
    super(problem.text.en);
    this.problem = problem;
  }
}

// `null` if it was canceled.
export async function call(method, path, body, signal) {
  const headers = { "X-Console-Token": sessionStorage.getItem(TOKEN) ?? "" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  let answer;
  try {
    response = await fetch(path, { method, headers, body: JSON.stringify(body), signal });
    answer = await response.json();
  } catch {
    if (signal?.aborted) return null;
    throw new Rejected({ id: "console_gone", text: both("consoleGone"), places: [] });
  }
  if (!response.ok) throw new Rejected(answer.problem);
  return answer;
}
