import { useMemo } from 'preact/hooks';
import { encodeQrCode } from './qr-code.ts';

/** Light modules around it, without which it is not read. */
const quietZone = 4;

/** Drawn here: what is in it goes nowhere. Dark on light in every theme, as scanners expect it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => toPath(text), [text]);
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function toPath(text: string): { size: number; path: string } {
  const modules = encodeQrCode(text);
  const path = modules.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? `M${x + quietZone} ${y + quietZone}h1v1h-1z` : [])),
  );
  return { size: modules.length + 2 * quietZone, path: path.join('') };
}
