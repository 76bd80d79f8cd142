package nomination_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// race sends two requests at once and wants exactly one to succeed; it gives the answer of the other.
func race(t *testing.T, name string, send [2]func() *testkit.Answer) (won int, lost *testkit.Answer) {
	t.Helper()
	var all sync.WaitGroup
	answers := [2]*testkit.Answer{}
	for i := range send {
		all.Add(1)
		go func() { defer all.Done(); answers[i] = send[i]() }()
	}
	all.Wait()
	won = 0
	if answers[0].Status >= 300 {
		won = 1
	}
	require.Less(t, answers[won].Status, 300, "%s: nobody wins: %s %s", name, answers[0].Body, answers[1].Body)
	require.GreaterOrEqual(t, answers[1-won].Status, 400, "%s: both win", name)
	return won, answers[1-won]
}

func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	coordinator := w.As(authz.Coordinator, "05")
	person := func() string { return w.newPerson("Joku", false, w.network) }
	for range 5 {
		// two nominations for one place: one seat, and the other stays proposed
		a, b := w.convener.Post(w.url(), w.proposal(object{"personId": person()})).Want(201), w.convener.Post(w.url(), w.proposal(object{"personId": person()})).Want(201)
		won, lost := race(t, "confirm ∥ confirm", [2]func() *testkit.Answer{
			func() *testkit.Answer { return w.transition(w.staff, a, object{"to": "confirmed"}) },
			func() *testkit.Answer { return w.transition(coordinator, b, object{"to": "confirmed"}) },
		})
		assert.Equal(t, []string{"overlap /nominatingNetworkId"}, lost.Problem(409, "overlap"))
		loser := []*testkit.Answer{b, a}[won]
		assert.Equal(t, "proposed", w.staff.Get("/v1/nominations/" + loser.ID()).JSON()["status"])
		w.Exec("update seats set deleted_at = now() where council_id = $1", w.council)

		// confirming one that is being withdrawn: a seat, or none
		c := w.convener.Post(w.url(), w.proposal(object{"personId": person()})).Want(201)
		won, lost = race(t, "confirm ∥ withdraw", [2]func() *testkit.Answer{
			func() *testkit.Answer { return w.transition(w.staff, c, object{"to": "confirmed"}) },
			func() *testkit.Answer { return w.transition(w.convener, c, object{"to": "withdrawn"}) },
		})
		if lost.Status == 412 {
			lost.Problem(412, "stale")
		} else {
			lost.Problem(409, "transition-not-allowed")
		}
		var seats int
		w.Scan("select count(*) from seats where council_id = $1 and deleted_at is null", []any{w.council}, &seats)
		assert.Equal(t, 1-won, seats)
		w.Exec("update seats set deleted_at = now() where council_id = $1", w.council)

		// the same proposal twice
		p := person()
		_, lost = race(t, "propose ∥ propose", [2]func() *testkit.Answer{
			func() *testkit.Answer { return w.convener.Post(w.url(), w.proposal(object{"personId": p})) },
			func() *testkit.Answer { return coordinator.Post(w.url(), w.proposal(object{"personId": p})) },
		})
		lost.Problem(409, "duplicate")
	}
}

// TestDeadlineMoves: a nomination waits for a deadline that is being moved, and is held against the new one.
func TestDeadlineMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	call := w.staff.Post("/v1/councils/"+w.council+"/nomination-calls", object{"title": fi("x"), "deadline": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}).Want(201).ID()
	for _, passed := range []bool{true, false} {
		held, answer := make(chan struct{}), make(chan *testkit.Answer, 1)
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			interval := map[bool]string{true: "-1 minute", false: "1 hour"}[passed]
			if _, err := tx.Conn().Exec(ctx, fmt.Sprintf("update nomination_calls set deadline = now() + interval '%s' where id = '%s'", interval, call)); err != nil {
				return err
			}
			body := w.proposal(object{"callId": call, "personId": w.newPerson("Joku", false, w.network)})
			go func() { close(held); answer <- w.convener.Post(w.url(), body) }()
			<-held
			select {
			case a := <-answer:
				t.Errorf("it did not wait: %s", a.Body)
			case <-time.After(200 * time.Millisecond):
			}
			return nil
		})
		require.NoError(t, err)
		a := <-answer
		if passed {
			a.Problem(409, "deadline-passed")
		} else {
			a.Want(201)
		}
	}
}

// TestErasureMeanwhile: who is being erased is proposed no more, and has no seat more: the reference waits for the erasure.
func TestErasureMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, refer := range map[string]func(person string) *testkit.Answer{
		"a nomination": func(person string) *testkit.Answer {
			return w.convener.Post(w.url(), w.proposal(object{"personId": person}))
		},
		"a seat": func(person string) *testkit.Answer {
			return w.As(authz.Admin, "").Post("/v1/councils/"+w.council+"/seats", object{"role": "expert", "personId": person})
		},
	} {
		person, answer := w.newPerson("Katoava", false, w.network), make(chan *testkit.Answer, 1)
		require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Conn().Exec(ctx, "update people set name = null, sort_name = '', erased_at = now(), deleted_at = now(), version = version + 1 where id = $1", person); err != nil {
				return err
			}
			go func() { answer <- refer(person) }()
			select {
			case a := <-answer:
				t.Errorf("%s did not wait: %s", name, a.Body)
			case <-time.After(300 * time.Millisecond):
			}
			return nil
		}))
		assert.Equal(t, []string{"unknown-reference /personId"}, (<-answer).Problem(422, "invalid-data"), name)
	}
}

// TestMeetingMeanwhile: a meeting that is deleted while a nomination is decided in it did not decide it.
func TestMeetingMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	meeting, n, answer := w.newMeeting(w.council), w.convener.Post(w.url(), w.proposal()).Want(201), make(chan *testkit.Answer, 1)
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "update meetings set deleted_at = now() where id = $1", meeting); err != nil {
			return err
		}
		go func() { answer <- w.transition(w.staff, n, object{"to": "confirmed", "meetingId": meeting}) }()
		time.Sleep(300 * time.Millisecond)
		return nil
	}))
	assert.Equal(t, []string{"unknown-reference /meetingId"}, (<-answer).Problem(422, "invalid-data"))
	assert.Equal(t, "proposed", w.staff.Get("/v1/nominations/" + n.ID()).JSON()["status"])
	var seats int
	w.Scan("select count(*) from seats where council_id = $1", []any{w.council}, &seats)
	assert.Zero(t, seats, "nothing is half done")
}
