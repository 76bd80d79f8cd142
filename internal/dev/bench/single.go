package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// fileRows is how many rows an import brings: as many as one request may.
const fileRows = 10_000

// importFiles sends files of new organisations to both servers in turns, and each of Seutu's a second time.
func importFiles(ctx context.Context, b *bench, w *work) error {
	base, err := b.server(ctx, w.base)
	if err != nil {
		return err
	}
	var took [2]result
	var again result
	for range 3 {
		for i, s := range []*server{base, b.seutu} {
			file := File(b.sample.nextNumber, fileRows)
			b.sample.nextNumber += fileRows
			created, _, err := send(ctx, s, file, &took[i])
			if err != nil {
				return err
			}
			if s != b.seutu {
				continue
			}
			_, unchanged, err := send(ctx, s, file, &again)
			if err != nil {
				return err
			}
			if created != fileRows || unchanged != fileRows {
				return fmt.Errorf("%d rows were created, %d unchanged the second time, not %d", created, unchanged, fileRows)
			}
		}
	}
	report(b.out, w, &took[0], &took[1])
	report(b.out, &work{name: "reimport", base: "1st", goal: 5}, &took[1], &again)
	return nil
}

// send sends one file; of the result it counts rows, not requests.
func send(ctx context.Context, s *server, file []byte, to *result) (created, unchanged int, err error) {
	w, err := newWorker(ctx, s, 0)
	if err != nil {
		return 0, 0, err
	}
	defer w.conn.Close()
	start, cpu := time.Now(), s.cpu()
	_, body, err := w.do(request{
		method: "POST", path: "/v1/sync/organisations", signedIn: true, headers: "Content-Type: application/x-ndjson\r\n", body: file, status: 200,
	}, true)
	if err != nil {
		return 0, 0, err
	}
	elapsed := time.Since(start)
	to.cpu += s.cpu() - cpu
	to.perSecond = append(to.perSecond, fileRows/elapsed.Seconds())
	to.took = append(to.took, elapsed)
	var answer struct{ Created, Unchanged int }
	err = json.Unmarshal(body, &answer)
	return answer.Created, answer.Unchanged, err
}

// startTimes measures from the start of the process to its first answer with a row.
func startTimes(ctx context.Context, b *bench, w *work) error {
	var took [2]result
	for range 5 {
		for i, name := range []string{w.base, seutu} {
			start := time.Now()
			s, err := b.maker.start(ctx, name)
			if err != nil {
				return err
			}
			c, err := newWorker(ctx, s, 0)
			if err == nil {
				_, _, err = c.do(getRow(b.sample.ids[0]), false)
				_ = c.conn.Close()
			}
			took[i].took = append(took[i].took, time.Since(start))
			s.stop()
			if err != nil {
				return err
			}
		}
	}
	own := took[1].quantile(.5)
	fmt.Fprintf(b.out, "%-14s %s %.0f ms, Seutu %.0f ms to the first row (goal 50 ms: %s)\n", w.name, w.base, ms(took[0].quantile(.5)), ms(own), reached(own <= 50*time.Millisecond))
	return nil
}

func reached(yes bool) string {
	if yes {
		return "met"
	}
	return "MISSED"
}

// memoryUse starts a Seutu of its own and looks at its resident memory: idle, under reads on 64 connections, in an import.
func memoryUse(ctx context.Context, b *bench, w *work) error {
	s, err := b.maker.start(ctx, seutu)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := signIn(ctx, s); err != nil {
		return err
	}
	time.Sleep(time.Second)
	idle, _ := s.memory()
	var clients []*worker
	for n := range 64 {
		c, err := newWorker(ctx, s, n)
		if err != nil {
			return err
		}
		defer c.conn.Close()
		clients = append(clients, c)
	}
	next := func(c *worker) request {
		if c.dice.IntN(2) == 0 {
			return get(b.sample, c)
		}
		return listPage(b.sample, c)
	}
	if err := round(ctx, s, clients, next, time.Duration(b.o.Seconds)*time.Second, &result{}); err != nil {
		return err
	}
	after, loaded := s.memory()
	file := File(b.sample.nextNumber, fileRows)
	b.sample.nextNumber += fileRows
	if _, _, err := send(ctx, s, file, &result{}); err != nil {
		return err
	}
	_, imported := s.memory()
	fmt.Fprintf(b.out, "%-14s idle %d MB, after 64 connections %d MB, peak %d MB (goal 100: %s), peak with an import of %d rows %d MB (goal 80: %s)\n",
		w.name, idle, after, loaded, reached(loaded <= 100), fileRows, imported, reached(imported <= 80))
	return nil
}
