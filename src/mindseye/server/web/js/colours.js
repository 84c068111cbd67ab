/** Colours of points: evenly spaced to the eye, which is what OKLCH is for. */

/** Hues this far apart never come close to each other (the golden angle). */
const GOLDEN = 137.508;
const STEPS = { dark: [0.74, 0.8, 0.68], light: [0.6, 0.54, 0.66] };
const CHROMA = [0.16, 0.13, 0.11];

/** @typedef {[number, number, number]} Rgb each from 0 to 255 */

/**
 * sRGB of a colour in OKLCH, cut to what can be shown (Björn Ottosson, "A perceptual color space
 * for image processing", 2020).
 * @param {number} lightness from 0 to 1
 * @param {number} chroma
 * @param {number} hue in degrees
 * @returns {Rgb}
 */
export function oklch(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
  return /** @type {Rgb} */ (linear.map(encoded));
}

/** @param {number} linear */
function encoded(linear) {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.max(0, Math.min(1, value)));
}

/**
 * The colour of one of many kinds.
 * @param {number} kind
 * @param {boolean} dark whether the ground is
 */
export function ofKind(kind, dark) {
  const steps = dark ? STEPS.dark : STEPS.light;
  return oklch(steps[kind % 3], CHROMA[kind % 3], (kind * GOLDEN + 250) % 360);
}

/**
 * The colour of a share of 1, from cold to warm.
 * @param {number} share
 * @param {boolean} dark
 */
export function ofShare(share, dark) {
  const lightness = dark ? 0.6 + 0.22 * share : 0.62 - 0.12 * share;
  return oklch(lightness, 0.15, 265 - 220 * share);
}

/**
 * @param {boolean} dark
 * @returns {Rgb} of what is not known
 */
export function ofNothing(dark) {
  return dark ? [108, 114, 130] : [150, 156, 170];
}
