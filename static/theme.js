// Runs before the first paint, so that a page chosen dark never flashes white.
{
  const KEY = "ringside-theme";
  const root = document.documentElement;

  const tell = () => document.dispatchEvent(new Event("ringside:theme"));
  const show = () => {
    try {
      root.dataset.theme = localStorage[KEY] ?? root.dataset.theme;
    } catch {
      // Storage may be denied altogether: the choice lasts as long as the page.
    }
    for (const input of document.getElementsByName("theme")) {
      input.checked = input.value === root.dataset.theme;
    }
  };

  show();
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("change", ({ target }) => {
    if (target.name !== "theme") return;
    root.dataset.theme = target.value;
    tell();
    try {
      localStorage[KEY] = target.value;
    } catch {
      // As above.
    }
  });
  // Another page may have stored another choice since, and a browser that goes back puts the old one in
  // its place: that of a page it kept, or that of a form it fills in again.
  addEventListener("pageshow", ({ persisted }) => {
    show();
    if (persisted) tell();
  });
  // Paper is light.
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", tell);
  }
}
