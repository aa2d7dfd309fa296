import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { Problem } from '../api/client'
import { formatQuery, parseQuery, type Query } from '../api/query'
import { meOptions } from '../api/records'
import type { Plural } from '../api/types'
import { CreateOutlet, KindPage, RecordOutlet } from './KindPage'
import { NotFound, RouteError } from './NotFound'
import { Shell } from './Shell'

const readQuery = (raw: Record<string, unknown>): Query => raw as Query

const root = createRootRouteWithContext<{ cache: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound })

const login = createRoute({ getParentRoute: () => root, path: 'login', validateSearch: readQuery, component: lazyRouteComponent(() => import('../login/Login'), 'Login') })

const desk = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.cache.ensureQueryData(meOptions)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
      throw redirect({ to: '/login', search: { to: location.pathname + location.searchStr } })
    }
  },
})

const home = createRoute({ getParentRoute: () => desk, path: '/', component: lazyRouteComponent(() => import('../home/Home'), 'Home') })

/** The list of a kind, and over it one of its records. The list stays mounted while records open and close. */
function makeKindRoutes<P extends Plural>(plural: P) {
  const list = createRoute({ getParentRoute: () => desk, path: plural, validateSearch: readQuery, component: () => <KindPage plural={plural} /> })
  const create = createRoute({ getParentRoute: () => list, path: 'new', component: () => <CreateOutlet plural={plural} /> })
  const record = createRoute({ getParentRoute: () => list, path: '$id', component: () => <RecordOutlet plural={plural} /> })
  return list.addChildren([create, record])
}

const reports = createRoute({ getParentRoute: () => desk, path: 'reports', validateSearch: readQuery, component: lazyRouteComponent(() => import('../reports/Reports'), 'Reports') })
const operations = createRoute({ getParentRoute: () => desk, path: 'operations', validateSearch: readQuery, component: lazyRouteComponent(() => import('../operations/Operations'), 'Operations') })
const operation = createRoute({ getParentRoute: () => operations, path: '$id', component: lazyRouteComponent(() => import('../operations/OperationPanel'), 'OperationPanel') })
const settings = createRoute({ getParentRoute: () => desk, path: 'settings', beforeLoad: ({ location }) => { if (/^\/settings\/?$/.test(location.pathname)) throw redirect({ to: '/settings/$part', params: { part: 'me' } }) } })
const settingsPart = createRoute({ getParentRoute: () => settings, path: '$part', component: lazyRouteComponent(() => import('../settings/Settings'), 'Settings') })

const tree = root.addChildren([
  login,
  desk.addChildren([
    home,
    makeKindRoutes('leads'),
    makeKindRoutes('contacts'),
    makeKindRoutes('accounts'),
    makeKindRoutes('opportunities'),
    reports,
    operations.addChildren([operation]),
    settings.addChildren([settingsPart]),
  ]),
])

/** Makes the router. Addresses keep their parameters as text, as the API takes them. */
export function makeRouter(cache: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { cache },
    parseSearch: parseQuery,
    stringifySearch: (query) => formatQuery(query as Query),
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
    defaultPreload: false,
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
