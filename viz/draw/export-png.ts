/** Hands a file to the user, as the browser does with downloads. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Draws on a canvas of its own and hands it out as PNG.
 *
 * @param width of the picture, in CSS pixels
 * @param draw with a canvas on which all is `scale` times as large
 * @param scale pixels for each CSS pixel
 * @returns whether there is a picture: canvases of more than some hundred million pixels cannot be had
 */
export async function exportPng(
  name: string,
  width: number,
  height: number,
  draw: (ctx: CanvasRenderingContext2D, scale: number) => void,
  scale = 2,
): Promise<boolean> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const ctx = canvas.getContext('2d');
  if (ctx === null) return false;
  draw(ctx, scale);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) return false;
  download(blob, name);
  return true;
}

/** A name for a file out of what it shows: letters, digits, dots and dashes. */
export function fileName(...parts: readonly string[]): string {
  const words = parts.map((part) => part.replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^[-.]+|-+$/g, ''));
  return (
    words
      .filter((word) => word !== '')
      .join('-')
      .slice(0, 120) || 'slicewise'
  );
}
