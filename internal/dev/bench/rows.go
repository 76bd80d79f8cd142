package bench

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/seutu/seutu/internal/demo"
	"github.com/seutu/seutu/internal/domain/geography"
)

// associations are those of the demo, made once.
var associations = sync.OnceValue(demo.Associations)

// divided is the country as it is divided today.
var divided = sync.OnceValue(func() *geography.Division { return geography.On(time.Now()) })

// System is the name of the external-id system of the rows.
const System = "bench"

// Row is the i-th made-up organisation as a row of a sync: an association of the demo in one of all municipalities, by
// turns, and called after it or a village. It has no register number.
func Row(i int) map[string]any {
	all, places := associations(), divided().Municipalities()
	source := all[i%len(all)].Row
	row := maps.Clone(source)
	home := places[i%len(places)]
	for _, member := range []string{"registerNumber", "businessId", "municipalities", "externalIds"} {
		delete(row, member)
	}
	row["key"] = map[string]string{"system": System, "id": fmt.Sprintf("row-%d", i)}
	row["municipality"] = home.Code
	names := map[string]string{}
	for lang, name := range source["name"].(map[string]string) {
		names[lang] = renamed(name, lang, home, i)
	}
	row["name"] = names
	if at, ok := source["location"].(map[string]float64); ok && home.Centre != nil {
		row["location"] = moved(at, source["municipality"].(string), home)
	}
	return row
}

// moved puts a point as far from the centre of its new municipality as it was from that of the old one.
func moved(at map[string]float64, from string, to geography.Municipality) map[string]float64 {
	old, ok := geography.Known(from)
	if !ok || old.Centre == nil {
		return at
	}
	return map[string]float64{"lat": at["lat"] - old.Centre.Lat + to.Centre.Lat, "lon": at["lon"] - old.Centre.Lon + to.Centre.Lon}
}

// Creation is the i-th organisation as the body of a create.
func Creation(i int) []byte {
	row := Row(i)
	delete(row, "key")
	return marshal(row)
}

// File is a file of n organisations for a sync, one JSON object a line. Their register numbers, by which both servers match
// them, are first and the following; they have seven digits.
func File(first, n int) []byte {
	var b []byte
	for i := range n {
		k := first + i
		number := fmt.Sprintf("%d.%03d.%03d", k/1_000_000, k/1000%1000, k%1000)
		row := Row(k)
		row["registerNumber"] = number
		row["key"] = map[string]string{"system": System, "id": "file-" + number}
		b = append(append(b, marshal(row)...), '\n')
	}
	return b
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return b
}
