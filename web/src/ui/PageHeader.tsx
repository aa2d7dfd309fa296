import type { ReactNode } from 'react'
import styles from './PageHeader.module.css'
import { SidebarButton } from './SidebarButton'

/** The top of a screen: its title, what stands beside it, and its actions at the end. */
export function PageHeader({ title, beside, children }: { title: string; beside?: ReactNode; children?: ReactNode }) {
  return (
    <header className={styles.header}>
      <SidebarButton />
      <h1 className="ellipsis">{title}</h1>
      {beside}
      <span className="grow" />
      {children}
    </header>
  )
}
