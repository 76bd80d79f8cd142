package httpapi

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/internal/errs"
)

// binder decodes the JSON that the contract has just checked, whatever its media type (Echo's own refuses
// application/merge-patch+json). Names that differ in case only were refused before, so encoding/json's leniency does no harm.
type binder struct{}

// Bind decodes the request's JSON into v.
func (binder) Bind(v any, c echo.Context) error {
	err := json.Unmarshal(infoOf(c).body, v)
	if err == nil {
		return nil
	}
	// a number that the contract lets pass and Go's type does not hold, such as 1e3 for an integer
	f := errs.Fault{In: "body", Code: "invalid", Detail: errs.Msg("it does not fit the contract")}
	var te *json.UnmarshalTypeError
	if errors.As(err, &te) && te.Field != "" {
		f.Pointer = "/" + strings.ReplaceAll(te.Field, ".", "/")
	}
	return errs.Broken(f)
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
