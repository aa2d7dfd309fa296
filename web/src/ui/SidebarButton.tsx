import { Menu } from 'lucide-react'
import { toggleSidebar } from '../state/sidebar'
import { words } from '../words'
import styles from './SidebarButton.module.css'

/** The button that slides the sidebar in, on phones. Every screen begins with it. */
export function SidebarButton() {
  return (
    <button type="button" className={styles.button} aria-label={words.shell.menu} onClick={toggleSidebar}>
      <Menu aria-hidden />
    </button>
  )
}
