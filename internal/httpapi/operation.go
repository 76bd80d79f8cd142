package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

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
	route      string             // its path, as the contract writes it
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
	for id, o := range c.Operations {
		if len(o.Permissions) == 0 {
			return nil, fmt.Errorf("operation %s names no permission", id)
		}
		for _, p := range o.Permissions {
			if !authz.Exists(p) {
				return nil, fmt.Errorf("operation %s: %q is not a permission", id, p)
			}
		}
		op := &operation{
			id: id, method: o.Method, permission: o.Permissions, route: o.Path,
			path: map[string]*openapi3.Schema{}, query: map[string]*openapi3.Parameter{},
			consumes: o.Consumes, produces: o.Produces, bodyLimit: defaultBodyLimit, timeout: defaultTimeout,
			streamed: o.Consumes["application/x-ndjson"] != nil, probe: o.Probe,
			replays: o.Method == http.MethodPost && o.Idempotency != "none", secret: o.Secret, forgotten: o.Probe || forgotten[o.Tag],
		}
		if o.BodyLimit > 0 {
			op.bodyLimit = o.BodyLimit
		}
		if o.Timeout > 0 {
			op.timeout = time.Duration(o.Timeout) * time.Second
		}
		op.shows, op.showsSome = shows[o.Tag]
		op.showsSome = op.showsSome && !counting[id]
		op.readParameters(o.Parameters)
		out[id] = op
	}
	return out, nil
}

func (op *operation) readParameters(ps []*openapi3.Parameter) {
	for _, p := range ps {
		switch p.In {
		case openapi3.ParameterInPath:
			op.path[p.Name] = p.Schema.Value
		case openapi3.ParameterInQuery:
			op.query[p.Name] = p
		case openapi3.ParameterInHeader:
			op.headers = append(op.headers, p)
		}
	}
}
