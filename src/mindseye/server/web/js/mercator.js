/** Web Mercator: degrees as points of a square of 1, north at the top. */

/** Beyond this latitude the square ends. */
const POLE = 85.0511;

/** @param {number} longitude */
export function across(longitude) {
  return (longitude + 180) / 360;
}

/** @param {number} latitude */
export function down(latitude) {
  const sine = Math.sin((Math.max(-POLE, Math.min(POLE, latitude)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
