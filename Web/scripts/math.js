// Draws formulas as MathML; without scripts their source stands there.

const places = globalThis.katex ? document.querySelectorAll("[data-math]") : [];

for (const place of places) {
  const source = place.textContent;
  try {
    katex.render(source, place, {
      displayMode: place.dataset.math === "display",
      output: "mathml",
      strict: "ignore",
      throwOnError: true,
      trust: false,
      maxExpand: 500,
      maxSize: 20,
    });
  } catch {
    place.textContent = source;
    place.classList.add("md-math-fault");
  }
}
