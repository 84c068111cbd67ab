/** Draws points by WebGL 2, all of them in one call. */

/** @typedef {import('./camera.js').Camera} Camera */

/**
 * What both ways of drawing can do. Points are given in random order, so that the first of them
 * are a fair sample of all.
 * @typedef {object} Painter
 * @property {(points: Drawn) => void} load
 * @property {(how: Frame) => void} draw
 */

/**
 * @typedef {object} Drawn
 * @property {Float32Array} positions x and y of each point
 * @property {Uint8Array} colours red, green and blue of each
 * @property {Uint8Array} lit whether each stands out while others are dimmed
 */

/**
 * @typedef {object} Frame
 * @property {Camera} camera
 * @property {number} size of a point, in CSS pixels
 * @property {number} share of the points that are drawn
 * @property {boolean} dimmed whether only those that are lit stand out
 * @property {number} ratio device pixels in a CSS pixel
 */

const VERTEX = `#version 300 es
in vec2 position;
in vec3 colour;
in float lit;
uniform vec4 view;
uniform float size;
uniform bool dimmed;
out vec4 shade;
void main() {
  gl_Position = vec4(position * view.xy + view.zw, 0.0, 1.0);
  bool out_stands = lit > 0.5;
  float alpha = dimmed ? (out_stands ? 1.0 : 0.12) : 0.85;
  gl_PointSize = size * (dimmed && out_stands ? 1.4 : 1.0);
  shade = vec4(colour * alpha, alpha);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade;
out vec4 dot;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0;
  float edge = fwidth(away);
  dot = shade * (1.0 - smoothstep(1.0 - edge * 1.5, 1.0, away));
}`;

/** Renderers that are programs: drawing on the processor directly is several times faster. */
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/**
 * A painter, or null where the machine has no WebGL 2 worth using.
 * @param {HTMLCanvasElement} canvas
 * @returns {Painter | null}
 */
export function glPainter(canvas) {
  const gl = canvas.getContext('webgl2', { antialias: false, powerPreference: 'high-performance' });
  if (!gl || SOFTWARE.test(rendererOf(gl))) return null;
  const program = linked(gl);
  const uniform = (/** @type {string} */ name) => gl.getUniformLocation(program, name);
  const [view, size, dimmed] = [uniform('view'), uniform('size'), uniform('dimmed')];
  const buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
  let count = 0;
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return {
    load({ positions, colours, lit }) {
      count = lit.length;
      const given = [
        { data: positions, size: 2, type: gl.FLOAT, whole: false },
        { data: colours, size: 3, type: gl.UNSIGNED_BYTE, whole: true },
        { data: lit, size: 1, type: gl.UNSIGNED_BYTE, whole: false },
      ];
      given.forEach(({ data, size: each, type, whole }, place) => {
        gl.bindBuffer(gl.ARRAY_BUFFER, buffers[place]);
        gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
        gl.enableVertexAttribArray(place);
        gl.vertexAttribPointer(place, each, type, whole, 0, 0);
      });
    },
    draw(frame) {
      const { camera, ratio } = frame;
      const [width, height] = [canvas.width / ratio, canvas.height / ratio];
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      const [across, down] = [(2 * camera.scale) / width, (-2 * camera.scale) / height];
      gl.uniform4f(view, across, down, (2 * camera.x) / width - 1, 1 - (2 * camera.y) / height);
      gl.uniform1f(size, frame.size * ratio);
      gl.uniform1i(dimmed, Number(frame.dimmed));
      gl.drawArrays(gl.POINTS, 0, Math.ceil(count * frame.share));
    },
  };
}

/** @param {WebGL2RenderingContext} gl */
function rendererOf(gl) {
  const known = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(known ? known.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** @param {WebGL2RenderingContext} gl */
function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(Number(kind));
    if (!shader) throw new Error('the graphics card gave no shader');
    gl.shaderSource(shader, String(source));
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  ['position', 'colour', 'lit'].forEach((name, at) => gl.bindAttribLocation(program, at, name));
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  throw new Error(`the shaders do not link: ${gl.getProgramInfoLog(program)}`);
}
