package httpapi

import (
	"fmt"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
)

// What an operation gets where the contract does not say otherwise (x-body-limit in bytes, x-timeout in seconds).
const (
	defaultBodyLimit = 1 << 20
	defaultTimeout   = 5 * time.Second
)

// operation is what the gate knows of an operation, read from the contract once.
type operation struct {
	id         string
	method     string
	permission []authz.Permission // one of them is needed
	route      *routers.Route
	path       map[string]*openapi3.Schema
	query      map[string]*openapi3.Parameter
	headers    []*openapi3.Parameter
	consumes   map[string]*openapi3.Schema // media type → schema
	produces   []string
	bodyLimit  int64
	timeout    time.Duration
	streamed   bool // takes application/x-ndjson: its rows are checked one by one, by the operation
	probe      bool // of the machinery: neither limited nor shed
	replays    bool // honours Idempotency-Key
	secret     bool // its answer is not stored
	forgotten  bool // its answers are not kept in memory
	showsSome  bool // its answers show resources of the types in shows only
	shows      []string
}

func readOperations(c *contract.Contract) (map[string]*operation, error) {
	out := map[string]*operation{}
	for path, item := range c.Doc.Paths.Map() {
		for method, o := range item.Operations() {
			op := &operation{
				id: o.OperationID, method: method, path: map[string]*openapi3.Schema{}, query: map[string]*openapi3.Parameter{},
				consumes: map[string]*openapi3.Schema{}, bodyLimit: defaultBodyLimit, timeout: defaultTimeout,
				route: &routers.Route{Spec: c.Doc, Path: path, PathItem: item, Method: method, Operation: o},
				probe: o.Extensions["x-probe"] == true, replays: method == "POST" && o.Extensions["x-idempotency"] != "none", secret: o.Extensions["x-answer-secret"] == true,
			}
			if op.permission = contract.Permissions(o); len(op.permission) == 0 {
				return nil, fmt.Errorf("operation %s names no permission", o.OperationID)
			}
			for _, p := range op.permission {
				if !authz.Exists(p) {
					return nil, fmt.Errorf("operation %s: %q is not a permission", o.OperationID, p)
				}
			}
			if n, ok := o.Extensions["x-body-limit"].(float64); ok {
				op.bodyLimit = int64(n)
			}
			if n, ok := o.Extensions["x-timeout"].(float64); ok {
				op.timeout = time.Duration(n) * time.Second
			}
			op.forgotten = op.probe || forgotten[o.Tags[0]]
			op.shows, op.showsSome = shows[o.Tags[0]]
			op.showsSome = op.showsSome && !counting[o.OperationID]
			op.readParameters(item.Parameters)
			op.readParameters(o.Parameters)
			if o.RequestBody != nil {
				for mt, m := range o.RequestBody.Value.Content {
					op.consumes[mt] = m.Schema.Value
					op.streamed = op.streamed || mt == "application/x-ndjson"
				}
			}
			for status, r := range o.Responses.Map() {
				if status[0] == '2' && r.Value != nil {
					for mt := range r.Value.Content {
						op.produces = append(op.produces, mt)
					}
				}
			}
			slices.Sort(op.produces)
			out[op.id] = op
		}
	}
	return out, nil
}

func (op *operation) readParameters(ps openapi3.Parameters) {
	for _, p := range ps {
		switch p.Value.In {
		case openapi3.ParameterInPath:
			op.path[p.Value.Name] = p.Value.Schema.Value
		case openapi3.ParameterInQuery:
			op.query[p.Value.Name] = p.Value
		case openapi3.ParameterInHeader:
			op.headers = append(op.headers, p.Value)
		}
	}
}
