/** The keyboard shortcuts, as the dialog lists them. Those of a row are also in `actions.ts`. */
export const shortcuts: [keys: string, what: string][] = [
  ["Ctrl+O", "Add files"],
  ["/", "Filter by name"],
  ["Ctrl+1, 2, 3", "Queue, Done, Failed"],
  ["↑ ↓ Page Home End", "Move in the list; with Shift, select"],
  ["Ctrl+A", "Select the whole list"],
  ["Space", "Pause or resume, put on hold or release"],
  ["R", "Retry, or check now"],
  ["Enter", "Details"],
  ["Delete", "Cancel a running video, remove any other"],
  ["Ctrl+Z", "Undo the last removal"],
  ["Menu", "Actions for a video"],
  ["Alt+↑ ↓ Home", "Move up, down, to the top"],
  ["Ctrl+,", "Settings"],
  ["?", "This table"],
];
