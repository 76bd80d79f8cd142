package pgembed

import "syscall"

// childAttr puts the child in a process group of its own, so that Ctrl-C reaches the program alone
// and the database outlives its last requests, and has it signalled when the program is killed.
func childAttr(a *account, death syscall.Signal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
	if dieWithProgram {
		attr.Pdeathsig = death
	}
	return attr
}
