import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { ask } from '../api/client'
import { followChanges } from '../api/live'
import { makeNewsReader } from '../api/news'
import { useMe } from '../api/records'
import { useCommandKeys } from '../state/commands'
import { Empty } from '../ui/Empty'
import { words } from '../words'
import { DeskDialogs } from './DeskDialogs'
import styles from './Shell.module.css'
import { Sidebar } from './Sidebar'
import { useDeskCommands } from './deskCommands'

const Toasts = lazy(() => import('../ui/Toasts').then(({ Toasts }) => ({ default: Toasts })))

/** The frame around every screen of a person who is signed in. */
export function Shell() {
  const me = useMe()
  const mayLook = me !== undefined && me.user.role !== 'viewer'
  useLiveCache(mayLook)
  useCommandKeys()
  useDeskCommands()
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {words.shell.skip}
      </a>
      <Sidebar />
      <div className={styles.content}>
        <Suspense>{mayLook ? <Outlet /> : <NothingShared />}</Suspense>
      </div>
      <DeskDialogs />
      <Suspense>
        <Toasts />
      </Suspense>
    </div>
  )
}

function NothingShared() {
  return (
    <main id="main">
      <Empty title={words.shell.viewerTitle} text={words.shell.viewerText} />
    </main>
  )
}

/** Keeps what is on the screen as the server has it. */
function useLiveCache(mayLook: boolean): void {
  const cache = useQueryClient()
  useEffect(() => {
    if (!mayLook) return
    let stop: (() => void) | undefined
    let left = false
    const start = async () => {
      const { seq } = await ask('people/', { query: { limit: 1 } }).catch(() => ({ seq: 0 }))
      if (left) return
      stop = followChanges(seq, makeNewsReader(cache), () => void cache.invalidateQueries())
    }
    void start()
    return () => {
      left = true
      stop?.()
    }
  }, [cache, mayLook])
}
