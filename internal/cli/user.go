package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/errs"
)

type userCmd struct {
	Create  userCreateCmd  `cmd:"" help:"Make a user, with a first grant if a role is named."`
	Grant   userGrantCmd   `cmd:"" help:"Give a user a role in a scope."`
	List    userListCmd    `cmd:"" help:"List the users and their grants."`
	Disable userDisableCmd `cmd:"" help:"Shut a user out."`
}

// grantFlags name a role and its scope.
type grantFlags struct {
	Role  string `help:"admin, regional_coordinator, municipal_officer, council_secretary, network_convener or organisation_editor."`
	Scope string `help:"Code of the region (05) or municipality (109), or an id; none for admin." placeholder:"CODE"`
}

type userCreateCmd struct {
	config.Database
	grantFlags

	Email         string `help:"E-mail address to sign in with." required:""`
	Name          string `help:"Name to show."`
	PasswordStdin bool   `help:"Read the password from standard input; else it is asked for."`
}

// Run makes a user.
func (c *userCreateCmd) Run(ctx context.Context, t *terminal) error {
	if c.Role == "" && c.Scope != "" {
		return errors.New("say which --role the --scope is for")
	}
	password, err := readPassword(t, c.PasswordStdin)
	if err != nil {
		return err
	}
	return onDatabase(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		var name *string
		if c.Name != "" {
			name = &c.Name
		}
		id, err := a.CreateUser(ctx, account.NewUser{Email: c.Email, DisplayName: name, Password: &password}, authz.Role(c.Role), c.Scope)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, id)
		return err
	})
}

// readPassword takes the password from standard input, or asks for it on a terminal without showing it.
func readPassword(t *terminal, fromStdin bool) (string, error) {
	f, ok := t.in.(*os.File)
	if fromStdin || !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("no password on standard input")
		}
		return line, nil
	}
	fmt.Fprint(t.err, "Password (12 characters or more): ")
	raw, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(t.err)
	return string(raw), err
}

type userGrantCmd struct {
	config.Database
	grantFlags

	Email string `help:"The user's e-mail address." required:""`
}

// Run gives a user a role.
func (c *userGrantCmd) Run(ctx context.Context, t *terminal) error {
	if c.Role == "" {
		return errors.New("say which --role")
	}
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		id, err := a.GrantByEmail(ctx, c.Email, authz.Role(c.Role), c.Scope)
		if errs.Is(err, errs.Duplicate) {
			return errors.New("the user has this role there already")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, id)
		return err
	})
}

type userListCmd struct{ config.Database }

// Run lists users and grants.
func (c *userListCmd) Run(ctx context.Context, t *terminal) error {
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		users, err := a.Roster(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
		for _, u := range users {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", u.Email, state, strings.Join(u.Grants, ", "))
		}
		return w.Flush()
	})
}

type userDisableCmd struct {
	config.Database

	Email string `help:"The user's e-mail address." required:""`
}

// Run shuts a user out, at once.
func (c *userDisableCmd) Run(ctx context.Context) error {
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		return a.Accounts.DisableUser(ctx, c.Email)
	})
}
