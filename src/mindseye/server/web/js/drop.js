/** Pictures that are dropped on the page, or pasted, are searched by; they are never added. */

import { h, icon } from './dom.js';

/**
 * @param {(pictures: File[]) => void} onpictures
 */
export function takePictures(onpictures) {
  const zone = h(
    'div',
    { class: 'dropzone', hidden: true },
    h(
      'div',
      {},
      icon('picture', 48),
      h('b', {}, 'Drop a picture to find photos like it'),
      h('small', {}, 'It is searched by, not added'),
    ),
  );
  document.body.append(zone);
  let depth = 0;
  const leave = () => {
    depth = 0;
    zone.hidden = true;
  };
  addEventListener('dragenter', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    depth += 1;
    zone.hidden = false;
  });
  addEventListener('dragleave', () => {
    depth -= 1;
    if (depth <= 0) leave();
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    leave();
    give(event.dataTransfer?.files, onpictures);
  });
  addEventListener('paste', (event) => give(event.clipboardData?.files, onpictures));
}

/**
 * @param {FileList | undefined} files
 * @param {(pictures: File[]) => void} onpictures
 */
function give(files, onpictures) {
  const pictures = [...(files ?? [])].filter((file) => file.type.startsWith('image/'));
  if (pictures.length) onpictures(pictures);
}
