import type { CSSProperties } from 'react';
import classes from './monogram.module.css';

/** The same colour for the same name, everywhere. */
export function Monogram({ name }: { name: string }) {
  const [initial = '?'] = name.trim();
  return (
    <span
      className={classes.monogram}
      style={{ '--hue': hueOf(name) } as CSSProperties}
      aria-hidden="true"
    >
      {initial.toLocaleUpperCase()}
    </span>
  );
}

/** FNV-1a, so that names that look alike do not. */
function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return ((hash >>> 0) / 2 ** 32) * 360;
}
