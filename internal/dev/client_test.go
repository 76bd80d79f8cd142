package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// clientContract has one of everything that the generator of the client knows.
const clientContract = `{
"paths": {
	"/healthz": {"get": {"operationId": "getHealth", "summary": "Alive?", "x-permission": "public", "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
	"/v1/things": {
		"get": {"operationId": "listThings", "summary": "Things, filtered", "x-permission": "public", "parameters": [
				{"name": "open", "in": "query", "schema": {"type": "boolean"}}, {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
				{"name": "sort", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "string", "enum": ["name", "-name"]}}}],
			"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingPage"}}, "application/geo+json": {"schema": {"type": "object"}}}}}},
		"post": {"operationId": "createThing", "summary": "Create a thing", "x-permission": ["thing.write", "thing.found"], "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
			"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingCreate"}}}},
			"responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
	"/v1/things/{id}": {
		"parameters": [{"$ref": "#/components/parameters/Id"}],
		"get": {"operationId": "getThing", "summary": "One thing", "x-permission": "authenticated", "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
		"patch": {"operationId": "updateThing", "summary": "Apply a change", "description": "At once", "x-permission": "thing.write", "parameters": [{"name": "If-Match", "in": "header", "schema": {"type": "string"}}],
			"requestBody": {"content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/ThingPatch"}}}},
			"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
	"/v1/things/{id}/properties/{partId}": {
		"parameters": [{"$ref": "#/components/parameters/Id"}, {"name": "partId", "in": "path", "schema": {"type": "string", "format": "uuid"}}],
		"delete": {"operationId": "deleteThingProperty", "summary": "Push a property out", "x-permission": "thing.write", "parameters": [{"name": "If-Match", "in": "header", "schema": {"type": "string"}}], "responses": {"204": {}}}},
	"/v1/sync/things": {
		"post": {"operationId": "syncThings", "summary": "Pay for things", "x-permission": "thing.sync", "x-timeout": 120,
			"requestBody": {"content": {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/ThingCreate"}}}}, "responses": {"204": {}}}},
	"/v1/files/{type}": {
		"put": {"operationId": "putFile", "summary": "Put a file", "x-permission": "file.write", "parameters": [{"name": "type", "in": "path", "schema": {"type": "string"}}],
			"requestBody": {"content": {"image/png": {"schema": {"type": "string"}}}}, "responses": {"204": {}}},
		"get": {"operationId": "getFile", "summary": "A file", "x-permission": "public", "parameters": [{"name": "type", "in": "path", "schema": {"type": "string"}}], "responses": {"200": {"content": {"image/png": {}}}}}}
},
"components": {
	"parameters": {"Id": {"name": "id", "in": "path", "schema": {"type": "string", "format": "uuid"}}},
	"schemas": {
		"NameMap": {"type": "object", "x-go-type": "map[string]string"},
		"Point": {"type": "object", "required": ["lat", "lon"], "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
		"Thing": {"type": "object", "required": ["id", "version", "name", "size", "note", "at", "cover"], "properties": {"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer"},
			"name": {"$ref": "#/components/schemas/NameMap"}, "size": {"type": "integer", "nullable": true}, "note": {"type": "string", "nullable": true},
			"at": {"type": "object", "nullable": true, "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
			"cover": {"type": "object", "properties": {"colour": {"type": "string", "nullable": true}}}, "partIds": {"type": "array", "items": {"type": "string"}}}},
		"ThingPage": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "next": {"type": "string", "nullable": true}}},
		"ThingCreate": {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/components/schemas/NameMap"}, "size": {"type": "integer", "minimum": 0}, "year": {"type": "integer", "minimum": 1},
			"secret": {"type": "boolean", "default": false}, "open": {"type": "boolean", "default": true}}},
		"ThingPatch": {"type": "object", "properties": {"size": {"type": "integer", "nullable": true}, "note": {"type": "object", "nullable": true, "x-go-type": "map[string]*string"}}}
	}
}}`

func TestMethods(t *testing.T) {
	src, err := methods([]byte(clientContract))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"// GetHealth asks: alive?\n//\n// GET /healthz; for everyone.\nfunc (c *Client) GetHealth(ctx context.Context, opts ...CallOption) (*Thing, error) {",
		"Things *ThingsService // /v1/things",
		"// List reads things, filtered.\n//\n// GET /v1/things; for everyone.\nfunc (s *ThingsService) List(ctx context.Context, params *ListThingsParams, opts ...CallOption) (*ThingPage, error) {",
		"func (s *ThingsService) All(ctx context.Context, params *ListThingsParams, opts ...CallOption) iter.Seq2[*Thing, error] {\n\treturn pages[Thing, ThingPage](ctx, s.client,",
		"func (s *ThingsService) ListGeoJSON(ctx context.Context, params *ListThingsParams, opts ...CallOption) (io.ReadCloser, error) {",
		"needs thing.write or thing.found.\nfunc (s *ThingsService) Create(ctx context.Context, in ThingCreate, opts ...CallOption) (*Thing, error) {\n" +
			"\treturn fetch[Thing](ctx, s.client, call{operation: \"createThing\", method: http.MethodPost, path: route(\"/v1/things\"), body: encoded(in), keyed: true}, opts)",
		"for everyone who has signed in.\nfunc (s *ThingsService) Get(ctx context.Context, id uuid.UUID, opts ...CallOption) (*Thing, error) {",
		"// Update applies a change. At once.\n",
		"func (s *ThingsService) Update(ctx context.Context, thing *Thing, patch ThingPatch, opts ...CallOption) (*Thing, error) {\n" +
			"\treturn fetch[Thing](ctx, s.client, call{operation: \"updateThing\", method: http.MethodPatch, path: route(\"/v1/things/{id}\", thing.ID), value: thing, body: patched(patch)}, opts)",
		"// DeleteProperty pushes a property out.\n",
		"func (s *ThingsService) DeleteProperty(ctx context.Context, thing *Thing, propertyID uuid.UUID, opts ...CallOption) error {\n" +
			"\treturn perform(ctx, s.client, call{operation: \"deleteThingProperty\", method: http.MethodDelete, path: route(\"/v1/things/{id}/properties/{partId}\", thing.ID, propertyID), value: thing}, opts)",
		"// Things pays for things.\n",
		"func (s *SyncService) Things(ctx context.Context, rows iter.Seq[ThingCreate], opts ...CallOption) error {",
		"body: lines(rows), timeout: 120 * time.Second}",
		"func (s *FilesService) Put(ctx context.Context, fileType, media string, content io.Reader, opts ...CallOption) error {",
		"body: raw(media, content)}",
		"func (s *FilesService) Get(ctx context.Context, fileType string, opts ...CallOption) (io.ReadCloser, error) {",
		"func (v *Thing) version() int64 { return v.Version }",
		"func (v *ThingPage) page() ([]Thing, string) { return v.Items, v.Next }",
	} {
		if !strings.Contains(string(src), want) {
			t.Errorf("there is no\n%s\nin\n%s", want, src)
		}
	}
}

func TestMethodsThatClash(t *testing.T) {
	twice := strings.Replace(clientContract, `"getFile"`, `"putFile"`, 1)
	if _, err := methods([]byte(twice)); err == nil || !strings.Contains(err.Error(), "Files.Put is that of putFile already") {
		t.Errorf("got %v", err)
	}
	if _, err := methods([]byte("{")); err == nil {
		t.Error("a contract that is no JSON")
	}
}

func TestModels(t *testing.T) {
	var contract object
	if err := json.Unmarshal([]byte(clientContract), &contract); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(at(modelsOf(contract), "components", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	const pointer = `"x-go-type-skip-optional-pointer":false`
	for name, want := range map[string]string{
		"ThingCreate": `"open":{"default":true,"type":"boolean",` + pointer + `},"secret":{"default":false,"type":"boolean"},"size":{"minimum":0,"type":"integer",` + pointer + `},"year":{"minimum":1,"type":"integer"}`,
		"ThingPatch":  `"properties":{"note":{"nullable":true,"type":"object","x-go-type":"TextPatch","x-go-type-skip-optional-pointer":true},"size":{"nullable":true,"type":"integer"}}`,
		"ThingCover":  `"ThingCover":{"properties":{"colour":{"type":"string"}},"type":"object"}`,
		"Thing":       `"at":{"type":"object","x-go-type":"Point",` + pointer + `},"cover":{"type":"object","x-go-type":"ThingCover"},"eTag":{"description"`,
		"null":        `"note":{"type":"string"},"partIds":{"items":{"type":"string"},"type":"array","x-go-name":"PartIDs"},"size":{"type":"integer",` + pointer + `}`,
		"required":    `"required":["id","version","name","cover"]`,
		"parameters":  `"ListThingsParams":{"description":"The query of listThings","properties":{"limit":{"minimum":1,"type":"integer"},"open":{"type":"boolean",` + pointer + `},"sort":{"items":{"type":"string"},"type":"array","x-go-type":"Words"}}`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: there is no\n%s\nin\n%s", name, want, out)
		}
	}
	if strings.Contains(string(out), "NameMap") {
		t.Error("a text is a Text")
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{"People": "Person", "Councils": "Council", "Municipalities": "Municipality", "EventSeries": "EventSeries", "Statistics": "Statistics", "Sync": "Sync"} {
		if got := singular(name); got != want {
			t.Errorf("singular of %s: %s", name, got)
		}
	}
	for name, want := range map[string]string{"externalId": "ExternalID", "openapi-json": "OpenapiJSON", "by_url": "ByURL", "x": "X"} {
		if got := pascal(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
