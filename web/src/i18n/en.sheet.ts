import type { zhSheet } from "./zh.sheet";

export const enSheet: Record<keyof typeof zhSheet, string> = {
  "grid.apart": "These ranges share neither rows nor columns and cannot be copied together.",
  "grid.nothingBeside": "The columns beside are blank here, so there is no end to fill to.",
  "grid.outside": "{{n}} cells found no column on the right and were not pasted.",
  "edit.atRow": "Row {{row}}: {{what}}",
  "grid.mend": "Press F2 to go on from it.",
  "grid.selected": "{{rows}} rows × {{cols}} columns selected",
  "grid.selectedMore": "{{n}} ranges selected",
  "grow.title": "The paste has {{n}} rows more than the table",
  "grow.text":
    "Make {{n}} new records of the rest? Together with what is pasted over the rows that are there it is one step to undo.",
  "grow.add": "Add {{n}} records",
  "grow.only": "Paste over existing rows only",
  "header.thenAsc": "Then by this, ascending",
  "header.thenDesc": "Then by this, descending",
  "header.insert": "Insert a column to the left…",
  "header.fit": "Fit the width",
  "status.selected": "{{n}} rows selected",
  "files.camera": "Take a photo",
};
