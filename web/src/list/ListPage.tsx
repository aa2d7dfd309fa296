import type { KindSpec } from '../kinds'

export function ListPage({ kind }: { kind: KindSpec }) {
  return <main id="main">{kind.Many}</main>
}
