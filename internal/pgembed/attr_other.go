//go:build unix && !linux

package pgembed

import "syscall"

// childAttr puts the child in a process group of its own, so that Ctrl-C reaches the program alone.
// The child of a killed program lives on here; the next owner stops it, see stopOrphan.
func childAttr(a *account, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
}
