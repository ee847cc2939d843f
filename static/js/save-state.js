/* The line that says whether answers are saved: "saving", "saved n ago" or "offline, will retry".
   It follows htmx requests that start inside a .lz-q; the server stays the truth. */
(() => {
  const line = document.querySelector(".lz-save");
  if (!line) return;
  let savedAt = Date.now();
  const saved = () => {
    const seconds = Math.max(1, Math.round((Date.now() - savedAt) / 1000));
    if (seconds < 60) return line.dataset.seconds.replace("{n}", seconds);
    return line.dataset.minutes.replace("{n}", Math.round(seconds / 60));
  };
  const say = (state) => {
    line.dataset.s = state;
    line.querySelector("span").textContent = state === "saved" ? saved() : line.dataset[state];
  };
  const concerns = (event) => event.target.closest?.(".lz-q");
  document.addEventListener("htmx:beforeRequest", (event) => concerns(event) && say("saving"));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!concerns(event) || !event.detail.successful) return;
    savedAt = Date.now();
    say("saved");
  });
  document.addEventListener("htmx:sendError", (event) => concerns(event) && say("offline"));
  addEventListener("offline", () => say("offline"));
  setInterval(() => line.dataset.s === "saved" && say("saved"), 15000);
})();
