import { PALETTE } from '../../sim/report/charts/palette.ts';

/** Whether the page is dark now. */
function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}

/** Colours of parts for drawing on a canvas; in style sheets they are `var(--tone-0)` and so on. */
export function tones(): readonly string[] {
  return isDark() ? PALETTE.dark : PALETTE.light;
}

/** A colour of the page's style sheet, such as `--free`, for drawing on a canvas. */
export function pageColour(name: `--${string}`): string {
  // A property that is a function of the theme is worked out only where it is used as a colour.
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * Gives names (tenants, classes) a tone each, in order of first sight, the same for the life of the page. There are more
 * names than tones: legends and tables say which is which, a colour alone never does.
 */
export class ToneTable {
  readonly #toneOf = new Map<string, number>();

  toneOf(name: string): number {
    let tone = this.#toneOf.get(name);
    if (tone === undefined) {
      tone = this.#toneOf.size;
      this.#toneOf.set(name, tone);
    }
    return tone;
  }

  /** In order of their tones. */
  get names(): readonly string[] {
    return [...this.#toneOf.keys()];
  }
}
