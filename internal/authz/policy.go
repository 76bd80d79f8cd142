package authz

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Role is what a grant makes of its holder.
type Role string

// The roles.
const (
	Admin        Role = "admin"                // runs the service
	Coordinator  Role = "regional_coordinator" // aluekoordinaattori
	Officer      Role = "municipal_officer"    // järjestöyhdyshenkilö
	Secretary    Role = "council_secretary"    // sihteeri
	Convener     Role = "network_convener"     // koollekutsuja
	Editor       Role = "organisation_editor"  // the association's own person
	Integration  Role = "integration"          // a municipal system
	anonymousCol Role = "anonymous"
)

// Roles lists the roles in the order of the table.
var Roles = []Role{Admin, Coordinator, Officer, Secretary, Convener, Editor, Integration}

// Permission is a right that operations and rows ask for.
type Permission string

// Public and Authenticated are the permissions that need no grant.
const (
	Public        Permission = "public"
	Authenticated Permission = "authenticated"
)

// The permissions that code asks for by name; the table below holds them all.
const (
	ReadUnpublished     Permission = "organisation.read-unpublished"
	WriteOrganisation   Permission = "organisation.write"
	ApproveOrganisation Permission = "organisation.approve"
	MergeOrganisation   Permission = "organisation.merge"
	SubmitOrganisation  Permission = "organisation.submit"
	SyncOrganisation    Permission = "organisation.sync"
	InviteUser          Permission = "user.invite"
	WriteGrant          Permission = "grant.write"
	WriteServiceAccount Permission = "service-account.write"
	ReadAudit           Permission = "audit.read"
	WriteNetwork        Permission = "network.write"
	ApplyNetwork        Permission = "network.apply"
	FoundNetwork        Permission = "network.found"
	WriteCouncil        Permission = "council.write"
	WriteSeat           Permission = "seat.write"
	DecideNomination    Permission = "nomination.decide"
	ProposeNomination   Permission = "nomination.propose"
	WriteMeeting        Permission = "meeting.write"
	PublishMemo         Permission = "memo.publish"
	ReadPerson          Permission = "person.read"
	WritePerson         Permission = "person.write"
	ExportPerson        Permission = "person.export"
	ErasePerson         Permission = "person.erase"
	WritePost           Permission = "post.write"
)

// Reach tells how far a role's permission goes.
type Reach uint8

const (
	none       Reach = iota
	own              // inside the grant's scope
	listed           // inside the scope, when the grant lists the permission
	everywhere       // all rows
)

// row is one line of the table, in the order of Roles.
func row(admin, coordinator, officer, secretary, convener, editor, integration Reach) map[Role]Reach {
	return map[Role]Reach{Admin: admin, Coordinator: coordinator, Officer: officer, Secretary: secretary, Convener: convener, Editor: editor, Integration: integration}
}

// policy is the whole of who may do what; nothing else decides. Scopes nest: a region holds its municipalities, a
// municipality the organisations at home there, a council its committees, a network its sub-networks.
//
//nolint:gochecknoglobals // the table
var policy = map[Permission]map[Role]Reach{
	//                                  admin       coord. officer secr. conv. editor integration
	ReadUnpublished:           row(everywhere, own, own, none, none, own, listed),
	WriteOrganisation:         row(everywhere, own, own, none, none, own, listed),
	ApproveOrganisation:       row(everywhere, own, own, none, none, none, none),
	MergeOrganisation:         row(everywhere, own, none, none, none, none, none),
	SubmitOrganisation:        row(everywhere, own, own, none, none, everywhere, none),
	SyncOrganisation:          row(everywhere, own, own, none, none, none, listed),
	WriteNetwork:              row(everywhere, own, own, none, own, none, listed),
	ApplyNetwork:              row(everywhere, own, own, none, none, own, none),
	FoundNetwork:              row(everywhere, own, own, none, none, own, none),
	WriteCouncil:              row(everywhere, own, own, own, none, none, none),
	WriteSeat:                 row(everywhere, own, own, own, none, none, none),
	DecideNomination:          row(everywhere, own, own, own, none, none, none),
	ProposeNomination:         row(everywhere, own, own, own, own, own, none),
	WriteMeeting:              row(everywhere, own, own, own, own, none, none),
	PublishMemo:               row(everywhere, own, own, own, own, none, none),
	"statement.write":         row(everywhere, own, none, own, none, own, none),
	"statement.submit":        row(everywhere, own, none, own, none, own, none),
	"statement.cosign":        row(everywhere, own, own, own, own, own, none),
	"contribution.write":      row(everywhere, own, own, own, own, own, none),
	"statement-request.write": row(everywhere, own, own, own, none, none, listed),
	"event.write":             row(everywhere, own, own, own, own, own, listed),
	"registration.read":       row(everywhere, own, own, own, own, own, listed),
	"strategy.write":          row(everywhere, own, none, own, none, none, none),
	"strategy.approve":        row(everywhere, own, none, none, none, none, none),
	"follow-up.write":         row(everywhere, own, own, own, own, none, none),
	"annual-report.publish":   row(everywhere, own, none, own, none, none, none),
	"bulletin.write":          row(everywhere, own, own, own, own, none, listed),
	"material.write":          row(everywhere, own, own, own, own, none, listed),
	"project.write":           row(everywhere, own, own, own, none, none, listed),
	"funding.write":           row(everywhere, own, own, own, none, none, listed),
	"shared-resource.write":   row(everywhere, own, own, none, none, own, listed),
	"situation.open":          row(everywhere, own, none, none, none, none, none),
	"situation.close":         row(everywhere, own, none, none, none, none, none),
	"situation-report.write":  row(everywhere, own, own, none, none, own, listed),
	"situation-report.read":   row(everywhere, own, own, none, none, none, listed),
	ReadPerson:                row(everywhere, own, own, own, own, own, none),
	WritePerson:               row(everywhere, own, own, own, own, own, none),
	ExportPerson:              row(everywhere, own, none, none, none, none, none),
	ErasePerson:               row(everywhere, own, none, none, none, none, none),
	WritePost:                 row(everywhere, own, own, none, none, none, listed),
	InviteUser:                row(everywhere, own, own, none, none, none, none),
	WriteGrant:                row(everywhere, own, own, none, none, none, none),
	WriteServiceAccount:       row(everywhere, own, own, none, none, none, none),
	"webhook.write":           row(everywhere, own, own, none, none, none, listed),
	"change.read-private":     row(everywhere, own, own, none, none, none, listed),
	ReadAudit:                 row(everywhere, own, own, none, none, none, none),
}

// AllPermissions lists the permissions of the table by name.
func AllPermissions() []Permission { return slices.Sorted(maps.Keys(policy)) }

// Exists tells whether an operation may name the permission.
func Exists(p Permission) bool {
	_, ok := policy[p]
	return ok || p == Public || p == Authenticated
}

// Listable tells whether an integration's grant may list the permission.
func Listable(p Permission) bool { return policy[p][Integration] == listed }

// ScopeOf tells which types of scope a role's grant may have.
func ScopeOf(r Role) []ScopeType {
	switch r {
	case Admin:
		return []ScopeType{Everywhere}
	case Coordinator:
		return []ScopeType{RegionScope}
	case Officer:
		return []ScopeType{MunicipalityScope}
	case Secretary:
		return []ScopeType{CouncilScope}
	case Convener:
		return []ScopeType{NetworkScope}
	case Editor:
		return []ScopeType{OrganisationScope}
	case Integration:
		return []ScopeType{RegionScope, MunicipalityScope}
	}
	return nil
}

// below lists the roles that a holder of each role may grant: those below its own.
var below = map[Role][]Role{
	Admin:       Roles,
	Coordinator: {Officer, Secretary, Convener, Editor, Integration},
	Officer:     {Editor},
}

// MayGrant tells whether the actor may give (or take) the grant, whose scope lies at target: only roles below one's
// own, only inside one's own scope, and to an integration only what one holds there.
func (a Actor) MayGrant(g Grant, target Target) bool {
	return slices.ContainsFunc(a.Grants, func(mine Grant) bool {
		if !slices.Contains(below[mine.Role], g.Role) || mine.Role != Admin && !mine.covers(target) {
			return false
		}
		return !slices.ContainsFunc(g.Permissions, func(p Permission) bool { return mine.gives(p) == none })
	})
}

// Print renders the table for people and for its golden file.
func Print() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-30s", "permission")
	for _, r := range Roles {
		fmt.Fprintf(&b, " %-20s", r)
	}
	b.WriteString(" " + string(anonymousCol) + "\n")
	words := map[Reach]string{none: "-", own: "own", listed: "own if listed", everywhere: "any"}
	for _, p := range AllPermissions() {
		fmt.Fprintf(&b, "%-30s", p)
		for _, r := range Roles {
			fmt.Fprintf(&b, " %-20s", words[policy[p][r]])
		}
		b.WriteString(" -\n")
	}
	return b.String()
}
