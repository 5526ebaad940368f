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

  const theme = stored() ?? "auto";
  root.dataset.theme = theme;

  document.addEventListener("DOMContentLoaded", () => {
    for (const input of document.querySelectorAll("input[name=theme]")) {
      input.checked = input.value === theme;
      input.addEventListener("change", () => {
        root.dataset.theme = input.value;
        store(input.value);
        document.dispatchEvent(new Event("ringside:theme"));
      });
    }
  });
  // Paper is light.
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", () => {
      document.dispatchEvent(new Event("ringside:theme"));
    });
  }
}
