/** The list of a kind. */
export const list = { } as const
