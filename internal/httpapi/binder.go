package httpapi

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/labstack/echo/v4"
)

// binder decodes the JSON that the contract has just checked, whatever its media type (Echo's own refuses
// application/merge-patch+json). Names that differ in case only were refused before, so encoding/json's leniency does no harm.
type binder struct{}

// Bind decodes the request's JSON into v.
func (binder) Bind(v any, c echo.Context) error {
	raw := infoOf(c).body
	if len(raw) == 0 {
		return io.EOF
	}
	return json.Unmarshal(raw, v)
}

func parseQuality(s string) float64 {
	if s == "" {
		return 1
	}
	q, err := strconv.ParseFloat(s, 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
