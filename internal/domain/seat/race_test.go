package seat_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// TestAtOnce: two writers on two connections; exactly one wins, the other is told of the overlap.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network, person := w.newNetwork("Verkosto", nil), w.newPerson("Kaksi Paikkaa", true)
	w.known(w.council, person)
	principal := w.staff.Post(w.seats(), of(object{"role": "secretary"})).Want(201).ID()
	rivals := [2]*testkit.Client{w.As(authz.Coordinator, "05"), w.As(authz.Admin, "")}
	for name, body := range map[string]func() object{
		"two chairs":               func() object { return of(object{"role": "chair"}) },
		"two members of a network": func() object { return of(object{"nominatingNetworkId": network}) },
		"two deputies of a network": func() object {
			return of(object{"nominatingNetworkId": network, "role": "deputy", "deputyFor": principal})
		},
		"one person in two seats": func() object { return of(object{"personId": person, "role": "expert"}) },
		"two successors": func() object {
			return object{"succeeds": w.staff.Post(w.seats(), of(object{"role": "expert"})).Want(201).ID(), "from": "2025-01-01"}
		},
	} {
		for range 5 {
			b := body()
			var all sync.WaitGroup
			answers := [2]*testkit.Answer{}
			for i, c := range rivals {
				all.Add(1)
				go func() { defer all.Done(); answers[i] = c.Post(w.seats(), b) }()
			}
			all.Wait()
			statuses := []int{answers[0].Status, answers[1].Status}
			slices.Sort(statuses)
			require.Equal(t, []int{201, 409}, statuses, "%s: %s %s", name, answers[0].Body, answers[1].Body)
			won, lost := answers[0], answers[1]
			if lost.Status == 201 {
				won, lost = lost, won
			}
			lost.Problem(409, "overlap")
			assert.Equal(t, won.ID(), lost.JSON()["conflictsWith"], name)
			w.staff.Do("DELETE", "/v1/seats/"+won.ID(), nil, testkit.IfMatch("*")).Want(204)
		}
	}
}

// TestDatabaseRefuses: the constraints hold without the code, and let two holders be swapped within one transaction.
func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network, a, b := w.newNetwork("Verkosto", nil), w.newPerson("A", true), w.newPerson("B", true)
	insert := func(role string, network, person, deputyFor any) (string, error) {
		id := store.NewID()
		_, err := w.DB.Exec(t.Context(), `insert into seats (id, version, created_at, updated_at, council_id, role, nominating_network_id, person_id, deputy_for, vacant, valid_from) values ($1, 1, now(), now(), $2, $3, $4, $5, $6, $7, '2024-01-01')`,
			id, w.council, role, network, person, deputyFor, person == nil)
		return id.String(), err
	}
	chair, err := insert("chair", nil, a, nil)
	require.NoError(t, err)
	member, err := insert("member", network, b, nil)
	require.NoError(t, err)
	_, err = insert("deputy", network, nil, member)
	require.NoError(t, err)
	for want, try := range map[string]func() (string, error){
		"seats_chair":          func() (string, error) { return insert("chair", nil, nil, nil) },
		"seats_network":        func() (string, error) { return insert("vice_chair", network, nil, nil) },
		"seats_network_deputy": func() (string, error) { return insert("deputy", network, nil, member) },
		"seats_person":         func() (string, error) { return insert("expert", nil, a, nil) },
		"seats_deputy_for":     func() (string, error) { return insert("deputy", nil, nil, nil) },
	} {
		_, err := try()
		assert.Equal(t, want, store.Violated(err))
	}
	w.Exec("update seats set predecessor_id = $1 where id = $2", chair, member)
	_, err = w.DB.Exec(t.Context(), "insert into seats (id, version, created_at, updated_at, council_id, role, predecessor_id, vacant) values ($1, 1, now(), now(), $2, 'expert', $3, true)", store.NewID(), w.council, chair)
	assert.Equal(t, "seats_predecessor", store.Violated(err))

	swap := func(first string) error {
		return w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			for _, sql := range []string{first, fmt.Sprintf("update seats set person_id = '%s' where id = '%s'", b, chair), fmt.Sprintf("update seats set person_id = '%s' where id = '%s'", a, member)} {
				if _, err := tx.Conn().Exec(ctx, sql); err != nil {
					return store.Err(err)
				}
			}
			return nil
		})
	}
	assert.Equal(t, "seats_person", store.Violated(swap("select 1")), "each statement is held against the rule")
	require.NoError(t, swap("set constraints seats_person deferred"), "unless the transaction asks for its end")
}

// TestUpdateUnderLock: a correction waits for the council's other writers, and then refers to what is still there.
func TestUpdateUnderLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	principal, other := w.staff.Post(w.seats(), of()).Want(201).ID(), w.staff.Post(w.seats(), of()).Want(201).ID()
	deputy := w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": principal})).Want(201).ID()
	term, answer := w.newTerm(w.council, "2024-01-01", "2028-01-01"), make(chan *testkit.Answer, 1)
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for sql, id := range map[string]string{
			"select from councils where id = $1 for no key update": w.council, "update seats set deleted_at = now() where id = $1": other,
			"update council_terms set valid_from = '2025-01-01' where id = $1": term,
		} {
			if _, err := tx.Conn().Exec(ctx, sql, id); err != nil {
				return err
			}
		}
		go func() {
			answer <- w.staff.Patch("/v1/seats/"+deputy, object{"deputyFor": other, "termId": term}, testkit.IfMatch("*"))
		}()
		select {
		case a := <-answer:
			t.Errorf("it did not wait: %s", a.Body)
		case <-time.After(300 * time.Millisecond):
		}
		return nil
	}))
	assert.ElementsMatch(t, []string{"unknown-reference /deputyFor", "outside-term /from"}, (<-answer).Problem(422, "invalid-data"))
}
