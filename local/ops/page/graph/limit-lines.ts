import type uPlot from 'uplot';
import { formatValue } from '../format.ts';

/** Draws limits over the left axis; one that is far above the data is named at the upper edge. */
export function limitLines(
  lines: readonly { value: number; label: string }[],
  color: string,
  font: string,
): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        if (plot.scales.left === undefined) return;
        const { ctx, bbox } = plot;
        const { max } = plot.scales.left;
        const ratio = devicePixelRatio;
        ctx.save();
        ctx.strokeStyle = color;
        ctx.fillStyle = color;
        ctx.font = font.replace(/^\d+/, (size) => String(Number(size) * ratio));
        ctx.textAlign = 'right';
        ctx.textBaseline = 'bottom';
        ctx.setLineDash([5 * ratio, 4 * ratio]);
        const right = bbox.left + bbox.width;
        for (const { value, label } of lines) {
          const isInView = max !== undefined && value <= max;
          const y = isInView ? plot.valToPos(value, 'left', true) : bbox.top;
          if (isInView) {
            ctx.beginPath();
            ctx.moveTo(bbox.left, y);
            ctx.lineTo(right, y);
            ctx.stroke();
          }
          ctx.fillText(
            `${label} ${formatValue(value)}${isInView ? '' : ' ↑'}`,
            right,
            y - 2 * ratio,
          );
        }
        ctx.restore();
      },
    },
  };
}
