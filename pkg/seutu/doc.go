// Package seutu is the Go client of Seutu, the open data service of regional association cooperation in Finland.
//
//	c, err := seutu.New("https://seutu.example", seutu.WithPassword(email, password))
//	if err != nil {
//		return err
//	}
//	for o, err := range c.Organisations.All(ctx, &seutu.ListOrganisationsParams{Municipality: []string{"109"}, Q: "kuoro"}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(o.Name.Best("sv", "fi"))
//	}
//
// A field of [Client] is a collection of the API and its methods are the operations: GET /v1/councils/{id}/seats is
// Councils.ListSeats. Reading what is published needs no credentials.
//
// # Reading
//
// List answers one page, All goes through all pages. A member that is null has the Go zero value; where the zero could be
// meant (numbers, true or false, objects) it is a pointer. Members that this version does not know are ignored, and words of
// enumerations that it does not know are kept. With [IfChanged] a read that finds nothing new ends in [ErrNotModified].
//
// # Writing
//
// What was read carries its ETag, and a write takes the value that was read: it goes through only if nobody changed it
// meanwhile, else the error is [ErrStale]. A write notes the new ETag in the value, so that the next write with it goes through;
// do not share a value between goroutines that write. A patch leaves alone what it does not name; [Set] sets a member and
// [Null] clears it.
//
//	o, err := c.Organisations.Get(ctx, id, nil)
//	o, err = c.Organisations.Update(ctx, o, seutu.OrganisationPatch{Website: seutu.Set("https://example.org"), Phone: seutu.Null[string]()})
//
// # Retries
//
// A request is repeated, after a growing and random wait or after the Retry-After of the answer, when that cannot do harm:
// any request that the service refused with 429 or 503; and GET, DELETE, PUT without a version, and POST with an
// Idempotency-Key also when the connection broke. The client makes such a key for every POST that takes one, so that a repeated
// POST has one effect. The context and [WithRetries] bound it all.
//
// # Errors
//
// An answer that is no success is a [*Problem]; errors.Is tells its kind: [ErrNotFound], [ErrForbidden], [ErrStale],
// [ErrInvalid] and so on. Errors of the connection are wrapped as they are.
//
// Every method can fail with [ErrInvalidRequest] (the contract is broken), [ErrUnauthenticated], [ErrTooManyRequests] and
// [ErrUnavailable]; those that need a permission with [ErrForbidden]; those that name a thing with [ErrNotFound] and [ErrGone];
// those that write with [ErrConflict] and [ErrInvalid]; and those that take a value that was read with [ErrStale].
package seutu
