import { createStore, useStore } from './store'

/** True while the sidebar is open on a phone. On wider screens it is always there. */
const open = createStore(false)

export const useSidebarOpen = () => useStore(open)
export const closeSidebar = () => open.set(false)
export const toggleSidebar = () => open.set((now) => !now)
