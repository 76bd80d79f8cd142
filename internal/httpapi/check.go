package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/strictjson"
)

// check holds the request against the contract: path, query, headers, media types and body, all faults at once. A plain
// GET costs next to nothing here: what it does not send is not checked.
func (s *Server) check(c echo.Context, op *operation, in *info) (*render.Request, error) {
	r := c.Request()
	rr := &render.Request{Path: r.URL.EscapedPath(), Gzip: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"), Language: i18n.Negotiate(r.Header.Get("Accept-Language"))}
	var ok bool
	if rr.MediaType, ok = negotiate(r.Header.Values("Accept"), op.produces); !ok {
		return nil, errs.New(errs.WrongAccept, "the operation answers in: %s", strings.Join(op.produces, ", "))
	}
	faults := checkPath(c, op)
	if r.URL.RawQuery != "" {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			faults = append(faults, errs.Fault{In: "query", Code: "syntax", Detail: errs.Msg("the query is not well encoded")})
		}
		rr.Query = q
		faults = append(faults, checkQuery(c, op, q)...)
	}
	for _, p := range op.headers {
		for _, v := range r.Header.Values(p.Name) {
			if f := checkText("header", p.Name, v); f != nil {
				faults = append(faults, *f)
			}
			faults = append(faults, contract.Check(p.Schema.Value, v, "header", p.Name)...)
		}
		if len(r.Header.Values(p.Name)) > 1 {
			faults = append(faults, errs.Fault{In: "header", Pointer: p.Name, Code: "duplicate", Detail: errs.Msg("the header stands twice")})
		}
	}
	bodyFaults, err := checkBody(c, op, in)
	if err != nil {
		return nil, err
	}
	if faults = append(faults, bodyFaults...); len(faults) > 0 {
		return nil, errs.Broken(faults...)
	}
	return rr, nil
}

func checkPath(c echo.Context, op *operation) errs.Faults {
	var faults errs.Faults
	values := c.ParamValues()
	for i, name := range c.ParamNames() {
		v := values[i]
		if c.Request().URL.RawPath != "" {
			if u, err := url.PathUnescape(v); err == nil {
				v = u
			}
		}
		if f := checkText("path", name, v); f != nil {
			faults = append(faults, *f)
		} else if schema := op.path[name]; schema != nil {
			faults = append(faults, contract.Check(schema, v, "path", name)...)
		}
	}
	return faults
}

func checkText(in, pointer, v string) *errs.Fault {
	if strings.IndexByte(v, 0) >= 0 {
		return &errs.Fault{In: in, Pointer: pointer, Code: "nul", Detail: errs.Msg("text may not hold the NUL character")}
	}
	if !utf8.ValidString(v) {
		return &errs.Fault{In: in, Pointer: pointer, Code: "utf8", Detail: errs.Msg("it is not valid UTF-8")}
	}
	return nil
}

func checkQuery(c echo.Context, op *operation, q url.Values) errs.Faults {
	var faults errs.Faults
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names)
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request(), QueryParams: q,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	for _, name := range names {
		p, values := op.query[name], q[name]
		if p == nil {
			faults = append(faults, errs.Fault{In: "query", Pointer: name, Code: "unknown", Detail: errs.Msg("there is no such parameter")})
			continue
		}
		for _, v := range values {
			if f := checkText("query", name, v); f != nil {
				faults = append(faults, *f)
			}
		}
		exploded := p.Schema.Value.Type.Is("array") && (p.Explode == nil || *p.Explode)
		if len(values) > 1 && !exploded {
			faults = append(faults, errs.Fault{In: "query", Pointer: name, Code: "duplicate", Detail: errs.Msg("the parameter stands twice")})
		}
		faults = append(faults, checkParameter(c.Request().Context(), input, p)...)
	}
	return faults
}

func checkParameter(ctx context.Context, input *openapi3filter.RequestValidationInput, p *openapi3.Parameter) errs.Faults {
	err := openapi3filter.ValidateParameter(ctx, input, p)
	if err == nil {
		return nil
	}
	var re *openapi3filter.RequestError
	if errors.As(err, &re) && re.Err != nil {
		var pe *openapi3filter.ParseError
		if errors.As(re.Err, &pe) {
			return errs.Faults{{In: "query", Pointer: p.Name, Code: "type", Detail: errs.Msg("it must be of type %s", leaf(p.Schema.Value))}}
		}
		if f := contract.Faults(re.Err, "query", p.Name); len(f) > 0 {
			return f
		}
	}
	return errs.Faults{{In: "query", Pointer: p.Name, Code: "invalid", Detail: errs.Msg("it does not fit the contract")}}
}

func leaf(s *openapi3.Schema) string {
	if s.Type.Is("array") {
		s = s.Items.Value
	}
	return strings.Join(s.Type.Slice(), ", ")
}

// checkBody reads and checks the body, but for streamed ones, whose rows the operation checks.
func checkBody(c echo.Context, op *operation, in *info) (errs.Faults, error) {
	r := c.Request()
	if len(op.consumes) == 0 {
		if r.ContentLength > 0 && op.method != http.MethodGet {
			return errs.Faults{{In: "body", Code: "unknown", Detail: errs.Msg("the operation takes no body")}}, nil
		}
		return nil, nil
	}
	mt, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	schema := op.consumes[mt]
	if charset := params["charset"]; err != nil || schema == nil || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, errs.New(errs.WrongContentType, "the operation takes: %s", strings.Join(keys(op.consumes), ", "))
	}
	if r.Header.Get("Content-Encoding") != "" {
		return nil, errs.New(errs.WrongContentType, "the operation takes no Content-Encoding")
	}
	r.Header.Set("Content-Type", mt) // in lower case, as the generated code compares it
	body := http.MaxBytesReader(c.Response(), r.Body, op.bodyLimit)
	r.Body = body
	// a body has as long to arrive as the operation has to run; a recorder of tests knows no deadlines
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(op.timeout))
	if op.streamed && mt == "application/x-ndjson" {
		return nil, nil
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, readError(err, op.bodyLimit)
	}
	if mt == "application/x-www-form-urlencoded" {
		r.Body = io.NopCloser(strings.NewReader(string(raw)))
		return checkForm(string(raw), schema), nil
	}
	in.body = raw
	if op.streamed {
		return checkRows(raw, schema), nil
	}
	v, faults := strictjson.Decode(raw)
	if v == nil && len(faults) > 0 {
		return faults, nil
	}
	return append(faults, contract.Check(schema, v, "body", "")...), nil
}

// checkRows looks at an array of rows from outside only: the operation checks each row.
func checkRows(raw []byte, schema *openapi3.Schema) (faults errs.Faults) {
	var rows []json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil || rows == nil {
		faults.Add("", "type", "it must be of type %s", "array")
		return faults
	}
	if most := schema.MaxItems; most != nil && uint64(len(rows)) > *most {
		faults.Add("", "too-many", "it may have at most %d items", *most)
		return faults
	}
	for i, row := range rows {
		if row[0] != '{' {
			faults.Add("/"+strconv.Itoa(i), "type", "it must be of type %s", "object")
		}
	}
	return faults
}

// readError tells a body that is too large from one that broke off.
func readError(err error, limit int64) error {
	if errors.As(err, new(*http.MaxBytesError)) {
		return errs.New(errs.ContentTooLarge, "the body may have at most %d bytes", limit)
	}
	return &errs.Error{
		Type: errs.Validation, Detail: errs.Msg("the request breaks the contract; see errors"), Cause: err,
		Faults: errs.Faults{{In: "body", Code: "syntax", Detail: errs.Msg("the body broke off")}},
	}
}

func checkForm(raw string, schema *openapi3.Schema) errs.Faults {
	form, err := url.ParseQuery(raw)
	if err != nil {
		return errs.Faults{{In: "body", Code: "syntax", Detail: errs.Msg("the form is not well encoded")}}
	}
	var faults errs.Faults
	v := map[string]any{}
	for name, values := range form {
		at := strictjson.Pointer([]string{name})
		if len(values) > 1 {
			faults.Add(at, "duplicate", "the member stands twice")
		}
		if f := checkText("body", at, values[0]); f != nil {
			faults = append(faults, *f)
		}
		v[name] = values[0]
	}
	return append(faults, contract.Check(schema, v, "body", "")...)
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// negotiate picks the first of the operation's media types that Accept allows, the first one if it allows any.
func negotiate(accept, produces []string) (string, bool) {
	if len(produces) == 0 {
		return "", true
	}
	if len(accept) == 0 {
		return preferred(produces), true
	}
	best, quality := "", 0.0
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		mt, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := parseQuality(params["q"])
		for _, p := range append([]string{preferred(produces)}, produces...) {
			if q > quality && (mt == "*/*" || mt == p || strings.HasSuffix(mt, "/*") && strings.HasPrefix(p, strings.TrimSuffix(mt, "*"))) {
				best, quality = p, q
			}
		}
	}
	return best, best != ""
}

func preferred(produces []string) string {
	if slices.Contains(produces, echo.MIMEApplicationJSON) {
		return echo.MIMEApplicationJSON
	}
	return produces[0]
}
