package contract

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/api"
)

// asRead compares what the library reads with what is read here, which knows no extensions of schemas.
var asRead = cmp.Options{
	cmpopts.IgnoreFields(openapi3.Schema{}, "Extensions"), cmpopts.IgnoreFields(openapi3.SchemaRef{}, "Extensions"),
	cmpopts.IgnoreFields(openapi3.Parameter{}, "Extensions"),
	cmpopts.IgnoreUnexported(openapi3.SchemaRef{}),
}

// TestReadAsTheLibraryReads: what is read in our way, because it is quick, is what the library reads of the whole contract.
func TestReadAsTheLibraryReads(t *testing.T) {
	t.Parallel()
	c, err := Load()
	require.NoError(t, err)
	doc, err := Document()
	require.NoError(t, err)
	n, bodies := 0, 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := c.Operations[op.OperationID]
			if !assert.NotNil(t, o, op.OperationID) {
				continue
			}
			n++
			assert.Equal(t, []string{method, path, op.Tags[0]}, []string{o.Method, o.Path, o.Tag})
			var parameters []*openapi3.Parameter
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				parameters = append(parameters, p.Value)
			}
			assert.Empty(t, cmp.Diff(parameters, o.Parameters, asRead), op.OperationID)
			consumes := map[string]*openapi3.Schema{}
			if op.RequestBody != nil {
				for mediaType, m := range op.RequestBody.Value.Content {
					consumes[mediaType] = m.Schema.Value
					bodies++
				}
			}
			assert.Empty(t, cmp.Diff(consumes, o.Consumes, asRead), op.OperationID)
			produces := map[string]bool{}
			for status, r := range op.Responses.Map() {
				for mediaType := range r.Value.Content {
					produces[mediaType] = produces[mediaType] || status[0] == '2'
				}
			}
			maps.DeleteFunc(produces, func(_ string, success bool) bool { return !success })
			assert.Equal(t, slices.Sorted(maps.Keys(produces)), o.Produces, op.OperationID)
			assert.Equal(t, op.Extensions, extensions(o), op.OperationID)
		}
	}
	assert.Len(t, c.Operations, n)
	assert.Greater(t, bodies, 50)
}

// extensions are those of an operation as the library gives them: one that is not known here is a difference too.
func extensions(o *Operation) map[string]any {
	out := map[string]any{
		"x-body-limit": float64(o.BodyLimit), "x-timeout": float64(o.Timeout), "x-idempotency": o.Idempotency, "x-answer-secret": o.Secret, "x-probe": o.Probe,
	}
	maps.DeleteFunc(out, func(_ string, v any) bool { return reflect.ValueOf(v).IsZero() })
	out["x-permission"] = string(o.Permissions[0])
	if len(o.Permissions) > 1 {
		var names []any
		for _, p := range o.Permissions {
			names = append(names, string(p))
		}
		out["x-permission"] = names
	}
	return out
}

// TestReadRefuses: what is broken is an error, not an operation that takes anything.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"another syntax":           {`{`, `[`},
		"a number for a name":      {`"operationId":"getHealth"`, `"operationId":1`},
		"a missing schema":         {`"NameMap":{`, `"Gone":{`},
		"a missing parameter":      {`"IfMatch":{`, `"Gone":{`},
		"no tag":                   {`"tags":["service"]`, `"tags":[]`},
		"a body without a schema":  {`"example":{"year":2028},"schema":`, `"example":{"year":2028},"scheme":`},
		"a permission that is 1":   {`"x-permission":"public"`, `"x-permission":1`},
		"a schema of another kind": {`"minLength":1`, `"minLength":"one"`},
	} {
		broken := strings.Replace(string(api.ContractJSON), change[0], change[1], 1)
		require.NotEqual(t, string(api.ContractJSON), broken, name)
		_, err := read([]byte(broken))
		assert.Error(t, err, name)
	}
}

// BenchmarkRead is most of what the program computes before it answers.
func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := read(api.ContractJSON); err != nil {
			b.Fatal(err)
		}
	}
}
