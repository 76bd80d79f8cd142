package seutu_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seutu/seutu/pkg/seutu"
)

func Example() {
	address, stop := start()
	defer stop()
	ctx := context.Background()

	c, err := seutu.New(address, seutu.WithPassword("yhdyshenkilo@example.org", "salasana ja enemmän"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"Hämeen Kuoro ry", "Janakkalan Kuoro ry"} {
		o, err := c.Organisations.Create(ctx, seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": name}, Municipality: "109"})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Version, o.Status)
	}
	for o, err := range c.Organisations.All(ctx, &seutu.ListOrganisationsParams{Municipality: []string{"109"}, Q: "kuoro", Sort: []string{"-name"}, Limit: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Name.Best("sv", "fi"))
	}
	// Output:
	// 1 published
	// 1 published
	// Janakkalan Kuoro ry
	// Hämeen Kuoro ry
}

func ExampleWithPassword() {
	address, stop := start()
	defer stop()

	c, err := seutu.New(address, seutu.WithPassword("yhdyshenkilo@example.org", "salasana ja enemmän"))
	if err != nil {
		fmt.Println(err)
		return
	}
	me, err := c.Me.Get(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(me.Email, me.Grants[0].Role, me.Grants[0].Scope)
	// Output: yhdyshenkilo@example.org municipal_officer 109
}

// A write goes through only if nobody changed the row since it was read; if somebody did, read it again and see.
func ExampleOrganisationsService_Update() {
	c, organisation, stop := withOrganisation()
	defer stop()
	ctx := context.Background()

	mine, _ := c.Organisations.Get(ctx, organisation, nil)
	theirs, _ := c.Organisations.Get(ctx, organisation, nil)
	if _, err := c.Organisations.Update(ctx, theirs, seutu.OrganisationPatch{Phone: seutu.Set("050 555 0101")}); err != nil {
		fmt.Println(err)
	}
	for {
		o, err := c.Organisations.Update(ctx, mine, seutu.OrganisationPatch{Website: seutu.Set("https://example.org"), Email: seutu.Null[string]()})
		if errors.Is(err, seutu.ErrStale) {
			fmt.Println("somebody was faster")
			if mine, err = c.Organisations.Get(ctx, organisation, nil); err != nil {
				fmt.Println(err)
				return
			}
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Version, o.Phone, o.Website)
		return
	}
	// Output:
	// somebody was faster
	// 3 +358505550101 https://example.org
}

// A register of one's own is sent as it is: new rows are created, changed ones updated, the rest left alone.
func ExampleSyncService_Organisations() {
	c, _, stop := withOrganisation()
	defer stop()

	rows := []seutu.OrganisationSyncRow{
		{Key: &seutu.ExternalID{System: "crm", ID: "1"}, Kind: seutu.OrganisationKindAssociation, Name: seutu.TextPatch{"fi": new("Yksi ry")}, Municipality: seutu.Set("109")},
		{Key: &seutu.ExternalID{System: "crm", ID: "2"}, Kind: seutu.OrganisationKindAssociation, Name: seutu.TextPatch{"fi": new("Kaksi ry")}, Municipality: seutu.Set("165")},
	}
	report, err := c.Sync.Organisations(context.Background(), nil, slices.Values(rows))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Created, "created,", report.Rejected, "rejected")
	for _, r := range report.Results {
		for _, e := range r.Errors {
			fmt.Println(r.Row, e.Code)
		}
	}
	// Output:
	// 1 created, 1 rejected
	// 1 out-of-scope
}

// The same key and request have one effect, even if a program stops and starts anew in between.
func ExampleIdempotencyKey() {
	c, _, stop := withOrganisation()
	defer stop()
	ctx := context.Background()

	in := seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Toinen ry"}, Municipality: "109"}
	first, err := c.Organisations.Create(ctx, in, seutu.IdempotencyKey("import-2026-11-21/17"))
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := c.Organisations.Create(ctx, in, seutu.IdempotencyKey("import-2026-11-21/17"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(first.ID == second.ID)
	// Output: true
}

// A Problem names all that is wrong at once.
func ExampleProblem() {
	c, _, stop := withOrganisation()
	defer stop()

	_, err := c.Organisations.Create(context.Background(), seutu.OrganisationCreate{
		Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Kuoro ry"}, Municipality: "109", BusinessID: "0201256-7", Field: "no-such-field",
	})
	var p *seutu.Problem
	if errors.As(err, &p) && errors.Is(err, seutu.ErrInvalid) {
		for _, f := range p.Errors {
			fmt.Println(f.Pointer, f.Code)
		}
	}
	// Output:
	// /businessId invalid
	// /field unknown-code
}

// What has not changed need not be read again.
func ExampleIfChanged() {
	c, id, stop := withOrganisation()
	defer stop()
	ctx := context.Background()

	o, err := c.Organisations.Get(ctx, id, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.Organisations.Get(ctx, id, nil, seutu.IfChanged(o.ETag))
	fmt.Println(errors.Is(err, seutu.ErrNotModified))
	// Output: true
}
