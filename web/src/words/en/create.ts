/** Adding a record. */
export const create = {
  title: (one: string) => `New ${one}`,
  add: 'Add',
  adding: 'Adding…',
  addAnother: 'Add and begin another',
  added: (name: string) => `${name} is added.`,
  notAdded: 'Not added',
  pasteHint: 'Paste an e-mail signature into the first field to fill the form.',
  pasted: 'Filled from what you pasted.',
  looksLike: 'Somebody with this e-mail is here already:',
  sourceHint: 'Choose or write one',
} as const
