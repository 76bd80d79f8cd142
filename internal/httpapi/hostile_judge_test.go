package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// This is a second opinion on what the contract forbids, apart from the code under test.

// unsound tells why the bytes are no JSON that may be accepted.
func unsound(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := unsoundValue(d, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("trailing data")
	}
	return nil
}

func unsoundValue(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if s, ok := t.(string); ok && strings.ContainsRune(s, 0) {
		return errors.New("NUL")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	if depth >= 32 {
		return errors.New("too deep")
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			n := fmt.Sprint(name)
			if seen[n] || strings.ContainsRune(n, 0) {
				return fmt.Errorf("%q stands twice, or holds NUL", n)
			}
			seen[n] = true
		}
		if err := unsoundValue(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// misfit tells why a value does not fit a schema: the library's opinion, and our own about unknown members.
func misfit(s *openapi3.Schema, v any) error {
	if err := s.VisitJSON(v, openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()); err != nil {
		return err
	}
	return unknown(s, v)
}

func unknown(s *openapi3.Schema, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for name, m := range v {
			p := s.Properties[name]
			if p == nil {
				if h := s.AdditionalProperties; h.Has == nil || *h.Has || h.Schema != nil {
					return nil
				}
				return fmt.Errorf("unknown member %q", name)
			}
			if err := unknown(p.Value, m); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range v {
			if s.Items != nil {
				if err := unknown(s.Items.Value, e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func forbiddenJSON(s *openapi3.Schema, raw []byte) error {
	if err := unsound(raw); err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	return misfit(s, v)
}

func forbiddenForm(s *openapi3.Schema, raw []byte) error {
	form, err := url.ParseQuery(string(raw))
	v := map[string]any{}
	for name, values := range form {
		if len(values) != 1 || !utf8.ValidString(values[0]) || strings.ContainsRune(values[0], 0) {
			return fmt.Errorf("form member %q", name)
		}
		v[name] = values[0]
	}
	return errors.Join(err, misfit(s, v))
}

// scalar reads the text of a parameter as its schema's type.
func scalar(s *openapi3.Schema, text string) (any, error) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, errors.New("not text")
	case s.Type.Is("integer"):
		n, err := strconv.ParseInt(text, 10, 64)
		return float64(n), err
	case s.Type.Is("number"):
		n, err := strconv.ParseFloat(text, 64)
		if math.IsNaN(n) || math.IsInf(n, 0) {
			err = errors.New("no number")
		}
		return n, err
	case s.Type.Is("boolean"):
		return strconv.ParseBool(text)
	}
	return text, nil
}

func forbiddenQuery(item *openapi3.PathItem, op *openapi3.Operation, raw string) error {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return err
	}
	for name, values := range q {
		p := parameter(item, op, "query", name)
		if p == nil {
			return fmt.Errorf("unknown parameter %q", name)
		}
		s := p.Schema.Value
		if s.Type.Is("array") {
			if p.Explode != nil && !*p.Explode && len(values) == 1 {
				values = strings.Split(values[0], ",")
			} else if p.Explode != nil && !*p.Explode {
				return fmt.Errorf("%s stands twice", name)
			}
			list := []any{}
			for _, v := range values {
				e, err := scalar(s.Items.Value, v)
				if err != nil {
					return err
				}
				list = append(list, e)
			}
			if err := misfit(s, list); err != nil {
				return err
			}
			continue
		}
		if len(values) > 1 {
			return fmt.Errorf("%s stands twice", name)
		}
		v, err := scalar(s, values[0])
		if err != nil {
			return err
		}
		if err := misfit(s, v); err != nil {
			return err
		}
	}
	return nil
}

func parameter(item *openapi3.PathItem, op *openapi3.Operation, in, name string) *openapi3.Parameter {
	for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
		if p.Value.In == in && p.Value.Name == name {
			return p.Value
		}
	}
	return nil
}

// forbidden tells why the contract does not allow the request; nil if it does. rows tells of each row of a sync.
func forbidden(o *target, r *http.Request, body []byte, params map[string]string) (rows []error, err error) {
	for name, v := range params {
		if p := parameter(o.item, o.op, "path", name); p != nil {
			if err := misfit(p.Schema.Value, v); err != nil || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, fmt.Errorf("path %s: %q %w", name, v, err)
			}
		}
	}
	for _, name := range []string{"If-Match", "If-None-Match", "Idempotency-Key"} {
		if p := parameter(o.item, o.op, "header", name); p != nil {
			for _, v := range r.Header.Values(name) {
				if err := misfit(p.Schema.Value, v); err != nil || len(r.Header.Values(name)) > 1 {
					return nil, fmt.Errorf("header %s: %w", name, err)
				}
			}
		}
	}
	if err := forbiddenQuery(o.item, o.op, r.URL.RawQuery); err != nil {
		return nil, err
	}
	if o.op.RequestBody == nil {
		return nil, nil
	}
	mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	content := o.op.RequestBody.Value.Content[mt]
	switch {
	case err != nil || content == nil:
		return nil, fmt.Errorf("media type %q", mt)
	case mt == "application/x-www-form-urlencoded":
		return nil, forbiddenForm(content.Schema.Value, body)
	case mt == "application/x-ndjson":
		for _, line := range bytes.Split(body, []byte("\n")) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				rows = append(rows, forbiddenJSON(content.Schema.Value, line))
			}
		}
		return rows, nil
	}
	if o.id != "syncOrganisations" {
		return nil, forbiddenJSON(content.Schema.Value, body)
	}
	if err := unsound(body); err != nil { // of the whole only the form counts: each row is judged by itself
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil || list == nil {
		return nil, fmt.Errorf("no array: %w", err)
	}
	for _, raw := range list {
		if raw[0] != '{' {
			return nil, errors.New("a row is no object")
		}
		rows = append(rows, forbiddenJSON(o.op.RequestBody.Value.Content["application/x-ndjson"].Schema.Value, raw))
	}
	return rows, nil
}

// judge finds what is wrong with an answer beyond what the client checks.
func judge(o *target, who *hostile, r *http.Request, body []byte, params map[string]string, a *testkit.Answer) (out []string) {
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.Status == http.StatusServiceUnavailable { // documented, but nothing here asks for it; the client finds the other 5xx
		wrong("status 503")
	}
	isJSON := strings.HasSuffix(a.Header.Get("Content-Type"), "json")
	if len(a.Body) > 0 && isJSON {
		if err := unsound(a.Body); err != nil {
			wrong("the answer is no sound JSON: %v", err)
		}
	}
	for _, leak := range []string{"SQLSTATE", "goroutine ", "pgconn", "gorm", "internal/"} {
		if bytes.Contains(a.Body, []byte(leak)) && a.Status >= 400 {
			wrong("the answer tells of %q", leak)
		}
	}
	if a.Status >= 400 {
		var p struct {
			Type   string
			Status int
			Errors []struct{ In, Pointer, Code, Detail string }
		}
		if err := json.Unmarshal(a.Body, &p); err != nil || p.Status != a.Status || !strings.HasPrefix(p.Type, "/problems/") || a.Header.Get("Content-Type") != "application/problem+json" {
			wrong("not a problem document: %v", err)
		}
		if p.Type == "/problems/validation" && len(p.Errors) == 0 {
			wrong("a validation problem without errors")
		}
		return out
	}
	if o == nil {
		return out
	}
	if p := o.permissions; a.Status != 304 && !slices.ContainsFunc(p, who.actor.Holds) {
		wrong("accepted without %s", p)
	}
	rows, err := forbidden(o, r, body, params)
	rowsApart := o.id == "syncOrganisations" && err != nil // what is wrong inside a row rejects that row, and the report says so
	if err != nil && a.Status < 300 && !rowsApart {
		wrong("accepted, but the contract forbids it: %.300v", err)
	}
	if o.id == "syncOrganisations" && a.Status == 200 && !rowsApart {
		var report struct{ Results []struct{ Outcome string } }
		if err := json.Unmarshal(a.Body, &report); err != nil || len(report.Results) != len(rows) {
			wrong("%d rows, %d results, %v", len(rows), len(report.Results), err)
			return out
		}
		for i, err := range rows {
			if err != nil && report.Results[i].Outcome != "rejected" {
				wrong("row %d is %s, but the contract forbids it: %.300v", i, report.Results[i].Outcome, err)
			}
		}
	}
	if r.Method == http.MethodGet && a.Status == 200 && slices.Contains([]string{"listOrganisations", "getOrganisation", "getOrganisationByExternalId"}, o.id) {
		out = append(out, exposed(who, a.Body)...)
	}
	return out
}

// exposed finds organisations in an answer that the reader may not see.
func exposed(who *hostile, body []byte) (out []string) {
	type row struct{ ID, Status, Region, Municipality string }
	var one row
	var list struct {
		Items    []row
		Features []struct{ Properties row }
		Facets   map[string][]struct{ Value *string }
	}
	_, _ = json.Unmarshal(body, &one), json.Unmarshal(body, &list)
	rows := append(list.Items, one)
	for _, f := range list.Features {
		rows = append(rows, f.Properties)
	}
	for _, o := range rows {
		t := authz.Target{Organisation: o.ID, Region: o.Region, Municipality: o.Municipality}
		if o.Status != "" && o.Status != "published" && !who.actor.May(authz.ReadUnpublished, t) && who.actor.Type != "" {
			// without its place nobody can tell, but for those who see nothing unpublished at all
			if o.Municipality != "" || !who.actor.Holds(authz.ReadUnpublished) {
				out = append(out, "shows the unpublished "+o.ID)
			}
		}
	}
	for _, v := range list.Facets["status"] {
		if v.Value != nil && *v.Value != "published" && !who.actor.Holds(authz.ReadUnpublished) {
			out = append(out, "a facet counts rows that are "+*v.Value)
		}
	}
	return out
}
