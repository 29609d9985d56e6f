// What a person is told whose machine makes no boxes: what is missing, and what to type.

import { expect, test } from 'vitest'
import { explain } from './why-refused.ts'

// What bubblewrap says there, to the letter.
const NO_RIGHTS = 'bwrap: setting up uid map: Permission denied'
const NO_LOOPBACK = 'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted'
const NO_NAMESPACE = 'bwrap: No permissions to create new namespace, likely because the kernel does not allow it.'

const machine = (files: Record<string, string>) => ({
  isRoot: false,
  read: (file: string) => files[file] ?? '',
  exists: (file: string) => file in files,
})

test.each([
  [
    NO_LOOPBACK,
    { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
    /AppArmor/,
    /apparmor_restrict_unprivileged_userns=0/,
  ],
  [NO_RIGHTS, { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' }, /AppArmor/, /apparmor_restrict/],
  [NO_NAMESPACE, { '/proc/sys/kernel/unprivileged_userns_clone': '0\n' }, /root alone/, /unprivileged_userns_clone=1/],
  [NO_NAMESPACE, { '/proc/sys/user/max_user_namespaces': '0\n' }, /no user namespaces/, /max_user_namespaces=15000/],
  [NO_NAMESPACE, { '/.dockerenv': '' }, /container/, /--security-opt seccomp=unconfined/],
  [NO_NAMESPACE, {}, /refuses namespaces/, /bwrap --unshare-all/],
  ['bwrap: prctl(PR_SET_SECCOMP): Invalid argument', {}, /system call filter/, /CONFIG_SECCOMP_FILTER/],
  ['bwrap: Unknown option --clearenv', {}, /too old/, /0\.5/],
  ['something else', {}, /something else/, /portable/],
])('%s', (said, files, why, remedy) => {
  const refusal = explain(`${said}\nmore`, machine(files))
  expect(refusal.why).toMatch(why)
  expect(refusal.why).toContain(said)
  expect(refusal.remedy).toMatch(remedy)
})
