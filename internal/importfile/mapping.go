package importfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// Mapping says which column of a file goes to which member of the API's row. The package documentation describes the
// JSON document. A Mapping does not change once it is parsed, and may be shared.
type Mapping struct {
	Format    Format `json:"format"`
	Delimiter string `json:"delimiter"`
	Encoding  string `json:"encoding"`
	Rows      string `json:"rows"`

	Identity     bool                         `json:"identity"`
	Columns      map[string]string            `json:"columns"`
	Optional     []string                     `json:"optional"`
	Constants    map[string]any               `json:"constants"`
	Key          *KeyColumn                   `json:"key"`
	Split        map[string]string            `json:"split"`
	Values       map[string]map[string]string `json:"values"`
	KindFromName bool                         `json:"kindFromName"`
	Federations  bool                         `json:"federations"`
}

// KeyColumn names the column with the file's own key, and the system that the key belongs to.
type KeyColumn struct {
	Column string `json:"column"`
	System string `json:"system"`
}

// Options are what the mapping knows about the file called name, for Open.
func (m *Mapping) Options(name string) Options {
	return Options{Name: name, Format: m.Format, Delimiter: m.Delimiter, Encoding: m.Encoding, Rows: m.Rows}
}

// ParseMapping reads a mapping document. All that is wrong with it comes back in one *MappingError.
func ParseMapping(document []byte) (*Mapping, error) {
	m := &Mapping{}
	fields := map[string]any{
		"format": &m.Format, "delimiter": &m.Delimiter, "encoding": &m.Encoding, "rows": &m.Rows, "identity": &m.Identity,
		"columns": &m.Columns, "optional": &m.Optional, "constants": &m.Constants, "key": &m.Key, "split": &m.Split,
		"values": &m.Values, "kindFromName": &m.KindFromName, "federations": &m.Federations,
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil || members == nil {
		return nil, &MappingError{Faults: []Fault{faultf(CodeMapping, "the document is no JSON object: %v", err)}}
	}
	faults := doubledNames(document)
	for _, name := range sortedKeys(members) {
		field, ok := fields[name]
		if !ok {
			faults = append(faults, Fault{name, CodeUnknownMember, "a mapping has no such member"})
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(string(members[name])))
		decoder.UseNumber()
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(field); err != nil {
			faults = append(faults, Fault{name, CodeMapping, err.Error()})
		}
	}
	faults = append(faults, m.check()...)
	if len(faults) > 0 {
		return nil, &MappingError{Faults: faults}
	}
	return m, nil
}

// check finds what can be known to be wrong without a file, and makes all names of columns comparable with headers.
func (m *Mapping) check() []Fault {
	var faults []Fault
	add := func(member, code, format string, args ...any) {
		faults = append(faults, Fault{member, code, fmt.Sprintf(format, args...)})
	}
	switch m.Format {
	case "", CSV, "tsv", JSON, NDJSON:
	default:
		add("format", CodeMapping, "%q is none of csv, tsv, json, ndjson", m.Format)
	}
	if !validDelimiter(m.Delimiter) {
		add("delimiter", CodeMapping, "%q is no ASCII character that may separate cells", m.Delimiter)
	}
	if _, ok := encodings[strings.ToLower(m.Encoding)]; !ok && m.Encoding != "" {
		add("encoding", CodeMapping, "%q is not known; known are %s", m.Encoding, encodingNames())
	}
	if len(m.Columns) == 0 && !m.Identity {
		add("columns", CodeMapping, "no column is mapped")
	}
	m.Columns = cleanKeys(m.Columns)
	m.Split = cleanKeys(m.Split)
	taken := map[string]string{}
	for _, column := range sortedKeys(m.Columns) {
		member := m.Columns[column]
		t, ok := findTarget(member)
		if !ok {
			add("columns."+column, CodeUnknownMember, "%q is no member that a column can be mapped to", member)
			continue
		}
		if other := taken[member]; other != "" && !t.list {
			add("columns."+column, CodeMapping, "%q gets its value from the column %q already", member, other)
		}
		taken[member] = column
	}
	for i, column := range m.Optional {
		m.Optional[i] = cleanLine(column)
		if !m.mapped(m.Optional[i]) {
			add("optional", CodeUnknownColumn, "the column %q is not mapped", column)
		}
	}
	for _, column := range sortedKeys(m.Split) {
		if m.Split[column] == "" {
			add("split."+column, CodeMapping, "the separator is empty")
		}
		if t, _ := findTarget(m.memberOf(column)); !t.list {
			add("split."+column, CodeMapping, "the column is not mapped to a list")
		}
	}
	for _, member := range sortedKeys(m.Constants) {
		if _, ok := findTarget(member); !ok {
			add("constants."+member, CodeUnknownMember, "the API has no such member for an import")
		}
	}
	for _, member := range sortedKeys(m.Values) {
		if _, ok := findTarget(member); !ok {
			add("values."+member, CodeUnknownMember, "the API has no such member for an import")
		}
	}
	if m.Key != nil {
		m.Key.Column = cleanLine(m.Key.Column)
		if m.Key.Column == "" || cleanLine(m.Key.System) != m.Key.System || m.Key.System == "" {
			add("key", CodeMapping, "it needs a column and a system")
		}
	}
	if m.Federations && !m.KindFromName {
		add("federations", CodeMapping, "it means something only with kindFromName")
	}
	return faults
}

// memberOf is the target of a column; in an identity mapping a column is called as its target.
func (m *Mapping) memberOf(column string) string {
	if member, ok := m.Columns[column]; ok || !m.Identity {
		return member
	}
	return column
}

func (m *Mapping) mapped(column string) bool {
	_, ok := m.Columns[column]
	return ok || m.Key != nil && m.Key.Column == column
}

func (m *Mapping) optional(column string) bool {
	for _, name := range m.Optional {
		if name == column {
			return true
		}
	}
	return false
}

// doubledNames finds members that stand twice in an object, of which encoding/json silently takes the last.
func doubledNames(document []byte) []Fault {
	var faults []Fault
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	var walk func(path string) error
	walk = func(path string) error {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		open, ok := token.(json.Delim)
		if !ok {
			return nil
		}
		seen := map[string]bool{}
		for decoder.More() {
			inner := path
			if open == '{' {
				token, err := decoder.Token()
				if err != nil {
					return err
				}
				name, _ := token.(string)
				if inner = strings.TrimPrefix(path+"."+name, "."); seen[name] {
					faults = append(faults, Fault{inner, CodeMapping, "it stands twice in the mapping"})
				}
				seen[name] = true
			}
			if err := walk(inner); err != nil {
				return err
			}
		}
		_, err = decoder.Token()
		return err
	}
	if err := walk(""); err != nil && !errors.Is(err, io.EOF) {
		faults = append(faults, faultf(CodeMapping, "%v", err))
	}
	return faults
}

func cleanKeys(m map[string]string) map[string]string {
	clean := make(map[string]string, len(m))
	for key, value := range m {
		clean[cleanLine(key)] = value
	}
	return clean
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
