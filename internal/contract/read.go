package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/seutu/seutu/internal/authz"
)

// The types here are what the program needs of openapi.yaml, as it stands there: encoding/json reads them in a tenth of the
// time that the library takes for the whole. A test holds what comes of it against what the library reads.
type document struct {
	Paths      map[string]pathItem
	Components struct {
		Schemas    map[string]json.RawMessage // read when a request needs them: most are of answers
		Parameters map[string]*parameter
		Responses  map[string]*response
	}
}

type pathItem struct {
	Parameters                    []*parameter
	Get, Put, Post, Patch, Delete *operation
}

type operation struct {
	OperationID string
	Tags        []string
	Parameters  []*parameter
	RequestBody struct {
		Content map[string]struct{ Schema *schema }
	}
	Responses   map[string]*response
	Permission  permissions `json:"x-permission"`
	BodyLimit   int64       `json:"x-body-limit"`
	Timeout     int         `json:"x-timeout"`
	Idempotency string      `json:"x-idempotency"`
	Secret      bool        `json:"x-answer-secret"`
	Probe       bool        `json:"x-probe"`
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{}
}

// permissions are written as one name or as a list of names.
type permissions []authz.Permission

func (p *permissions) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]authz.Permission)(p))
	}
	*p = make(permissions, 1)
	return json.Unmarshal(b, &(*p)[0])
}

type (
	plainParameter openapi3.Parameter // without the library's way to read it
	plainSchema    openapi3.Schema
)

// parameter is the library's; its schema alone is read in our way.
type parameter struct {
	plainParameter
	Ref    string  `json:"$ref"`
	Schema *schema `json:"schema"`
}

// schema is the library's; what holds other schemas is read in our way.
type schema struct {
	plainSchema
	Ref                  string             `json:"$ref"`
	Type                 string             `json:"type"`
	OneOf                []*schema          `json:"oneOf"`
	AnyOf                []*schema          `json:"anyOf"`
	AllOf                []*schema          `json:"allOf"`
	Not                  *schema            `json:"not"`
	Items                *schema            `json:"items"`
	Properties           map[string]*schema `json:"properties"`
	AdditionalProperties additional         `json:"additionalProperties"`
}

// additional is whether an object may have members of any other name, or of which kind they are.
type additional struct {
	has    *bool
	schema *schema
}

func (a *additional) UnmarshalJSON(b []byte) error {
	if b[0] == '{' {
		return json.Unmarshal(b, &a.schema)
	}
	return json.Unmarshal(b, &a.has)
}

// reader makes the library's types of ours, with references followed.
type reader struct {
	document
	schemas map[string]*openapi3.Schema // by name
	err     error
}

func read(raw []byte) (*Contract, error) {
	r := &reader{schemas: map[string]*openapi3.Schema{}}
	if err := json.Unmarshal(raw, &r.document); err != nil {
		return nil, err
	}
	c := &Contract{Operations: map[string]*Operation{}, schemas: r.schemas}
	for path, item := range r.Paths {
		for method, o := range map[string]*operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete} {
			if o != nil {
				c.Operations[o.OperationID] = r.operation(method, path, item, o)
			}
		}
	}
	return c, r.err
}

func (r *reader) operation(method, path string, item pathItem, o *operation) *Operation {
	if len(o.Tags) == 0 {
		r.err = errors.Join(r.err, fmt.Errorf("%s has no tag", o.OperationID))
		return nil
	}
	out := &Operation{
		ID: o.OperationID, Method: method, Path: path, Tag: o.Tags[0], Permissions: o.Permission, Consumes: map[string]*openapi3.Schema{},
		BodyLimit: o.BodyLimit, Timeout: o.Timeout, Idempotency: o.Idempotency, Secret: o.Secret, Probe: o.Probe,
	}
	for _, p := range slices.Concat(item.Parameters, o.Parameters) {
		out.Parameters = append(out.Parameters, r.parameter(p))
	}
	for mediaType, m := range o.RequestBody.Content {
		if m.Schema == nil {
			r.err = errors.Join(r.err, fmt.Errorf("the body of %s has no schema", o.OperationID))
			continue
		}
		out.Consumes[mediaType] = r.schema(m.Schema)
	}
	for status, a := range o.Responses {
		if status[0] == '2' {
			out.Produces = slices.AppendSeq(out.Produces, maps.Keys(follow(r, responses, r.Components.Responses, a.Ref, a).Content))
		}
	}
	slices.Sort(out.Produces)
	out.Produces = slices.Compact(out.Produces)
	return out
}

// The places of components to which the contract refers.
const (
	schemas    = "#/components/schemas/"
	parameters = "#/components/parameters/"
	responses  = "#/components/responses/"
)

// follow is the component that ref leads to, x itself where it is no reference.
func follow[T any](r *reader, place string, components map[string]*T, ref string, x *T) *T {
	if ref == "" {
		return x
	}
	if c := components[strings.TrimPrefix(ref, place)]; c != nil {
		return c
	}
	r.err = errors.Join(r.err, fmt.Errorf("%s leads nowhere", ref))
	return new(T)
}

func (r *reader) parameter(p *parameter) *openapi3.Parameter {
	p = follow(r, parameters, r.Components.Parameters, p.Ref, p)
	out := openapi3.Parameter(p.plainParameter)
	out.Schema = r.ref(p.Schema)
	return &out
}

// named is the schema of a name, made once: a schema may hold itself.
func (r *reader) named(ref string) *openapi3.Schema {
	name := strings.TrimPrefix(ref, schemas)
	if r.schemas[name] == nil {
		r.schemas[name] = new(openapi3.Schema)
		var s schema
		if err := json.Unmarshal(r.Components.Schemas[name], &s); err != nil {
			r.err = errors.Join(r.err, fmt.Errorf("%s: %w", ref, err))
		}
		*r.schemas[name] = *r.schema(&s)
	}
	return r.schemas[name]
}

func (r *reader) schema(s *schema) *openapi3.Schema { return r.ref(s).Value }

func (r *reader) ref(s *schema) *openapi3.SchemaRef {
	switch {
	case s == nil:
		return nil
	case s.Ref != "":
		return &openapi3.SchemaRef{Ref: s.Ref, Value: r.named(s.Ref)}
	}
	out := openapi3.Schema(s.plainSchema)
	if s.Type != "" {
		out.Type = &openapi3.Types{s.Type}
	}
	out.OneOf, out.AnyOf, out.AllOf = r.refs(s.OneOf), r.refs(s.AnyOf), r.refs(s.AllOf)
	out.Not, out.Items = r.ref(s.Not), r.ref(s.Items)
	out.AdditionalProperties = openapi3.AdditionalProperties{Has: s.AdditionalProperties.has, Schema: r.ref(s.AdditionalProperties.schema)}
	if s.Properties != nil {
		out.Properties = make(openapi3.Schemas, len(s.Properties))
	}
	for name, p := range s.Properties {
		out.Properties[name] = r.ref(p)
	}
	return &openapi3.SchemaRef{Value: &out}
}

func (r *reader) refs(all []*schema) (out openapi3.SchemaRefs) {
	for _, s := range all {
		out = append(out, r.ref(s))
	}
	return out
}
