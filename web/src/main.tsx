import '@fontsource-variable/inter/wght.css'
import './styles/tokens.css'
import './styles/base.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { makeCache } from './api/cache'
import { setSignedOutHandler } from './api/client'
import { makeRouter } from './app/router'
import { reloadAfterUpgrade } from './app/upgrade'
import { followPreferences } from './state/preferences'

reloadAfterUpgrade()
followPreferences()
const cache = makeCache()
const router = makeRouter(cache)
setSignedOutHandler(() => {
  const { pathname, searchStr } = router.state.location
  if (pathname === '/login') return
  cache.clear()
  void router.navigate({ to: '/login', search: { to: pathname + searchStr } })
})

createRoot(document.getElementById('root')!).render(
  <CSPProvider disableStyleElements>
    <QueryClientProvider client={cache}>
      <Tooltip.Provider>
        <RouterProvider router={router} />
      </Tooltip.Provider>
    </QueryClientProvider>
  </CSPProvider>,
)
