import { splitValues } from '../api/query'
import type { ColumnSpec, KindSpec } from '../kinds'

/** Widths in px that a person chose, by field. */
export type Widths = Readonly<Record<string, number>>

export const LEAST_WIDTH = 56
export const MOST_WIDTH = 640
/** The width in px of the column with the check. */
const CHECK_WIDTH = 38
/** What a column that grows shrinks to, if no column is left that yields. */
const SHRUNK_WIDTH = 104

/** The columns that the address chooses, in its order; without a choice, the default ones. Unknown names are left out. */
export function chooseColumns(kind: KindSpec, parameter: string | undefined): ColumnSpec[] {
  const chosen = splitValues(parameter).flatMap((field) => kind.columns.find((column) => column.field === field) ?? [])
  return chosen.length > 0 ? [...new Set(chosen)] : kind.columns.filter((column) => column.byDefault)
}

/** The parameter for columns in an order; undefined for the default ones. */
export function columnsParameter(kind: KindSpec, columns: readonly ColumnSpec[]): string | undefined {
  const fields = columns.map((column) => column.field).join(',')
  const usual = kind.columns.filter((column) => column.byDefault).map((column) => column.field)
  return fields === usual.join(',') ? undefined : fields
}

/** The columns that fit into a width: those that yield go first, in their order. Widening a column drives none away. */
export function fitColumns(columns: readonly ColumnSpec[], available: number): ColumnSpec[] {
  const leaving = columns.filter((column) => column.yields !== undefined).sort((one, other) => (other.yields ?? 0) - (one.yields ?? 0))
  let fitting = [...columns]
  while (fittingWidth(fitting) > available) {
    const next = leaving.pop()
    if (next === undefined) return fitting
    fitting = fitting.filter((column) => column !== next)
  }
  return fitting
}

/** The width in px below which the columns are scrolled sideways. */
export function leastWidth(columns: readonly ColumnSpec[], widths: Widths): number {
  return columns.reduce((sum, column) => sum + (widths[column.field] ?? shrunkWidth(column)), CHECK_WIDTH)
}

/** The value of grid-template-columns. A column with a chosen width does not grow. */
export function columnTracks(columns: readonly ColumnSpec[], widths: Widths): string {
  const tracks = columns.map((column) => {
    const chosen = widths[column.field]
    if (chosen !== undefined) return `${chosen}px`
    return column.grow === undefined ? `${column.width}px` : `minmax(${shrunkWidth(column)}px, ${column.grow}fr)`
  })
  const fills = columns.some((column) => column.grow !== undefined && widths[column.field] === undefined)
  return [`${CHECK_WIDTH}px`, ...tracks, ...(fills ? [] : ['minmax(0, 1fr)'])].join(' ')
}

/** The columns with one moved to the place of another. */
export function moveColumn(columns: readonly ColumnSpec[], from: number, to: number): ColumnSpec[] {
  const moved = [...columns]
  moved.splice(Math.max(0, Math.min(columns.length - 1, to)), 0, ...moved.splice(from, 1))
  return moved
}

export function boundWidth(width: number): number {
  return Math.round(Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width)))
}

/** The width in px that shows the columns well, if nobody has chosen widths. */
function fittingWidth(columns: readonly ColumnSpec[]): number {
  return columns.reduce((sum, column) => sum + column.width, CHECK_WIDTH)
}

function shrunkWidth(column: ColumnSpec): number {
  return column.grow === undefined ? column.width : Math.min(SHRUNK_WIDTH, column.width)
}
