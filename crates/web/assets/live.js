// Comfort for boards: when the log has grown, the page is fetched again and its live part exchanged. Without scripts the page
// is whole, and as of when it was loaded. Nothing moves unless the data moved.
"use strict";
(() => {
  const live = document.getElementById("live");
  const source = live && live.dataset.live;
  if (!source || !window.EventSource) return;
  const offline = document.getElementById("offline");
  const since = document.getElementById("offline-since");
  const announce = document.getElementById("announce");
  let asked = false, again = false;

  // Which element has the focus, so that it keeps it when its part is exchanged.
  const focused = () => {
    const at = document.activeElement;
    if (!at || !live.contains(at)) return null;
    return at.id ? `#${CSS.escape(at.id)}` : `[href="${CSS.escape(at.getAttribute("href") || "")}"]`;
  };

  const say = (gone) => {
    if (!offline) return;
    if (gone && offline.hidden) since.textContent = new Date().toLocaleTimeString();
    offline.hidden = !gone;
  };

  const fetchAgain = async () => {
    if (asked) { again = true; return; }
    asked = true;
    try {
      const answer = await fetch(location.href, { headers: { "x-live": "1" } });
      if (answer.redirected || !answer.ok) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (fresh && fresh.innerHTML !== live.innerHTML) {
        const at = focused();
        live.innerHTML = fresh.innerHTML;
        if (at) live.querySelector(at)?.focus();
      }
      if (fresh && announce && fresh.dataset.announce !== live.dataset.announce) {
        live.dataset.announce = announce.textContent = fresh.dataset.announce;
      }
      const time = page.querySelector(".log-time time"), shown = document.querySelector(".log-time time");
      if (time && shown) shown.textContent = time.textContent;
      say(false);
    } catch { say(true); }
    asked = false;
    if (again) { again = false; fetchAgain(); }
  };

  const events = new EventSource(source);
  events.addEventListener("grown", () => { if (!document.hidden) fetchAgain(); });
  events.addEventListener("open", () => say(false));
  events.addEventListener("error", () => { if (events.readyState !== EventSource.OPEN) setTimeout(() => say(events.readyState !== EventSource.OPEN), 5000); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchAgain(); });
})();
