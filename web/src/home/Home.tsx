import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { useMe } from '../api/records'
import { useCommands } from '../state/commands'
import { PageHeader } from '../ui/PageHeader'
import { words } from '../words'
import { GroupList } from './GroupList'
import { makeGroups } from './groups'
import styles from './Home.module.css'

/** The first screen: the leads that wait for the person, as lists to work through. */
export function Home() {
  const me = useMe()
  const userId = me?.user.id ?? ''
  const groups = useMemo(() => makeGroups(userId, Date.now()), [userId])
  const main = useRef<HTMLElement>(null)
  const navigate = useNavigate()
  const { home, kinds } = words
  useCommands([
    { id: 'home.next', label: home.next, keys: 'j | ArrowDown', group: home.group, keysOnly: true, run: () => moveFocus(main.current, 1) },
    { id: 'home.previous', label: home.previous, keys: 'k | ArrowUp', group: home.group, keysOnly: true, run: () => moveFocus(main.current, -1) },
    { id: 'home.all', label: words.shell.goTo(kinds.lead.Many), group: home.group, keysOnly: true, run: () => void navigate({ to: '/leads', search: {} }) },
  ])
  const name = me?.user.firstName ?? me?.user.name
  return (
    <main id="main" ref={main}>
      <PageHeader title={name ? home.greeting(name) : home.title} />
      <div className={styles.groups}>
        {userId !== '' && groups.map((group) => <GroupList key={group.id} group={group} userId={userId} />)}
      </div>
    </main>
  )
}

/** Moves the focus to the next or the previous lead of the screen; to the first if none has it. */
function moveFocus(main: HTMLElement | null, by: 1 | -1): void {
  const rows = [...(main?.querySelectorAll<HTMLElement>('[data-lead]') ?? [])]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))
  rows[next]?.querySelector('a')?.focus()
}
