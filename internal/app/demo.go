package app

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/demo"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/site"
	"github.com/seutu/seutu/internal/store"
)

// demoBatch is how many rows of the demo go into one transaction.
const demoBatch = 1000

// LoadDemo fills an empty database with the demo region and a user for every role. Loaded is false when there were data
// already: they are left as they are.
// secrets tells the client ids and secrets of its service accounts, which are shown this once.
func (a *App) LoadDemo(ctx context.Context) (loaded bool, secrets string, err error) {
	has, err := a.Accounts.HasUsers(ctx)
	if err != nil || has {
		return false, "", err
	}
	ids := map[string]uuid.UUID{}
	sync, schema, all := a.Organisations.NewSync(), a.RowSchema(), demo.Associations()
	for start := 0; start < len(all); start += demoBatch {
		part := all[start:min(start+demoBatch, len(all))]
		if err := a.loadAssociations(ctx, sync, schema, part, ids); err != nil {
			return false, "", err
		}
	}
	// users come last, with all that is no association: a start that was broken off begins again, and finds the rows unchanged
	err = a.DB.Write(ctx, func(ctx context.Context, _ *store.Tx) error {
		if err := a.loadRequests(ctx, demo.Cooperation(all), ids); err != nil {
			return err
		}
		if err := a.loadUsers(ctx, ids); err != nil {
			return err
		}
		if err := a.loadRequests(ctx, demo.SelfService(), ids); err != nil {
			return err
		}
		secrets, err = a.loadServiceAccounts(ctx)
		return err
	})
	return err == nil, secrets, err
}

func (a *App) loadAssociations(ctx context.Context, sync *organisation.Sync, schema organisation.RowSchema, part []demo.Association, ids map[string]uuid.UUID) error {
	rows := make([]organisation.SyncRow, len(part))
	for i, x := range part {
		raw, err := json.Marshal(x.Row)
		if err != nil {
			return err
		}
		rows[i] = organisation.ReadRow(raw, schema)
	}
	results, err := sync.Batch(ctx, rows)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, _ *store.Tx) error {
		for i, r := range results {
			if r.Outcome == organisation.RowRejected {
				return fmt.Errorf("demo row %s: %v", part[i].ID, r.Faults)
			}
			if ids[part[i].ID] = *r.ID; r.Outcome != organisation.RowCreated {
				continue
			}
			if err := a.loadParts(ctx, *r.ID, part[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) loadParts(ctx context.Context, id uuid.UUID, x demo.Association) error {
	anyVersion := "*"
	for _, p := range x.Activities {
		if err := a.Organisations.CreateActivity(ctx, id, &anyVersion, &organisation.Activity{Heading: p.Heading, TargetGroups: p.TargetGroups, Description: p.Description}); err != nil {
			return err
		}
	}
	for _, e := range x.RegisterEvents {
		event := organisation.RegisterEvent{Type: e.Type, Date: e.Date, Name: e.Name}
		if e.Note != "" {
			event.Note = &e.Note
		}
		if err := a.Organisations.CreateRegisterEvent(ctx, id, &anyVersion, &event); err != nil {
			return err
		}
	}
	return nil
}

var demoName = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// loadRequests sends the demo's requests on the way of every request.
func (a *App) loadRequests(ctx context.Context, requests []demo.Request, ids map[string]uuid.UUID) error {
	ctx = authz.With(ctx, authz.SystemActor())
	named := func(s string) string {
		return demoName.ReplaceAllStringFunc(s, func(name string) string {
			if id, ok := ids[strings.Trim(name, "{}")]; ok {
				return id.String()
			}
			return name
		})
	}
	for _, r := range requests {
		body, err := json.Marshal(r.Body)
		if err != nil {
			return err
		}
		as := ctx
		if r.By != "" {
			actor, err := a.ActorByEmail(ctx, r.By)
			if err != nil {
				return err
			}
			as = authz.With(ctx, actor)
		}
		status, answer, err := a.Server.Call(as, r.Method, named(r.Path), r.IfMatch, []byte(named(string(body))))
		if err != nil {
			return err
		}
		if status >= 300 {
			return fmt.Errorf("demo: %s %s: %d %s", r.Method, r.Path, status, answer)
		}
		var made struct{ ID uuid.UUID }
		if r.As == "" {
			continue
		}
		if err := json.Unmarshal(answer, &made); err != nil {
			return err
		}
		ids[r.As] = made.ID
	}
	return nil
}

func (a *App) loadUsers(ctx context.Context, ids map[string]uuid.UUID) error {
	password := demo.Password
	for _, u := range demo.Users() {
		scope := u.Scope
		if u.Of != "" {
			scope = ids[u.Of].String()
		}
		if _, err := a.CreateUser(ctx, account.NewUser{Email: u.Email, DisplayName: &u.DisplayName, Password: &password}, authz.Role(u.Role), scope); err != nil {
			return fmt.Errorf("demo user %s: %w", u.Email, err)
		}
	}
	return nil
}

func (a *App) loadServiceAccounts(ctx context.Context) (string, error) {
	var b strings.Builder
	for _, x := range demo.ServiceAccounts() {
		id, secret, err := a.Accounts.CreateServiceAccount(ctx, x.Name, nil)
		if err != nil {
			return "", err
		}
		grant := account.NewGrant{ServiceAccountID: &id, Role: authz.Role(x.Role), Scope: x.Scope, Permissions: x.Permissions, Systems: x.Systems}
		if _, err := a.Accounts.CreateGrant(ctx, grant); err != nil {
			return "", fmt.Errorf("demo service account %s: %w", x.Name, err)
		}
		fmt.Fprintf(&b, "  service account %q, %s in %s\n    client_id %s\n    client_secret %s (shown this once)\n", x.Name, x.Role, x.Scope, id, secret.Text)
	}
	return b.String(), nil
}

// ShowDemo puts the demo's users on the reference page, for whoever wants to try it.
func (a *App) ShowDemo() {
	var users []site.User
	for _, u := range demo.Users() {
		_, name, _ := strings.Cut(u.DisplayName, ": ")
		users = append(users, site.User{Email: u.Email, Name: strings.ReplaceAll(u.Role, "_", " ") + " · " + name, Password: demo.Password})
	}
	a.Server.Demo(users)
}

// DemoUsers is the table of the demo's users, for the terminal.
func DemoUsers() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nDemo users, all with the password %s\n\n", demo.Password)
	for _, u := range demo.Users() {
		fmt.Fprintf(&b, "  %-34s %-22s %s\n", u.Email, u.Role, u.Scope+u.Of)
	}
	return b.String() + "\n"
}
