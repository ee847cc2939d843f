/* The only blocking script: sets the theme before the first paint. */
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem("lz-theme");
  } catch {
    /* storage may be switched off */
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = stored || (dark ? "dark" : "light");
})();
