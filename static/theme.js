// Runs before the first paint, so that a page chosen dark never flashes white.
{
  const KEY = "ringside-theme";
  const root = document.documentElement;

  // Storage may be denied altogether; then the choice lasts as long as the page.
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const store = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      root.dataset.theme = theme;
    }
  };

  const tell = () => document.dispatchEvent(new Event("ringside:theme"));

  const inputs = () => document.querySelectorAll("input[name=theme]");
  const show = () => {
    root.dataset.theme = stored() ?? root.dataset.theme;
    for (const input of inputs()) input.checked = input.value === root.dataset.theme;
  };

  show();
  document.addEventListener("DOMContentLoaded", () => {
    show();
    for (const input of inputs()) {
      input.addEventListener("change", () => {
        root.dataset.theme = input.value;
        store(input.value);
        tell();
      });
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
