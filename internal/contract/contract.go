// Package contract reads openapi.yaml: which operations there are, what each asks for, and whether a value fits a schema.
// Faults come in Seutu's own words, so that they can be translated.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/strictjson"
)

// Contract is what the program needs of the contract to hold requests against it. It is safe for concurrent use.
type Contract struct {
	Operations map[string]*Operation // by id
	schemas    map[string]*openapi3.Schema
}

// Operation is what is known of an operation before its answer. What the contract does not say is zero.
type Operation struct {
	ID, Method, Path, Tag string
	Permissions           []authz.Permission // one of them is needed
	Parameters            []*openapi3.Parameter
	Consumes              map[string]*openapi3.Schema // media type → schema
	Produces              []string                    // media types, in order
	BodyLimit             int64                       // x-body-limit: bytes
	Timeout               int                         // x-timeout: seconds
	Idempotency           string                      // x-idempotency
	Secret                bool                        // x-answer-secret
	Probe                 bool                        // x-probe
}

// Load is the embedded contract, read once; an error is a fault of the build. That it is sound, and that the library reads it
// no differently, is a test's to know: both take long at each start.
func Load() (*Contract, error) { return loaded() }

var loaded = sync.OnceValues(func() (*Contract, error) {
	c, err := read(api.ContractJSON)
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	return c, nil
})

// Document is the whole contract, answers and examples included, as the library reads it. That takes long: it is for tests.
func Document() (*openapi3.T, error) { return whole() }

var whole = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(api.ContractJSON) })

func init() { //nolint:gochecknoinits // the library keeps its formats in a global
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewCallbackValidator(func(s string) error {
		if len(s) != 36 {
			return errors.New("not a UUID")
		}
		_, err := uuid.Parse(s)
		return err
	}))
	openapi3.DefineStringFormatValidator("date", openapi3.NewCallbackValidator(func(s string) error { _, err := clock.ParseDate(s); return err }))
	openapi3.DefineStringFormatValidator("date-time", openapi3.NewCallbackValidator(parseTime))
}

func parseTime(s string) error {
	t, err := time.Parse(time.RFC3339, s)
	if err == nil && (t.UTC().Year() < 1 || t.UTC().Year() > 9999) {
		return errors.New("outside the years 1 to 9999")
	}
	return err
}

// Schema is a named schema of those that requests use.
func (c *Contract) Schema(name string) *openapi3.Schema { return c.schemas[name] }

// Row checks a value against a named schema.
func (c *Contract) Row(schema string, v any) errs.Faults {
	return Check(c.Schema(schema), v, "body", "")
}

// Check holds a decoded value against a schema and names all faults, each with its place under prefix.
func Check(schema *openapi3.Schema, v any, in, prefix string) errs.Faults {
	return Faults(schema.VisitJSON(v, openapi3.MultiErrors(), openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()), in, prefix)
}

// Faults turns the library's tree of errors into a list.
func Faults(err error, in, prefix string) errs.Faults {
	var out errs.Faults
	flatten(err, in, prefix, &out)
	return out
}

func flatten(err error, in, prefix string, out *errs.Faults) {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil || len(*out) >= errs.MaxFaults:
	case errors.As(err, &many):
		for _, e := range many {
			flatten(e, in, prefix, out)
		}
	case errors.As(err, &one):
		pointer := prefix
		if path := one.JSONPointer(); len(path) > 0 {
			if in == "body" {
				pointer += strictjson.Pointer(path)
			}
		}
		code, detail := explain(one)
		if code == "unknown" {
			pointer += strictjson.Pointer([]string{unknownName(one.Reason)})
		}
		*out = append(*out, errs.Fault{In: in, Pointer: pointer, Code: code, Detail: detail})
	default:
		*out = append(*out, errs.Fault{In: in, Pointer: prefix, Code: "invalid", Detail: errs.Msg("it does not fit the contract")})
	}
}

var quoted = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)

func unknownName(reason string) string {
	if m := quoted.FindString(reason); m != "" {
		var s string
		if json.Unmarshal([]byte(m), &s) == nil {
			return s
		}
		return strings.Trim(m, `"`)
	}
	return ""
}

// explain says in our words what the schema asks for. The value itself is never repeated: it may be personal.
func explain(e *openapi3.SchemaError) (code string, detail errs.Message) {
	s := e.Schema
	switch e.SchemaField {
	case "required":
		return "required", errs.Msg("it is missing")
	case "properties":
		return "unknown", errs.Msg("there is no such member")
	case "type":
		return "type", errs.Msg("it must be of type %s", strings.Join(s.Type.Slice(), ", "))
	case "nullable":
		return "null", errs.Msg("it cannot be null")
	case "enum":
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		return "enum", errs.Msg("it must be one of: %s", strings.Join(words, ", "))
	case "pattern":
		if s.Pattern == `\S` {
			return "pattern", errs.Msg("it may not be blank")
		}
		return "pattern", errs.Msg("it must match %s", s.Pattern)
	case "format":
		return "format", errs.Msg("it must be in the format %s", s.Format)
	case "minLength":
		return "too-short", errs.Msg("it has too few characters: at least %d", s.MinLength)
	case "maxLength":
		return "too-long", errs.Msg("it may have at most %d characters", deref(s.MaxLength))
	case "minimum", "exclusiveMinimum":
		return "too-small", errs.Msg("it must be at least %s", plain(deref(s.Min)))
	case "maximum", "exclusiveMaximum":
		return "too-large", errs.Msg("it may be at most %s", plain(deref(s.Max)))
	case "minItems":
		return "too-few", errs.Msg("it has too few items: at least %d", s.MinItems)
	case "maxItems":
		return "too-many", errs.Msg("it may have at most %d items", deref(s.MaxItems))
	case "uniqueItems":
		return "duplicate", errs.Msg("no item may stand twice")
	case "minProperties":
		return "too-few", errs.Msg("it has too few members: at least %d", s.MinProps)
	}
	return "invalid", errs.Msg("it does not fit the contract")
}

// plain writes a limit without an exponent.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
