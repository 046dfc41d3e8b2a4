/** Canvas knows no `light-dark()`. Every colour has a contrast of 3 or more to its surface. */
interface Palette {
  series: readonly string[];
  text: string;
  grid: string;
  limit: string;
}

const LIGHT: Palette = {
  series: [
    '#0f7a68',
    '#2f64c2',
    '#b45309',
    '#9d3c8c',
    '#5f7a13',
    '#6b4fc0',
    '#0e7fa3',
    '#8a5a34',
    '#c2415b',
    '#5b6675',
  ],
  text: '#6a655b',
  grid: '#ece8e0',
  limit: '#a8281f',
};

const DARK: Palette = {
  series: [
    '#63c7b2',
    '#83aef5',
    '#f0a95b',
    '#e08fd2',
    '#b3cb62',
    '#b3a0f5',
    '#68c8e8',
    '#cfa27c',
    '#f58fa3',
    '#a9b3c1',
  ],
  text: '#a49e93',
  grid: '#2e2c29',
  limit: '#ff9d92',
};

export const paletteFor = (isDark: boolean): Palette => (isDark ? DARK : LIGHT);

/** From the second round of colours on, lines are broken. */
const DASHES = [[], [6, 3], [2, 3]];

export function strokeOf(palette: Palette, index: number, given?: string) {
  const { series } = palette;
  return {
    color: given ?? (series[index % series.length] as string),
    dash: DASHES[Math.floor(index / series.length) % DASHES.length] as number[],
  };
}
