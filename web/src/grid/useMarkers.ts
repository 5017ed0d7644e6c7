/** The numbers before the rows: those of records, whatever headings stand between them. */
import {
  AllCellRenderers,
  type DataEditorProps,
  getMiddleCenterBias,
  InnerGridCellKind,
} from "@glideapps/glide-data-grid";
import { useMemo } from "react";
import type { SheetColors } from "./gridTheme";
import type { GroupedRows } from "./grouped";

type Renderers = NonNullable<DataEditorProps["renderers"]>;

export function useMarkers(rows: GroupedRows | undefined, colors: SheetColors): Renderers | undefined {
  return useMemo(() => {
    if (!rows) return undefined;
    return AllCellRenderers.map((renderer): Renderers[number] => {
      if (renderer.kind !== InnerGridCellKind.Marker) return renderer;
      return {
        ...renderer,
        draw: (args) => {
          const { ctx, rect, theme, cell } = args;
          // The library counts from 1.
          const record = cell.kind === InnerGridCellKind.Marker ? rows.recordAt(cell.row - 1) : undefined;
          if (record === undefined) return;
          ctx.fillStyle = colors.ink3;
          ctx.font = theme.markerFontFull;
          const y = rect.y + rect.height / 2 + getMiddleCenterBias(ctx, theme.markerFontFull);
          ctx.fillText(String(record + 1), rect.x + rect.width / 2, y);
        },
      };
    });
  }, [rows, colors]);
}
