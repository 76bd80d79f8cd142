package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// work is one kind of load: what is asked, whom Seutu is compared with, and the least ratio that the project holds itself to.
type work struct {
	name, base string
	goal       float64
	forgets    bool // Seutu keeps no answers in memory: the work is to be done each time
	next       func(m *sample, w *worker) request
	run        func(ctx context.Context, b *bench, w *work) error // nil: connections that ask next for some seconds
}

// works are in the order in which they run: those that write come last.
var works = []work{
	{name: "get-hit", base: "L1", goal: 0.75, next: getHit},
	{name: "list-hit", base: "L1", goal: 0.75, next: listHit},
	{name: "search-hit", base: "L1", goal: 0.75, next: searchHit},
	{name: "get-hot", base: "L1", goal: 0.75, next: getHot},
	{name: "get-304", base: "L1", goal: 0.75, next: get304},
	{name: "list-hot", base: "L1", goal: 0.75, next: listHot},
	{name: "get", base: "L2", goal: 0.85, forgets: true, next: get},
	{name: "get-auth", base: "L2", goal: 0.85, next: getAuth},
	{name: "list", base: "L2", goal: 0.95, forgets: true, next: listPage},
	{name: "deep", base: "L2", goal: 0.9, forgets: true, next: deep},
	{name: "search-words", base: "L2", goal: 0.85, forgets: true, next: searchList},
	{name: "search-all", base: "L2", goal: 0.85, forgets: true, next: searchAll},
	{name: "search-common", base: "L2", goal: 8, forgets: true, next: searchCommon},
	{name: "create", base: "L2", goal: 0.8, next: create},
	{name: "update", base: "L2", goal: 0.85, next: update},
	{name: "mixed", base: "L2", goal: 0.85, next: mixed},
	{name: "search-after", base: "bef.", goal: 0.7, run: searchAfter},
	{name: "import", base: "L2", goal: 0.9, run: importFiles},
	{name: "start", base: "L2", run: startTimes},
	{name: "memory", run: memoryUse},
}

// choose picks works by name, or all that begin alike: search for search-words and search-all. All, if none are named.
func choose(names []string) ([]work, error) {
	if len(names) == 0 {
		return works, nil
	}
	wanted := map[string]bool{}
	for _, n := range names {
		some := slices.DeleteFunc(slices.Clone(works), func(w work) bool { return w.name != n })
		if len(some) == 0 {
			some = slices.DeleteFunc(slices.Clone(works), func(w work) bool { return !strings.HasPrefix(w.name, n+"-") })
		}
		if len(some) == 0 {
			return nil, fmt.Errorf("there is no work %q; there are %s", n, workNames())
		}
		for _, w := range some {
			wanted[w.name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(works), func(w work) bool { return !wanted[w.name] }), nil
}

func workNames() string {
	var names []string
	for _, w := range works {
		names = append(names, w.name)
	}
	return strings.Join(names, ", ")
}

func getRow(id string) request {
	return request{method: "GET", path: "/v1/organisations/" + id, status: 200}
}

func get(m *sample, w *worker) request    { return getRow(m.ids[w.dice.IntN(len(m.ids))]) }
func getHot(m *sample, w *worker) request { return getRow(m.ids[w.dice.IntN(hot)]) }

func getAuth(m *sample, w *worker) request {
	r := get(m, w)
	r.signedIn = true
	return r
}

func get304(m *sample, w *worker) request {
	i := w.dice.IntN(hot)
	r := getRow(m.ids[i])
	r.headers, r.status = "If-None-Match: "+m.tags[i]+"\r\n", 304
	return r
}

func listOf(municipality string) request {
	return request{method: "GET", path: "/v1/organisations?municipality=" + municipality, status: 200}
}

func listPage(m *sample, w *worker) request {
	return listOf(m.municipalities[w.dice.IntN(len(m.municipalities))])
}

func listHot(m *sample, w *worker) request { return listOf(m.municipalities[w.dice.IntN(20)]) }

func deep(m *sample, w *worker) request {
	p := m.deep[w.dice.IntN(len(m.deep))]
	if w.s.name != "L2" {
		return request{method: "GET", path: p.seutu, status: 200}
	}
	return request{method: "GET", path: p.l2, status: 200}
}

func create(m *sample, _ *worker) request {
	return request{
		method: "POST", path: "/v1/organisations", signedIn: true, status: 201,
		headers: "Content-Type: application/json\r\n", body: m.bodies[int(m.created.Add(1))%len(m.bodies)],
	}
}

// writers is how many connections may write without two of them meeting at a row.
const writers = 256

// update changes a row that no other connection changes, over the version that it has left there.
func update(m *sample, w *worker) request {
	step := 2 * writers
	i := 2*w.number + w.s.index + step*w.dice.IntN(len(m.ids)/step)
	version := m.versions[i]
	m.versions[i]++
	return request{
		method: "PATCH", path: "/v1/organisations/" + m.ids[i], signedIn: true, status: 200,
		headers: "Content-Type: application/merge-patch+json\r\nIf-Match: \"" + strconv.FormatInt(version, 10) + "\"\r\n",
		body:    fmt.Appendf(nil, `{"website":"https://example.org/%d"}`, version),
	}
}

// mixed is six rows, three lists and one update of ten.
func mixed(m *sample, w *worker) request {
	switch n := w.dice.IntN(10); {
	case n < 6:
		return get(m, w)
	case n < 9:
		return listPage(m, w)
	default:
		return update(m, w)
	}
}

// connect opens the connections to a server.
func (b *bench) connect(ctx context.Context, s *server) (clients []*worker, done func(), err error) {
	done = func() {
		for _, c := range clients {
			_ = c.conn.Close()
		}
	}
	for n := range b.o.Connections {
		c, err := newWorker(ctx, s, n)
		if err != nil {
			done()
			return nil, nil, err
		}
		clients = append(clients, c)
	}
	return clients, done, nil
}

// compare lets both servers do the work in turns and prints a line.
func compare(ctx context.Context, b *bench, w *work) error {
	base, err := b.server(ctx, w.base)
	if err != nil {
		return err
	}
	own := b.seutu
	if w.forgets {
		if own, err = b.server(ctx, forgetful); err != nil {
			return err
		}
	}
	pair := []*server{base, own}
	results := make([]result, len(pair))
	clients := make([][]*worker, len(pair))
	for i, s := range pair {
		var done func()
		if clients[i], done, err = b.connect(ctx, s); err != nil {
			return err
		}
		defer done()
	}
	next := func(c *worker) request { return w.next(b.sample, c) }
	for r := range b.o.Seconds + 1 {
		for i, s := range pair {
			to, length := &results[i], time.Second
			if r == 0 { // warms up
				to, length = &result{}, 300*time.Millisecond
			}
			if err := round(ctx, s, clients[i], next, length, to); err != nil {
				return err
			}
		}
	}
	report(b.out, w, &results[0], &results[1])
	return nil
}

const head = "work           base     base/s   Seutu/s   ratio   goal            p50 base   Seutu   p99 base   Seutu   CPU µs base  Seutu\n"

// report prints the line of a work: the ratio is the median of the ratios of the rounds, because others use the machine too.
func report(out io.Writer, w *work, base, seutu *result) {
	ratios := make([]float64, len(base.perSecond))
	for i := range ratios {
		ratios[i] = seutu.perSecond[i] / base.perSecond[i]
	}
	ratio := median(ratios)
	fmt.Fprintf(out, "%-14s %-4s  %9.0f %9.0f  %6.2f   %s   %8.2f %8.2f   %8.2f %8.2f      %8.0f %7.0f\n", w.name, w.base, median(base.perSecond), median(seutu.perSecond),
		ratio, verdict(ratio, w.goal), ms(base.quantile(.5)), ms(seutu.quantile(.5)), ms(base.quantile(.99)), ms(seutu.quantile(.99)), base.each(), seutu.each())
}

func verdict(ratio, goal float64) string {
	if ratio < goal {
		return fmt.Sprintf("%.2f MISSED", goal)
	}
	return fmt.Sprintf("%.2f met   ", goal)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// each is the processor time of the server process for one request, in µs.
func (r *result) each() float64 {
	return float64(r.cpu.Microseconds()) / float64(max(len(r.took), 1))
}
