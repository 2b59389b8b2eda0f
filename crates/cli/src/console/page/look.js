"use strict";

// Runs before the first paint, so that a page that was set to dark does not flash.
{
  const look = localStorage.getItem("look");
  if (look === "light" || look === "dark") document.documentElement.dataset.look = look;
}
