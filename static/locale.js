// Runs before uPlot, which asks for the number format of the browser's language as soon as it is loaded, and
// ends there when there is none: WebKit names the language "C" where its environment names no other.
if (navigator.language === "C") Object.defineProperty(navigator, "language", { value: "en" });
