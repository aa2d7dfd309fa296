/** The board. */
export const board = {
  label: (many: string) => `${many} by column`,
  group: 'Board',
  column: (name: string, count: string) => `${name}, ${count}`,
  emptyColumn: 'None here',
  nextCard: 'Next card',
  previousCard: 'Previous card',
  columnRight: 'Column to the right',
  columnLeft: 'Column to the left',
  moveRight: 'Move the card right',
  moveLeft: 'Move the card left',
  convert: 'Convert the lead of the card',
  newOne: (one: string) => `New ${one}`,
  notMoved: 'Not moved',
  convertedStays: 'A converted lead keeps its status. Undo the conversion to move it.',
  shownOf: (shown: string, count: string) => `${shown} of ${count} are here. Filter to see the others, or look at the list.`,
} as const
