import { useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { ChevronsUpDown, Command, LogOut, Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { ask } from '../api/client'
import { useLink } from '../api/live'
import { parseQuery } from '../api/query'
import { useMe } from '../api/records'
import { openDialog } from '../state/dialogs'
import { type Theme, theme } from '../state/preferences'
import { closeSidebar, useSidebarOpen } from '../state/sidebar'
import { Avatar } from '../ui/Avatar'
import { ActionMenu } from '../ui/Menu'
import rows from '../ui/SideRows.module.css'
import { Tip } from '../ui/Tip'
import { ViewList } from '../views/ViewList'
import { words } from '../words'
import { PLACES } from './places'
import { rememberSection, sectionAddress } from './sections'
import styles from './Sidebar.module.css'

const { shell } = words

/** The places of the desk, the views with their counts, the state of the connection, and the person. */
export function Sidebar() {
  const me = useMe()
  const open = useSidebarOpen()
  const { pathname, searchStr } = useLocation()
  const query = useMemo(() => parseQuery(searchStr), [searchStr])
  useEffect(() => rememberSection(pathname, searchStr), [pathname, searchStr])
  useEffect(closeSidebar, [pathname, searchStr])
  return (
    <>
      {open && <div className={styles.scrim} onClick={closeSidebar} />}
      <aside className={styles.sidebar} data-open={open || undefined}>
        <header className={styles.head}>
          <img src="/icon.svg" width="26" height="26" alt="" />
          <strong className="ellipsis grow">{me?.workspace.name ?? words.common.product}</strong>
          <Tip text={shell.findOrDo} keys="$mod+k">
            <button type="button" className={styles.square} aria-label={shell.findOrDo} onClick={() => openDialog({ name: 'palette' })}>
              <Command aria-hidden />
            </button>
          </Tip>
        </header>
        <nav className={rows.rows} aria-label={shell.navigation}>
          {PLACES.map((place) => (
            <PlaceLink key={place.path} {...place} here={isWithin(pathname, place.path)} />
          ))}
        </nav>
        {me !== undefined && me.user.role !== 'viewer' && <ViewList pathname={pathname} query={query} />}
        <span className="grow" />
        <LinkState />
        <PersonMenu name={me?.user.name ?? me?.user.email ?? ''} />
      </aside>
    </>
  )
}

function PlaceLink({ path, label, icon: Icon, keys, here }: { path: string; label: string; icon: LucideIcon; keys: string; here: boolean }) {
  const navigate = useNavigate()
  return (
    <Tip text={label} keys={keys}>
      <a
        href={path}
        className={rows.row}
        aria-current={here ? 'page' : undefined}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          void navigate({ href: sectionAddress(path) })
        }}
      >
        <Icon aria-hidden />
        {label}
      </a>
    </Tip>
  )
}

function LinkState() {
  const link = useLink()
  const text = { live: shell.live, connecting: shell.connecting, offline: shell.offline }[link]
  return (
    <p className={styles.link} role="status" data-link={link}>
      <span className={styles.dot} aria-hidden />
      {text}
    </p>
  )
}

function PersonMenu({ name }: { name: string }) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const signOut = async () => {
    await ask('auth/session/', { method: 'DELETE' }).catch(() => undefined)
    cache.clear()
    await navigate({ to: '/login', search: {} })
  }
  const themes: [Theme, string, LucideIcon][] = [
    ['light', shell.themeLight, Sun],
    ['dark', shell.themeDark, Moon],
    ['system', shell.themeSystem, Monitor],
  ]
  return (
    <ActionMenu
      label={shell.account}
      trigger={
        <button type="button" className={styles.person}>
          <Avatar name={name} />
          <span className="ellipsis grow">{name}</span>
          <ChevronsUpDown aria-hidden />
        </button>
      }
      actions={[
        ...themes.map(([value, label, Icon]) => ({ label: `${shell.theme}: ${label}`, icon: <Icon aria-hidden />, run: () => theme.set(value) })),
        'separator',
        { label: shell.allKeys, keys: '?', run: () => openDialog({ name: 'keys' }) },
        { label: shell.signOut, icon: <LogOut aria-hidden />, run: () => void signOut() },
      ]}
    />
  )
}

function isWithin(pathname: string, path: string): boolean {
  if (path === '/') return pathname === '/'
  const section = path.startsWith('/settings') ? '/settings' : path
  return pathname === section || pathname.startsWith(`${section}/`)
}
