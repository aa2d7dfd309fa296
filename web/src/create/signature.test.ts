import { describe, expect, test } from 'vitest'
import { readSignature } from './signature'

describe('readSignature', () => {
  test('reads a signature of several lines', () => {
    const text = 'Best regards,\n\nOmar Moreau\nHead of Purchasing\nRidge Education AB\nTel: +46 8 555 01 42\nomar.moreau@ridge.example\nwww.ridge.example'
    expect(readSignature(text)).toEqual({
      firstName: 'Omar',
      lastName: 'Moreau',
      title: 'Head of Purchasing',
      company: 'Ridge Education AB',
      phone: '+46 8 555 01 42',
      email: 'omar.moreau@ridge.example',
      website: 'www.ridge.example',
    })
  })

  test('reads a signature of one line', () => {
    expect(readSignature('Grace Okri | TechCorp Inc. | M: (0)20 7946 0018 | grace@techcorp.example')).toEqual({
      firstName: 'Grace',
      lastName: 'Okri',
      company: 'TechCorp Inc.',
      phone: '(0)20 7946 0018',
      email: 'grace@techcorp.example',
    })
  })

  test('reads an address as mail programs copy it', () => {
    expect(readSignature('"Zofia Ibarra" <z.i@startup.example>')).toEqual({ firstName: 'Zofia', lastName: 'Ibarra', email: 'z.i@startup.example' })
  })

  test('reads a link to write a mail', () => {
    expect(readSignature('mailto:omar.moreau@ridge.example?subject=Hello')).toEqual({ firstName: 'Omar', lastName: 'Moreau', email: 'omar.moreau@ridge.example' })
    expect(readSignature('mailto:info%40ridge.example')).toEqual({ email: 'info@ridge.example' })
    expect(readSignature('mailto:%E0%A4%A')).toBeUndefined()
  })

  test('takes the company behind the job title', () => {
    expect(readSignature('Lin Wang\nSales Director, Blue Harbour Ltd\nlin@harbour.example')).toMatchObject({ company: 'Blue Harbour Ltd' })
  })

  test('leaves a name or a word as it is', () => {
    expect(readSignature('Omar')).toBeUndefined()
    expect(readSignature('Omar Moreau')).toBeUndefined()
    expect(readSignature('  ')).toBeUndefined()
  })
})
