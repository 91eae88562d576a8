// Comfort for lists of work: J goes to the next row, K to the one before, Enter opens it as it does every link. Without scripts the Tab
// key goes the same way. Nothing is caught while somebody writes, or holds another key.
"use strict";
(() => {
  const links = () => [...document.querySelectorAll("table.inbox tbody td > a:not([tabindex])")];
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    const at = document.activeElement;
    if (!step || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(at?.tagName)) return;
    const rows = links();
    const next = rows.indexOf(at) + step;
    rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
    event.preventDefault();
  });
})();
