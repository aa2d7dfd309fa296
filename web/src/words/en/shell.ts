/** The frame around every screen, and signing in. */
export const shell = {
  skip: 'Skip to the content',
  menu: 'Menu',
  navigation: 'Main',
  home: 'Today',
  reports: 'Reports',
  operations: 'Operations',
  settings: 'Settings',
  live: 'Live',
  connecting: 'Connecting',
  offline: 'Offline, trying again',
  findOrDo: 'Find or do anything',
  themeLight: 'Light',
  themeDark: 'Dark',
  themeSystem: 'As the system',
  theme: 'Theme',
  signOut: 'Sign out',
  account: 'Your account',
  viewerTitle: 'Nothing is shared with you yet',
  viewerText: 'You may look at what others share, and sharing does not exist yet. Ask an admin to make you a user.',
  groupGo: 'Go',
  groupGeneral: 'Everywhere',
  toggleTheme: 'Switch light and dark',
  allKeys: 'All keys',
  newLead: 'New lead',
  undoLast: 'Undo my last change',
  nothingToUndo: 'There is nothing to undo in this tab',
  goTo: (place: string) => `Go to ${place}`,
} as const

export const login = {
  title: 'Sign in to Leadline',
  email: 'E-mail',
  password: 'Password',
  signIn: 'Sign in',
  signingIn: 'Signing in…',
  waitSeconds: (seconds: number) => `Try again in ${seconds} s.`,
} as const

export const palette = {
  hint: 'A lead, a company, or what you want to do',
  commands: 'Commands',
  all: (count: string, text: string) => `All ${count} leads with “${text}”`,
} as const
