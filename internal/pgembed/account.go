package pgembed

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ErrUnreachable tells that the program runs as root and the ordinary account that must then run
// PostgreSQL may not enter a directory on the way to the database. The error names it.
var ErrUnreachable = errors.New("directory closed to the account that runs PostgreSQL")

// ErrWrongOwner tells that the database belongs to another user of the machine.
var ErrWrongOwner = errors.New("the database belongs to another user")

// account runs the server in place of root, which PostgreSQL refuses to run as. A nil account is
// the user who runs the program.
type account struct {
	name     string
	uid, gid uint32
}

// serverAccount is nil for an ordinary user; for root it is whoever owns the database already,
// else postgres, else nobody.
func serverAccount(data string) (*account, error) {
	me := uint32(os.Geteuid())
	owner, exists := ownerOf(data)
	if me != 0 {
		if exists && owner.uid != me {
			return nil, fmt.Errorf("%w: %s is of %s; run as that user or as root", ErrWrongOwner, data, owner.name)
		}
		return nil, nil
	}
	if exists && owner.uid != 0 {
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return nil, errors.New("root may not run PostgreSQL, and there is no user postgres or nobody to run it as")
}

func newAccount(u *user.User) (*account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &account{name: u.Username, uid: uint32(uid), gid: uint32(gid)}, err
}

func ownerOf(path string) (*account, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false
	}
	st := info.Sys().(*syscall.Stat_t)
	a := &account{name: fmt.Sprintf("uid %d", st.Uid), uid: st.Uid, gid: st.Gid}
	if u, err := user.LookupId(strconv.Itoa(int(st.Uid))); err == nil {
		a.name = u.Username
	}
	return a, true
}

// credential is what the child process runs with.
func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own gives the account a file or directory that the program has made.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

// checkReach makes sure that the account may pass every directory above path. Without it the
// server would fail with a bare "permission denied" on a path that exists.
func (a *account) checkReach(path string) error {
	if a == nil {
		return nil
	}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if !a.mayEnter(info) {
			return fmt.Errorf("%w: %s may not enter %s, which is on the way to %s; chmod o+x it, or choose another place such as /var/lib/seutu",
				ErrUnreachable, a.name, dir, path)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (a *account) mayEnter(info os.FileInfo) bool {
	st, mode := info.Sys().(*syscall.Stat_t), info.Mode().Perm()
	switch {
	case st.Uid == a.uid:
		return mode&0o100 != 0
	case st.Gid == a.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}
