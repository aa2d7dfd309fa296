import type { KindSpec } from '../kinds'

export function RecordPanel({ kind, id }: { kind: KindSpec; id: string }) {
  return <aside aria-label={kind.One}>{id}</aside>
}
