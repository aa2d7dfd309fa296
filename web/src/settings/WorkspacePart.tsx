import { useQuery } from '@tanstack/react-query'
import { ask } from '../api/client'
import { useMe } from '../api/records'
import { words } from '../words'
import styles from './Settings.module.css'

/** What there is to know of the workspace and its server. */
export function WorkspacePart() {
  const me = useMe()
  const { data: health } = useQuery({ queryKey: ['health'], queryFn: async () => (await ask<{ version: string; database: string }>('health/')).data })
  const { workspace, settings } = words
  return (
    <>
      <section className={styles.section}>
        <h2>{settings.parts.workspace}</h2>
        <dl className={styles.facts}>
          <dt>{workspace.name}</dt>
          <dd>{me?.workspace.name}</dd>
          <dt>{workspace.id}</dt>
          <dd>{me?.workspace.id}</dd>
          <dt>{workspace.version}</dt>
          <dd>{health?.version}</dd>
          <dt>{workspace.database}</dt>
          <dd>{health?.database}</dd>
        </dl>
      </section>
      <section className={styles.section}>
        <h2>{workspace.api}</h2>
        <p className="muted">{workspace.apiText}</p>
        <a href="/api/docs/">{workspace.docs}</a>
      </section>
    </>
  )
}
