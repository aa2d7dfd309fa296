import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'

export function Funnel(_: { kind: KindSpec; query: Query }) {
  return null
}
