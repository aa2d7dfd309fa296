import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMe } from '../api/records'
import { Empty } from '../ui/Empty'
import { PageHeader } from '../ui/PageHeader'
import { words } from '../words'
import { KeysPart } from './KeysPart'
import { MePart } from './MePart'
import { PeoplePart } from './PeoplePart'
import styles from './Settings.module.css'
import { WorkspacePart } from './WorkspacePart'

const PARTS: Readonly<Record<string, { forAdmins: boolean; draw: () => ReactNode }>> = {
  me: { forAdmins: false, draw: () => <MePart /> },
  people: { forAdmins: true, draw: () => <PeoplePart /> },
  keys: { forAdmins: true, draw: () => <KeysPart /> },
  workspace: { forAdmins: false, draw: () => <WorkspacePart /> },
}

/** The settings: of the person, and for admins of the workspace. */
export function Settings() {
  const { part = 'me' } = useParams({ strict: false })
  const isAdmin = useMe()?.user.role === 'admin'
  const shown = PARTS[part]
  const { settings } = words
  return (
    <main id="main">
      <PageHeader title={settings.title} />
      <nav className={styles.parts} aria-label={settings.title}>
        {Object.entries(PARTS)
          .filter(([, { forAdmins }]) => isAdmin || !forAdmins)
          .map(([name]) => (
            <Link key={name} to="/settings/$part" params={{ part: name }} className={styles.part} aria-current={name === part ? 'page' : undefined}>
              {settings.parts[name]}
            </Link>
          ))}
      </nav>
      <div className={styles.body}>{drawPart(shown, isAdmin)}</div>
    </main>
  )
}

function drawPart(part: (typeof PARTS)[string] | undefined, isAdmin: boolean): ReactNode {
  if (part === undefined) return <Empty title={words.common.notFoundTitle} text={words.common.notFoundText} />
  if (part.forAdmins && !isAdmin) return <Empty title={words.settings.onlyAdmins} text={words.settings.onlyAdminsText} />
  return part.draw()
}
