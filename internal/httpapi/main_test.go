package httpapi_test

import (
	"testing"

	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// association is a body that creates an organisation in a municipality.
func association(name, municipality string) map[string]any {
	return map[string]any{"kind": "association", "name": map[string]any{"fi": name}, "municipality": municipality}
}
