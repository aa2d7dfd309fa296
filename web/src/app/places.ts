import { BarChart3, Building2, History, Inbox, Settings, Sparkles, Target, UserRound } from 'lucide-react'
import { words } from '../words'

const { shell, kinds } = words

/** The places of the desk, in the order of the sidebar. */
export const PLACES = [
  { path: '/', label: shell.home, icon: Inbox, keys: 'g t' },
  { path: '/leads', label: kinds.lead.Many, icon: Sparkles, keys: 'g l' },
  { path: '/contacts', label: kinds.contact.Many, icon: UserRound, keys: 'g c' },
  { path: '/accounts', label: kinds.account.Many, icon: Building2, keys: 'g a' },
  { path: '/opportunities', label: kinds.opportunity.Many, icon: Target, keys: 'g o' },
  { path: '/reports', label: shell.reports, icon: BarChart3, keys: 'g r' },
  { path: '/operations', label: shell.operations, icon: History, keys: 'g p' },
  { path: '/settings/me', label: shell.settings, icon: Settings, keys: 'g s' },
] as const
