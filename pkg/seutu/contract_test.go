package seutu_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/testkit"
	"github.com/seutu/seutu/pkg/seutu"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// operation is one of the contract.
type operation struct {
	method, path string
	*openapi3.Operation
	item *openapi3.PathItem
}

func operations(t *testing.T) map[string]operation {
	t.Helper()
	doc, err := contract.Document()
	require.NoError(t, err)
	out := map[string]operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			out[op.OperationID] = operation{method, path, op, item}
		}
	}
	return out
}

func (o operation) parameters(in string) (out []*openapi3.Parameter) {
	for _, p := range append(slices.Clone(o.item.Parameters), o.Parameters...) {
		if p.Value.In == in {
			out = append(out, p.Value)
		}
	}
	return out
}

// address is the path with the same values that arguments have.
func (o operation) address() string {
	path := o.path
	for _, p := range o.parameters("path") {
		value := someText
		if p.Schema.Value.Format == "uuid" {
			value = someID.String()
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", value)
	}
	return path
}

const someText = "some-text"

var someID = uuid.MustParse("0193a5c0-0000-7000-8000-000000000001")

// methods hands each method of the client that sends a request to call.
func methods(c *seutu.Client, call func(name string, m reflect.Value)) {
	receivers := map[string]reflect.Value{"": reflect.ValueOf(c)}
	services := reflect.ValueOf(c.Services)
	for i := range services.NumField() {
		receivers[services.Type().Field(i).Name+"."] = services.Field(i)
	}
	for _, prefix := range slices.Sorted(maps.Keys(receivers)) {
		v := receivers[prefix]
		for i := range v.NumMethod() {
			if name := v.Type().Method(i).Name; prefix != "" || strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "List") {
				call(prefix+name, v.Method(i))
			}
		}
	}
}

// arguments makes those of a method; params fills in a struct of query parameters.
func arguments(t *testing.T, m reflect.Type, params func(reflect.Value)) []reflect.Value {
	t.Helper()
	out := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < m.NumIn()-1; i++ {
		in := m.In(i)
		switch {
		case in == reflect.TypeOf(someID):
			out = append(out, reflect.ValueOf(someID))
		case in.Kind() == reflect.String:
			out = append(out, reflect.ValueOf(someText))
		case in.Kind() == reflect.Pointer && strings.HasSuffix(in.Elem().Name(), "Params"):
			p := reflect.New(in.Elem())
			params(p)
			out = append(out, p)
		case in.Kind() == reflect.Pointer: // what was read
			v := reflect.New(in.Elem())
			v.Elem().FieldByName("ID").Set(reflect.ValueOf(someID))
			v.Elem().FieldByName("Version").SetInt(3)
			out = append(out, v)
		case in.Kind() == reflect.Func: // rows
			out = append(out, reflect.MakeFunc(in, func([]reflect.Value) []reflect.Value { return nil }))
		default:
			out = append(out, reflect.Zero(in))
		}
	}
	require.True(t, m.IsVariadic(), "options come last")
	return out
}

// invoke calls a method and gives its error; of an iterator the first. A stream is read to its end.
func invoke(m reflect.Value, args []reflect.Value) (err error) {
	out := m.Call(args)
	if body, ok := out[0].Interface().(io.ReadCloser); ok {
		_, err := io.Copy(io.Discard, body)
		return errors.Join(err, body.Close())
	}
	last := out[len(out)-1]
	if last.Kind() != reflect.Func {
		err, _ = last.Interface().(error)
		return err
	}
	for _, second := range last.Seq2() {
		err, _ = second.Interface().(error)
		return err
	}
	return nil
}

// TestEveryOperation calls every method against the running service: each operation of the contract has one, and each goes
// where the contract says, with the parameters, the media type and the preconditions that it asks for.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	ops := operations(t)
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	var (
		serving sync.Mutex // the answer is there before the service has noted it
		reached string
		status  int
		asked   *http.Request
	)
	seen := map[string]bool{}
	s.Server.Observe(func(op string, code int) { reached, status, seen[op] = op, code, true })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serving.Lock()
		defer serving.Unlock()
		reached, asked = "", r
		s.Server.ServeHTTP(w, r)
	}))
	defer server.Close()
	c, err := seutu.New(server.URL, seutu.WithToken(seutu.StaticToken(admin.Token)), seutu.WithRetries(0))
	require.NoError(t, err)
	methods(c, func(name string, m reflect.Value) {
		err := invoke(m, arguments(t, m.Type(), func(reflect.Value) {}))
		serving.Lock()
		defer serving.Unlock()
		op, ok := ops[reached]
		if !assert.True(t, ok, "%s reached no operation: %v", name, err) {
			return
		}
		assert.Equal(t, op.method, asked.Method, name)
		assert.Equal(t, op.address(), asked.URL.Path, name)
		assert.Equal(t, op.media(), asked.Header.Get("Content-Type"), name)
		for header, want := range map[string]bool{
			"Idempotency-Key": op.takes("Idempotency-Key"),
			"If-Match":        op.takes("If-Match") && (op.method != http.MethodPut || op.Responses.Value("201") == nil),
			"If-None-Match":   false,
			"Authorization":   op.method == http.MethodGet || op.Extensions["x-permission"] != "public",
		} {
			assert.Equal(t, want, asked.Header.Get(header) != "", "%s: %s", name, header)
		}
		assert.Less(t, status, 500, name)
		assert.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusUnsupportedMediaType, http.StatusPreconditionRequired}, status, name)
	})
	for id := range ops {
		assert.True(t, seen[id], "no method of the client calls %s", id)
	}
}

func (o operation) takes(header string) bool {
	return slices.ContainsFunc(o.parameters("header"), func(p *openapi3.Parameter) bool { return p.Name == header })
}

// media is the media type that the client sends.
func (o operation) media() string {
	if o.RequestBody == nil {
		return ""
	}
	content := o.RequestBody.Value.Content
	if content["application/x-ndjson"] != nil {
		return "application/x-ndjson"
	}
	return slices.Sorted(maps.Keys(content))[0]
}

// TestEveryParameter fills in every parameter of every operation: it goes out under its name and in its style.
func TestEveryParameter(t *testing.T) {
	t.Parallel()
	ops := operations(t)
	byAddress := map[string]operation{}
	for _, op := range ops {
		byAddress[op.method+" "+op.address()] = op
	}
	var asked *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r }))
	defer server.Close()
	c, err := seutu.New(server.URL)
	require.NoError(t, err)
	tried := map[string]bool{}
	methods(c, func(name string, m reflect.Value) {
		_ = invoke(m, arguments(t, m.Type(), func(reflect.Value) {})) // to learn which operation it is
		op, ok := byAddress[asked.Method+" "+asked.URL.Path]
		require.True(t, ok, "%s sends %s %s", name, asked.Method, asked.URL.Path)
		least := url.Values{}
		for _, p := range op.parameters("query") {
			if p.Required {
				least.Set(p.Name, "")
			}
		}
		assert.Equal(t, least, asked.URL.Query(), "%s: an empty struct asks for no more than has to be", name)
		want, members := url.Values{}, map[string]any{}
		for _, p := range op.parameters("query") {
			members[p.Name] = sample(p.Schema.Value, 0)
			list, many := members[p.Name].([]any)
			switch {
			case !many:
				want.Add(p.Name, fmt.Sprint(members[p.Name]))
			case p.Explode != nil && !*p.Explode:
				words := make([]string, len(list))
				for i, w := range list {
					words[i] = fmt.Sprint(w)
				}
				want.Add(p.Name, strings.Join(words, ","))
			default:
				for _, w := range list {
					want.Add(p.Name, fmt.Sprint(w))
				}
			}
			tried[op.OperationID+" "+p.Name] = true
		}
		raw, err := json.Marshal(members)
		require.NoError(t, err)
		_ = invoke(m, arguments(t, m.Type(), func(params reflect.Value) { require.NoError(t, json.Unmarshal(raw, params.Interface()), name) }))
		assert.Equal(t, want, asked.URL.Query(), name)
	})
	for id, op := range ops {
		for _, p := range op.parameters("query") {
			assert.True(t, tried[id+" "+p.Name], "%s: %s", id, p.Name)
		}
	}
}

// sample makes a value that a schema allows, with everything in it.
func sample(s *openapi3.Schema, depth int) any {
	switch {
	case depth > 8:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case s.Type.Is("object"):
		out := map[string]any{}
		for name, p := range s.Properties {
			if v := sample(p.Value, depth+1); v != nil {
				out[name] = v
			}
		}
		if more := s.AdditionalProperties.Schema; more != nil {
			out["one"] = sample(more.Value, depth+1)
		}
		return out
	case s.Type.Is("array"):
		return slices.Repeat([]any{sample(s.Items.Value, depth+1)}, 2)
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("integer"):
		return 7
	case s.Type.Is("number"):
		return 7.5
	}
	switch s.Format {
	case "uuid":
		return someID.String()
	case "date":
		return "2026-11-21"
	case "date-time":
		return "2026-11-21T10:20:30.123456Z"
	}
	return "text"
}

// TestEveryModel sends all that the contract knows of each schema through the model of its name: nothing is lost on the way.
func TestEveryModel(t *testing.T) {
	t.Parallel()
	doc, err := contract.Document()
	require.NoError(t, err)
	models := map[string]reflect.Type{}
	client, err := seutu.New("https://seutu.test")
	require.NoError(t, err)
	methods(client, func(_ string, m reflect.Value) {
		for i := range m.Type().NumIn() {
			note(models, m.Type().In(i))
		}
		for i := range m.Type().NumOut() {
			note(models, m.Type().Out(i))
		}
	})
	tried := 0
	for name, schema := range doc.Components.Schemas {
		model := models[name]
		if model == nil || model.Kind() != reflect.Struct {
			continue
		}
		tried++
		raw, err := json.Marshal(sample(schema.Value, 0))
		require.NoError(t, err)
		v := reflect.New(model)
		require.NoError(t, json.Unmarshal(raw, v.Interface()), name)
		back, err := json.Marshal(v.Interface())
		require.NoError(t, err)
		assert.JSONEq(t, string(raw), string(back), name)

		patch := strings.HasSuffix(name, "Patch") || strings.HasSuffix(name, "SyncRow")
		nothing := map[string]any{}
		for member, p := range schema.Value.Properties {
			if p.Value.Nullable {
				nothing[member] = nil
			}
		}
		raw, err = json.Marshal(nothing)
		require.NoError(t, err)
		v = reflect.New(model)
		require.NoError(t, json.Unmarshal(raw, v.Interface()), name)
		if !patch {
			assert.True(t, v.Elem().IsZero(), "%s: what is null is zero", name)
			continue
		}
		back, err = json.Marshal(v.Interface())
		require.NoError(t, err)
		for member := range nothing {
			assert.Contains(t, string(back), `"`+member+`":null`, name)
		}
	}
	assert.Greater(t, tried, 120)
}

// note collects the models that a type leads to.
func note(models map[string]reflect.Type, t reflect.Type) {
	if t.Kind() == reflect.Func { // of rows
		if t.CanSeq() && t.NumIn() == 1 && t.In(0).NumIn() > 0 {
			note(models, t.In(0).In(0))
		}
		return
	}
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if !strings.HasSuffix(t.PkgPath(), "/seutu") || models[t.Name()] != nil {
		return
	}
	models[t.Name()] = t
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			note(models, t.Field(i).Type)
		}
	}
}
