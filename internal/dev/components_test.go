package main

import (
	"slices"
	"testing"
)

func TestUnusedComponents(t *testing.T) {
	got, err := unusedComponents([]byte(`openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      parameters: [{$ref: '#/components/parameters/Limit'}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer}}
    Thing: {name: thing, in: query, schema: {type: string}}
  schemas:
    Thing:
      type: object
      properties:
        place: {type: object, nullable: true, x-go-type: Place}
        days: {type: array, items: {type: string}, x-go-type: '[]Day'}
        names: {type: object, x-go-type: 'map[string]string'}
    Place: {type: object}
    Day: {type: string}
    PlaceOfOld: {type: object}
  headers:
    ETag: {schema: {type: string}}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"headers/ETag", "parameters/Thing", "schemas/PlaceOfOld"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
