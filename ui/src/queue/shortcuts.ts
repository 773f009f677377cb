/** The keys of the window, in one table: the dialog shows it. Those of a row stand in `actions.ts` too. */
export const shortcuts: [keys: string, what: string][] = [
  ["Ctrl+O", "Add files"],
  ["/", "Filter by name"],
  ["Ctrl+1, 2, 3", "Queue, Done, Failed"],
  ["↑ ↓ Page Home End", "Move in the list; with Shift, select"],
  ["Ctrl+A", "Select all of the list"],
  ["Space", "Pause or resume, put on hold or release"],
  ["R", "Retry, or check now"],
  ["Enter", "Details"],
  ["Delete", "Cancel what runs, remove what does not"],
  ["Ctrl+Z", "Take back what was removed just now"],
  ["Menu", "What can be done with a video"],
  ["Alt+↑ ↓ Home", "Move up, down, to the top"],
  ["Ctrl+,", "Settings"],
  ["?", "This table"],
];
