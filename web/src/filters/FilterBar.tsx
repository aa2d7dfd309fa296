import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'

export function FilterBar(_: { kind: KindSpec; query: Query }) {
  return null
}
