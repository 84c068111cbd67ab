/** Draws points by the processor, dot by dot: for machines without a graphics card. */

/** @typedef {import('./scatter-gl.js').Painter} Painter */

/** Opacities of 255: of points usually, of those that are lit, and of the rest while some are. */
const USUAL = 217;
const LIT = 255;
const DIM = 32;

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Painter}
 */
export function cpuPainter(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives nothing to draw on');
  /** @type {import('./scatter-gl.js').Drawn} */
  let drawn = {
    positions: new Float32Array(0),
    colours: new Uint8Array(0),
    lit: new Uint8Array(0),
  };
  return {
    load(points) {
      drawn = points;
    },
    draw({ camera, size, share, dimmed, ratio }) {
      const { width, height } = canvas;
      const { positions, colours, lit } = drawn;
      if (!width || !height) return;
      const image = context.createImageData(width, height);
      const dots = new Uint32Array(image.data.buffer);
      const [scale, left, top] = [camera.scale * ratio, camera.x * ratio, camera.y * ratio];
      const end = Math.ceil(lit.length * share);
      // Those that are lit come last, over the others.
      for (const round of dimmed ? [0, 1] : [2]) {
        const side = Math.max(1, Math.round(size * ratio * (round === 1 ? 1.4 : 1)));
        const alpha = [DIM, LIT, USUAL][round];
        for (let at = 0; at < end; at++) {
          if (round !== 2 && lit[at] !== round) continue;
          const x = Math.round(positions[2 * at] * scale + left - side / 2);
          const y = Math.round(positions[2 * at + 1] * scale + top - side / 2);
          if (x < 0 || y < 0 || x + side > width || y + side > height) continue;
          const [red, green, blue] = [colours[3 * at], colours[3 * at + 1], colours[3 * at + 2]];
          const colour = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
          for (let row = y; row < y + side; row++) {
            // Without its corners a square of some size looks round.
            const cut = side > 3 && (row === y || row === y + side - 1) ? 1 : 0;
            dots.fill(colour, row * width + x + cut, row * width + x + side - cut);
          }
        }
      }
      context.putImageData(image, 0, 0);
    },
  };
}
