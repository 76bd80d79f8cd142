package main

import (
	"cmp"
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// method is an operation of the contract.
type method struct {
	object
	id, verb, path string
	parameters     []object
}

// operationsOf lists the operations of a contract, by path and verb.
func operationsOf(contract object) []method {
	var out []method
	for path, item := range at(contract, "paths") {
		for verb, op := range item.(object) {
			o, ok := op.(object)
			if !ok || verb == "parameters" {
				continue
			}
			m := method{object: o, path: path, verb: strings.ToUpper(verb)}
			m.id, _ = o["operationId"].(string)
			for _, from := range []object{item.(object), o} {
				list, _ := from["parameters"].([]any)
				for _, p := range list {
					m.parameters = append(m.parameters, deref(contract, p.(object)))
				}
			}
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b method) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.verb, b.verb))
	})
	return out
}

// deref follows a reference to a parameter or a response.
func deref(contract, o object) object {
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	return at(contract, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

func (m method) paramsName() string { return pascal(m.id) + "Params" }

// params is a schema of the query parameters, nil if there are none.
func (m method) params() object {
	properties := object{}
	var required []any
	for _, p := range m.parameters {
		if p["in"] != "query" {
			continue
		}
		name := p["name"].(string)
		schema := maps.Clone(p["schema"].(object))
		if items, ok := schema["items"].(object); ok && items["enum"] != nil { // a word of a closed list
			items = maps.Clone(items)
			delete(items, "enum")
			schema["items"] = items
		}
		if explode, ok := p["explode"].(bool); ok && !explode {
			schema["x-go-type"] = "Words"
		}
		if text, ok := p["description"]; ok {
			schema["description"] = text
		}
		if p["required"] == true {
			required = append(required, name)
		}
		properties[name] = schema
	}
	if len(properties) == 0 {
		return nil
	}
	out := object{"type": "object", "properties": properties, "description": "The query of " + m.id}
	if required != nil {
		out["required"] = required
	}
	return out
}

// answersOf names the schemas that are whole answers.
func answersOf(contract object) map[string]bool {
	out := map[string]bool{}
	for _, m := range operationsOf(contract) {
		if name := m.answer(contract, "application/json"); name != "" {
			out[name] = true
		}
	}
	return out
}

// answer is the name of the schema of the success with a media type.
func (m method) answer(contract object, media string) string {
	for _, status := range []string{"200", "201", "202"} {
		response := deref(contract, at(m.object, "responses", status))
		if name := refOf(at(response, "content", media, "schema")); name != "" {
			return name
		}
	}
	return ""
}

// initialisms are written in capitals, as Go does.
var initialisms = map[string]string{"Id": "ID", "Url": "URL", "Json": "JSON", "Yaml": "YAML", "Ics": "ICS", "Csv": "CSV", "Api": "API", "Oauth": "OAuth", "Geojson": "GeoJSON"}

// pascal makes a Go name of a member's name.
func pascal(name string) string {
	var b strings.Builder
	for _, w := range words(name) {
		w = upper(w)
		b.WriteString(cmp.Or(initialisms[w], w))
	}
	return b.String()
}

// words splits camelCase, kebab-case and snake_case.
func words(name string) []string {
	var out []string
	start := 0
	for i, r := range name {
		switch {
		case r == '-' || r == '_' || r == '.':
			out = append(out, name[start:i])
			start = i + 1
		case i > start && unicode.IsUpper(r):
			out = append(out, name[start:i])
			start = i
		}
	}
	return slices.DeleteFunc(append(out, name[start:]), func(s string) bool { return s == "" })
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// collection is the path of the collection that an operation belongs to: /v1/things.
func (m method) collection() string {
	parts := strings.Split(m.path, "/")
	if len(parts) < 3 || parts[1] != "v1" {
		return ""
	}
	name, _, _ := strings.Cut(parts[2], ".")
	return "/v1/" + name
}

// service is the field of Client that has the operation, empty if Client itself has it.
func (m method) service() string { return pascal(strings.TrimPrefix(m.collection(), "/v1/")) }

// name is that of the method: the verb, then what the collection's own name does not say already.
func (m method) name() string {
	all := words(m.id)
	verb, rest := all[0], pascal(strings.Join(all[1:], "-"))
	service := m.service()
	if upper(verb) == service && rest != "" {
		return rest
	}
	for _, noun := range []string{service, singular(service)} {
		if after, ok := strings.CutPrefix(rest, noun); ok && noun != "" && (after == "" || unicode.IsUpper(rune(after[0]))) {
			rest = after
			break
		}
	}
	return upper(verb) + rest
}

// singular of the name of a collection.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "People"), strings.HasSuffix(name, "people"):
		return strings.TrimSuffix(name, "eople") + "erson"
	case strings.HasSuffix(name, "ies") && !strings.HasSuffix(name, "eries"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "eries") && !strings.HasSuffix(name, "ics"):
		return strings.TrimSuffix(name, "s")
	}
	return name
}

// placeholder is a variable part of a path.
type placeholder struct{ name, goType string }

func (m method) placeholders() []placeholder { return m.placeholdersOf(m.path) }

func (m method) placeholdersOf(path string) []placeholder {
	var out []placeholder
	parts := strings.Split(path, "/")
	for i, part := range parts {
		wire, ok := strings.CutPrefix(strings.TrimSuffix(part, "}"), "{")
		if !ok {
			continue
		}
		p := placeholder{lowerFirst(pascal(wire)), "string"}
		for _, q := range m.parameters {
			if q["in"] == "path" && q["name"] == wire && at(q, "schema")["format"] == "uuid" {
				p.goType = "uuid.UUID"
			}
		}
		switch {
		case wire == "id" && strings.HasSuffix(m.path, "{id}"):
			p.name = "id"
		case wire == "id", wire == "partId":
			p.name = lowerFirst(singular(pascal(parts[i-1]))) + "ID"
		case token.IsKeyword(wire):
			p.name = lowerFirst(singular(pascal(parts[i-1]))) + upper(wire)
		}
		out = append(out, p)
	}
	return out
}

// lowerFirst makes a name of a variable.
func lowerFirst(name string) string {
	if name == strings.ToUpper(name) {
		return strings.ToLower(name)
	}
	return lower(name)
}

func (m method) has(header string) bool {
	return slices.ContainsFunc(m.parameters, func(p object) bool { return p["in"] == "header" && p["name"] == header })
}

// valuePath is the path of the thing whose version a write needs: the nearest at or above its own path that answers with
// an id and a version. A PUT that may create has none to show.
func (m method) valuePath(contract object) (path, model string) {
	if !m.has("If-Match") || m.verb == "PUT" && at(m.object, "responses", "201") != nil {
		return "", ""
	}
	byPath := map[string]method{}
	for _, op := range operationsOf(contract) {
		if op.verb == "GET" {
			byPath[op.path] = op
		}
	}
	for path = m.path; path != ""; path = path[:strings.LastIndex(path, "/")] {
		if get, ok := byPath[path]; ok {
			name := get.answer(contract, "application/json")
			p := at(contract, "components", "schemas", name, "properties")
			if p["id"] != nil && p["version"] != nil {
				return path, name
			}
		}
	}
	return "", ""
}

// value is the model of which a write needs the version, and whether the last placeholder of its path is its own id.
func (m method) value(contract object) (model string, own bool) {
	path, model := m.valuePath(contract)
	return model, strings.HasSuffix(path, "}")
}

func (m method) valuePlaceholders(contract object) []placeholder {
	path, _ := m.valuePath(contract)
	return m.placeholdersOf(path)
}

// body is the arguments for the body of the request and the field of call that holds it. What is no model is handed on as it is.
func (m method) body() (args []string, field string) {
	content := at(m.object, "requestBody", "content")
	ref := func(media string) string { return refOf(at(content, media, "schema")) }
	for _, known := range []struct{ media, arg, field string }{
		{"application/x-ndjson", "rows iter.Seq[%s]", "lines(rows)"},
		{"application/merge-patch+json", "patch %s", "patched(patch)"},
		{"application/json", "in %s", "encoded(in)"},
		{"application/x-www-form-urlencoded", "in %s", "form(in)"},
	} {
		if model := ref(known.media); model != "" {
			return []string{fmt.Sprintf(known.arg, model)}, "body: " + known.field
		}
	}
	if len(content) > 0 {
		return []string{"media string", "content io.Reader"}, "body: raw(media, content)"
	}
	return nil, ""
}

// streams are the media types of an answer that is no model.
func (m method) streams(contract object) []string {
	response := deref(contract, at(m.object, "responses", "200"))
	var out []string
	for media, c := range at(response, "content") {
		if media != "application/json" || refOf(at(c.(object), "schema")) == "" {
			out = append(out, media)
		}
	}
	slices.Sort(out)
	return out
}

// doc is the comment of a method.
func (m method) doc(name, note string) string {
	summary, _ := m.object["summary"].(string)
	first, rest, _ := strings.Cut(summary, " ")
	sentence := third(lower(first)) + " " + rest
	if m.verb == "GET" && first != "Find" {
		sentence = "reads " + lower(summary)
		if strings.Contains(summary, "?") {
			sentence = "asks: " + lower(summary)
		}
	}
	if note != "" {
		sentence += ", " + note
	}
	description, _ := m.object["description"].(string)
	text := name + " " + stopped(sentence) + " " + stopped(description)
	return text + "\n\n" + m.verb + " " + m.path + "; " + m.permission() + "."
}

// stopped is a text that ends as a sentence does, empty if it is.
func stopped(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// third is the third person of a verb.
func third(verb string) string {
	switch {
	case strings.HasSuffix(verb, "sh"), strings.HasSuffix(verb, "ch"), strings.HasSuffix(verb, "ss"):
		return verb + "es"
	case strings.HasSuffix(verb, "y") && !strings.HasSuffix(verb, "ay"):
		return strings.TrimSuffix(verb, "y") + "ies"
	}
	return verb + "s"
}

// permission tells who may call the operation.
func (m method) permission() string {
	var names []string
	switch x := m.object["x-permission"].(type) {
	case string:
		names = []string{x}
	case []any:
		for _, n := range x {
			names = append(names, fmt.Sprint(n))
		}
	}
	switch strings.Join(names, "") {
	case "public":
		return "for everyone"
	case "authenticated":
		return "for everyone who has signed in"
	}
	return "needs " + strings.Join(names, " or ")
}
