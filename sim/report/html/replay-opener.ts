/**
 * The one script of a report, and only of one that holds a replay: unpacks the viewer and the replay, which are inert
 * text until then, and shows them over the page. Plain JavaScript that older browsers read, too: they say what is missing.
 *
 * The viewer is a document of its own inside the page (`srcdoc`): it obeys the same policy, so that it asks for nothing
 * either, and it is handed the replay once it says that it is there.
 */
export const OPENER_SCRIPT = `(() => {
  const button = document.getElementById('open-replay');
  const dialog = document.getElementById('replay-viewer');
  const said = document.getElementById('replay-said');
  const link = document.getElementById('save-replay');
  if (!dialog.showModal || typeof DecompressionStream === 'undefined') {
    said.textContent = 'This browser cannot open it here: save it instead, or use a newer browser.';
    return;
  }
  button.hidden = false;
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const unpacked = (base64) =>
    new Response(new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  let frame;
  const theme = () =>
    ['light', 'dark'].find((name) => document.getElementById('theme-' + name).checked) || 'auto';
  addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.data !== 'slicewise viewer') return;
    const replay = new Blob([bytesOf(link.href.slice(link.href.indexOf(',') + 1))]);
    frame.contentWindow.postMessage({ replay, name: link.download, theme: theme() }, '*');
    said.textContent = '';
    frame.focus();
  });
  button.addEventListener('click', async () => {
    dialog.showModal();
    if (frame) {
      frame.focus();
      return;
    }
    said.textContent = 'Opening ...';
    frame = document.createElement('iframe');
    frame.title = 'Viewer with the replay ' + link.download;
    try {
      frame.srcdoc = await unpacked(document.getElementById('viewer-page').textContent);
      dialog.append(frame);
    } catch {
      frame = undefined;
      dialog.close();
      said.textContent = 'It could not be opened here: save it instead.';
    }
  });
  document.getElementById('close-replay').addEventListener('click', () => dialog.close());
})();`;
