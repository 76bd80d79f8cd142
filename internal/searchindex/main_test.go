package searchindex_test

import (
	"testing"

	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func association(name string) object {
	return object{"kind": "association", "name": object{"fi": name}, "municipality": "109"}
}
