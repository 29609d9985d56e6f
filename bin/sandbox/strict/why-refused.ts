// From what the system said when it refused to make a box to what a person can do about it.

export interface Refusal {
  /** one sentence */
  readonly why: string
  /** what to type, or to ask for */
  readonly remedy: string
}

export interface Facts {
  readonly isRoot: boolean
  /** '' for a file that is not there */
  readonly read: (file: string) => string
  readonly exists: (file: string) => boolean
}

/** @param said on the standard error stream of what was tried */
export function explain(said: string, { isRoot, read, exists }: Facts): Refusal {
  const line = said.split('\n').find((one) => one.trim() !== '') ?? 'nothing'
  const is = (file: string, value: string) => read(file).trim() === value
  if (/namespace|uid map|gid map|RTM_NEWADDR|loopback|clone|Operation not permitted|Permission denied/i.test(said)) {
    if (is('/proc/sys/user/max_user_namespaces', '0'))
      return {
        why: `this kernel makes no user namespaces (user.max_user_namespaces is 0): ${line}`,
        remedy: 'As root: sysctl -w user.max_user_namespaces=15000 (to keep it: in a file of /etc/sysctl.d).',
      }
    if (is('/proc/sys/kernel/unprivileged_userns_clone', '0'))
      return {
        why: `this kernel makes user namespaces for root alone (kernel.unprivileged_userns_clone is 0): ${line}`,
        remedy: 'As root: sysctl -w kernel.unprivileged_userns_clone=1 (to keep it: in a file of /etc/sysctl.d).',
      }
    if (is('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'))
      return {
        why: `AppArmor restricts user namespaces (Ubuntu 23.10 and later): ${line}`,
        remedy:
          'As root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (to keep it: in a file of /etc/sysctl.d), or allow bwrap alone by a profile with "userns," in /etc/apparmor.d.',
      }
    if (exists('/.dockerenv') || exists('/run/.containerenv'))
      return {
        why: `this container may not make namespaces: ${line}`,
        remedy:
          'Start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined (podman: and --security-opt unmask=ALL), or grade outside of it.',
      }
    return {
      why: `the system refuses namespaces${isRoot ? ', even to root' : ''}: ${line}`,
      remedy: 'Try: bwrap --unshare-all --ro-bind / / true. Grade where that works, or in the portable sandbox.',
    }
  }
  if (/seccomp/i.test(said))
    return {
      why: `the kernel takes no system call filter: ${line}`,
      remedy: 'It must be built with CONFIG_SECCOMP_FILTER; all distributions are.',
    }
  if (/unknown option|Unrecognized option/i.test(said))
    return { why: `this bubblewrap is too old: ${line}`, remedy: 'Install version 0.5 or later.' }
  return { why: line, remedy: 'Grade in the portable sandbox, and tell us what this machine is.' }
}
