import type { Query } from '../api/query'
import { words } from '../words'

/** A part of the working queue: a filtered list of leads. Its address is that of the whole list. */
export interface Group {
  id: string
  title: string
  text: string
  empty: string
  query: Query
  /** True if the leads are nobody's, and can be taken. */
  canTake: boolean
}

const OPEN = 'new,contacted,nurturing,qualified'
const QUIET_DAYS = 7
const DAY_MS = 86_400_000

/** The working queue of a person at a time. Days begin at midnight UTC, as the API's do. */
export function makeGroups(userId: string, now: number): Group[] {
  const quietSince = new Date(now - QUIET_DAYS * DAY_MS).toISOString().slice(0, 10)
  const { home } = words
  return [
    { id: 'unowned', title: home.unowned, text: home.unownedText, empty: home.unownedEmpty, canTake: true, query: { status: 'new', assignedTo: 'none', sort: 'createdAt' } },
    { id: 'mine', title: home.mine, text: home.mineText, empty: home.mineEmpty, canTake: false, query: { status: OPEN, assignedTo: userId, sort: '-leadScore,createdAt' } },
    { id: 'quiet', title: home.quiet, text: home.quietText, empty: home.quietEmpty, canTake: false, query: { status: OPEN, assignedTo: userId, 'leadScore[gte]': '8', updatedBefore: quietSince, sort: 'updatedAt' } },
  ]
}
