// What the tests ask of the page; it runs in the page, which gets it as text.
globalThis.probe = {
  /** What the keyboard must reach: visible, and nothing that is closed away. */
  interactive: () =>
    [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex]")].filter((element) =>
      element.checkVisibility({ contentVisibilityAuto: true }),
    ),
  name: (element) =>
    `${element.tagName} ${element.name ?? ""} ${element.value ?? ""} ${element.textContent.trim().slice(0, 40)}`,
  outlined: () => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  },
  /** Elements that stand out of the screen on the right. */
  overflowing: () =>
    [...document.querySelectorAll("body *")]
      .filter(
        (element) =>
          element.checkVisibility() &&
          element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5,
      )
      .map(probe.name),
  /** Texts whose contrast with what is behind them is less than WCAG's AA asks for. */
  faint: () => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
    const luminance = ([red, green, blue]) =>
      0.2126 * light(red / 255) + 0.7152 * light(green / 255) + 0.0722 * light(blue / 255);
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = channels(getComputedStyle(at).backgroundColor);
        if (color.length === 3) return color;
        if (color[3] !== 0) throw new Error(`${probe.name(at)}: its background is half transparent`);
      }
      return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll("body *")].filter(
      (element) =>
        element.checkVisibility() &&
        [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()),
    );
    const ratio = (element) => {
      const pair = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
      return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    };
    return {
      texts: texts.length,
      faint: texts
        .filter((element) => ratio(element) < 4.5)
        .map((element) => `${probe.name(element)} ${ratio(element)}`),
    };
  },
};
