import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'

export default function Board(_: { kind: KindSpec; query: Query }) {
  return null
}
