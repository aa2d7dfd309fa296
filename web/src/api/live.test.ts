import { describe, expect, it } from 'vitest'
import { parseEvent } from './live'

describe('an event of the stream', () => {
  it('has its id and data', () => {
    expect(parseEvent('id: 4.op_1\nevent: lead.created\ndata: {"seq":4}')).toEqual({ id: '4.op_1', data: '{"seq":4}' })
  })

  it('may move the cursor alone', () => {
    expect(parseEvent('id: 5.op_2')).toEqual({ id: '5.op_2', data: '' })
  })

  it('says nothing in a comment', () => {
    expect(parseEvent(': still here')).toEqual({ id: null, data: '' })
  })
})
