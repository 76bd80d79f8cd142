package bench

import (
	"bytes"
	"testing"
	"time"

	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/errs"
)

// The rows keep the contract: otherwise a fill breaks off after minutes.
func TestRowsKeepTheContract(t *testing.T) {
	t.Parallel()
	c, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	schema := func(v any) errs.Faults { return contract.Check(c.Schema("OrganisationSyncRow"), v, "body", "") }
	lines := bytes.Split(bytes.TrimSpace(File(1_000_999, 300)), []byte{'\n'})
	for i := range 300 {
		lines = append(lines, marshal(Row(i*367)))
	}
	for _, l := range lines {
		if r := organisation.ReadRow(l, schema); len(r.Faults) > 0 {
			t.Fatalf("%v: %s", r.Faults, l)
		}
	}
	if !bytes.Contains(lines[0], []byte(`"1.000.999"`)) {
		t.Errorf("no register number in %s", lines[0])
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	if _, err := choose([]string{"get", "nothing"}); err == nil {
		t.Error("an unknown work was taken")
	}
	some, err := choose([]string{"list", "get"})
	if err != nil || len(some) != 2 || some[0].name != "get" {
		t.Errorf("got %v, %v", some, err)
	}
	if some, err = choose([]string{"search"}); err != nil || len(some) < 2 || some[0].name != "search-hit" {
		t.Errorf("got %v, %v", some, err)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var r result
	for i := range 100 {
		r.took = append(r.took, time.Duration(100-i)*time.Millisecond)
	}
	if p := r.quantile(.99); p != 100*time.Millisecond {
		t.Errorf("p99 is %v", p)
	}
	if m := median([]float64{9, 1, 3, 2}); m != 2.5 {
		t.Errorf("the median is %v", m)
	}
	seutu, base := result{perSecond: []float64{50, 60, 10}}, result{perSecond: []float64{100, 100, 10}}
	var out bytes.Buffer
	report(&out, &work{name: "get", base: "L2", goal: .85}, &base, &seutu)
	if !bytes.Contains(out.Bytes(), []byte("0.60   0.85 MISSED")) {
		t.Errorf("printed %q", out.String())
	}
}
