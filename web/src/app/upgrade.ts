const MARK = 'leadline.reloadedFor'

/** Loads the page anew, once, if a part of it is gone because the server was upgraded under the open tab. */
export function reloadAfterUpgrade(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const missing = String((event as Event & { payload?: Error }).payload?.message ?? '')
    if (sessionStorage.getItem(MARK) === missing) return
    sessionStorage.setItem(MARK, missing)
    location.reload()
  })
}
