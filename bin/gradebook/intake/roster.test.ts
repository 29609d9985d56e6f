// Rosters as they come from spreadsheets and from other systems.

import { describe, expect, test } from 'vitest'
import { finder, rosterOf, tableOf } from './roster.ts'

const read = (text: string) => rosterOf(tableOf(Buffer.from(text), 'roster.csv'), 'roster.csv')

describe('reading', () => {
  test('a plain one, with a byte order mark, quotes, CRLF and headers of one’s own', () => {
    expect(
      read(
        '\ufeffStudent ID,Full Name,E-Mail,Section\r\na1,"Lovelace, Ada",ada@x.org,"A ""morning"""\r\n\r\nb2,Bob,,\r\n',
      ),
    ).toEqual([
      { id: 'a1', name: 'Lovelace, Ada', email: 'ada@x.org', section: 'A "morning"' },
      { id: 'b2', name: 'Bob' },
    ])
  })

  test('semicolons, tabs, and names in two columns', () => {
    expect(read('id;first name;last name\na1;Ada;Lovelace\n')).toEqual([{ id: 'a1', name: 'Ada Lovelace' }])
    expect(read('username\temail\nada\tada@x.org\n')).toEqual([{ id: 'ada', email: 'ada@x.org' }])
  })

  test('a Canvas gradebook: its numbers are kept for the way back, and Points Possible is nobody', () => {
    const text = [
      'Student,ID,SIS User ID,SIS Login ID,Section,Katas (77)',
      '"    Points Possible",,,,,10',
      '"Lovelace, Ada",12345,u1,ada,CS1,8',
      '"Hopper, Grace",12346,u2,,CS1,',
      '"Student, Test",999,,x,CS1,',
    ].join('\n')
    expect(read(text)).toEqual([
      {
        id: 'ada',
        name: 'Lovelace, Ada',
        section: 'CS1',
        ids: { ID: '12345', 'SIS User ID': 'u1', 'SIS Login ID': 'ada' },
      },
      { id: 'u2', name: 'Hopper, Grace', section: 'CS1', ids: { ID: '12346', 'SIS User ID': 'u2' } },
    ])
  })

  test('a Canvas gradebook with columns that are posted by hand', () => {
    const header = 'Student,ID,SIS User ID,SIS Login ID,Section,Katas (77)'
    const learner = '"Lovelace, Ada",12345,u1,ada,CS1,8'
    for (const row of [',,,,,Manual Posting', ',,,,,Manual Posting,'])
      expect(read([header, row, '"    Points Possible",,,,,10', learner].join('\n')).map(({ id }) => id)).toEqual([
        'ada',
      ])
    expect(() => read('id,name\n,,Manual Posting\nada,Ada\n')).toThrow('roster.csv:2 has no id.')
    expect(() => read(`${header}\n"Bee, Bob",,,,CS1,3\n`)).toThrow('roster.csv:2 has no id.')
  })

  test('what spreadsheets add: their delimiter in a line of its own, a quoted comma in the header, empty lines', () => {
    const expected = [{ id: '007', name: 'Bond; James' }, { id: 'müller' }]
    expect(read('\ufeffsep=;\r\nid;name\r\n007;"Bond; James"\r\nmüller;\r\n;\r\n;;\r\n')).toEqual(expected)
    const quoted = '"ID";"Section, room";Name\n007;;"Bond; James"\nmüller;;\n'
    expect(read(quoted)).toEqual(expected)
    expect(() => read('sep=;\nid;name\n;Bond\n')).toThrow('roster.csv:3 has no id.')
  })

  test('whoever teaches hands nothing in, nor does the test student whose name is in two columns', () => {
    const gradescope = [
      'First Name,Last Name,SID,Email,Role,Section',
      'Ada,Lovelace,0012,ada@x.org,Student,A',
      'Charles,Babbage,,cb@x.org,Instructor,',
      'Tim,Ta,,ta@x.org,TA,A',
    ].join('\n')
    expect(read(gradescope)).toEqual([{ id: '0012', name: 'Ada Lovelace', email: 'ada@x.org', section: 'A' }])
    // In a team of students somebody is the designer, and hands in like everybody else.
    const team = read('id,name,role\nada,Ada,Designer\nbob,Bob,Reader\n')
    expect(team.map(({ id }) => id)).toEqual(['ada', 'bob'])
    const canvas = [
      'LastName,FirstName,ID,SIS Login ID,Section,Katas (77)',
      '    Points Possible,,,,,10',
      'Lovelace,Ada,12345,ada,CS1,8',
      'Student,Test,999,0b8f,CS1,',
    ].join('\n')
    expect(read(canvas).map(({ id }) => id)).toEqual(['ada'])
  })

  test('a roster of GitHub Classroom', () => {
    expect(read('identifier,github_username,github_id,name\nada@x.org,ada-l,77,Ada\n')).toEqual([
      { id: 'ada@x.org', name: 'Ada', ids: { github_username: 'ada-l', github_id: '77' } },
    ])
  })

  test.each([
    [
      'the same line twice',
      'id,name\nada,Ada\nbob,Bob\nada,Ada\n',
      'roster.csv:4 and line 2 both have the id "ada". Delete one of the two lines.',
    ],
    [
      'one id, two names',
      'id,name\nada,Ada\nADA,Bob\n',
      'roster.csv:3 and line 2 both have the id "ADA", and say different things about it. Delete one of the two lines.',
    ],
    [
      'one address, two ids',
      'id,email\na,x@y.z\nb,X@y.z\n',
      'roster.csv:3 and line 2 both have "X@y.z", and different ids. Repair one of the two lines.',
    ],
    ['no id', 'id,name\nada,Ada\n,Bob\n', 'roster.csv:3 has no id. Give every learner one, or delete the line.'],
    [
      'no column of ids',
      'name,section\nAda,A\n',
      'roster.csv:1 has no column of ids, only name, section. Name one of the columns id, email, SIS Login ID or SIS User ID.',
    ],
    [
      'nothing',
      '',
      'roster.csv:1 has no column of ids, only nothing. Name one of the columns id, email, SIS Login ID or SIS User ID.',
    ],
    ['a header alone', 'id,name\n', 'roster.csv names no learner. It needs a header and a line for each.'],
    [
      'an escape sequence',
      'id\n\u001b[2J\n',
      'roster.csv:2 has a cell that no name or id is: "\ufffd[2J". Repair the line.',
    ],
    [
      'a comma outside of quotes',
      'id,name,email\nbob,Bob,bob@x.org\nada,Lovelace, Ada,ada@x.org\n',
      'roster.csv:3 has 4 cells, and the header has 3. A cell with a comma in it needs quotes, like "Lovelace, Ada": repair the line.',
    ],
    [
      'a comma outside of quotes, and nothing behind it',
      'id,name,email\nbob,Bob,bob@x.org\nada,Lovelace, Ada,\n',
      expect.stringMatching(/^roster\.csv:3 has 4 cells, and the header has 3\. /),
    ],
    ['a quote that never ends', 'id,name\nada,"Ada\nbob,Bob\n', expect.stringMatching(/^roster\.csv:\d is no CSV: /)],
  ])('%s', (_, text, message) => {
    let said = ''
    try {
      read(text)
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).toEqual(message)
  })

  test('a delimiter at the end of every line is no fault, and neither are cells that are left out', () => {
    expect(read('id,name,email\nada,Ada,ada@x.org,\nbob,Bob,,\n')).toEqual([
      { id: 'ada', name: 'Ada', email: 'ada@x.org' },
      { id: 'bob', name: 'Bob' },
    ])
    expect(read('id,name,email\nada\n')).toEqual([{ id: 'ada' }])
  })

  test('another encoding', () => {
    expect(() => tableOf(Buffer.from([0x69, 0x64, 0x0a, 0xe9]), 'r.csv')).toThrow('r.csv is not UTF-8.')
  })
})

describe('finding', () => {
  const roster = read(
    'id,name,email,SIS Login ID,github_username\na1,Ada Lovelace,ada@x.org,al,ada-l\nb2,"Bee, Bob",bob@x.org,bob,bob-b\nc3,Bob Bee,c@x.org,,\n',
  )
  const who = (handed: Parameters<ReturnType<typeof finder>>[0]) => {
    const found = finder(roster)(handed)
    return found === undefined ? undefined : `${found.learner.id} by ${found.by}`
  }

  test.each([
    ['A1', 'a1 by id'],
    ['ADA@x.org', 'a1 by id'],
    ['ada', 'a1 by id'],
    ['ada-l', 'a1 by id'],
    ['al', 'a1 by id'],
    ['Ada Lovelace', 'a1 by name'],
    ['lovelaceada', 'a1 by name'],
    ['ada_lovelace', 'a1 by name'],
    ['zoe', undefined],
    // Two are called so, and neither is guessed.
    ['Bob Bee', undefined],
    ['bob', 'b2 by id'],
  ])('%s is %s', (id, expected) => {
    expect(who({ id })).toBe(expected)
  })

  test('letters are the same however their accents are written', () => {
    const [nfc, nfd] = ['jos\u00e9', 'jose\u0301']
    for (const [rostered, handed] of [
      [nfc, nfd],
      [nfd, nfc],
    ] as const)
      expect(finder(read(`id\n${rostered}\nana\n`))({ id: handed })).toEqual({ learner: { id: rostered }, by: 'id' })
    expect(() => read(`id\n${nfc}\n${nfd}\n`)).toThrow('both have the id')
  })

  test('an id goes before a name', () => {
    expect(who({ id: 'b2', name: 'Ada Lovelace' })).toBe('b2 by id')
  })
})
