package importfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// A JSON file has no header: what its first records hold stands for it.
const (
	sampleRecords = 1000
	sampleBytes   = MaxRecord
)

// ExternalKey is the file's own key of a row.
type ExternalKey struct {
	System string
	ID     string
}

// Row is a record in the shape of the sync API. With Faults the row must not be imported; Members then holds the members
// that are well, and is nil if the record could not be read at all.
type Row struct {
	Line    int
	Members map[string]any // as decoded from JSON; counts and years are int, degrees float64
	Key     *ExternalKey   // nil when the mapping names none or its cell is empty; it is in Members["externalIds"] too
	Faults  []Fault
	Record  Record // for Rejects.Write
}

// Rows reads the records of a file as rows. Not for concurrent use.
type Rows struct {
	reader   *Reader
	mapping  *Mapping
	resolve  Resolver
	columns  []column
	key      *column
	defaults []column
	sample   []Record // read ahead
}

// column is a mapped column; for a default, value is what it holds.
type column struct {
	name   string
	index  int      // in the cells of a CSV row
	path   []string // in a JSON row, when name is no member as it stands
	member string
	target target
	split  string
	values map[string]string
	value  any
}

// NewRows compares the mapping with the file and answers everything that does not fit in one *MappingError: columns that
// the file lacks or has twice, and constants that are no values of their members. resolve may be nil: municipalities then
// pass as they stand, codes with their leading zeros.
func NewRows(reader *Reader, mapping *Mapping, resolve Resolver) (*Rows, error) {
	rows := &Rows{reader: reader, mapping: mapping, resolve: resolve}
	faults := rows.bindDefaults()
	if reader.Format() == CSV {
		faults = append(faults, rows.bindHeader()...)
	} else {
		faults = append(faults, rows.bindSample()...)
	}
	if len(faults) > 0 {
		return nil, &MappingError{Faults: faults}
	}
	return rows, nil
}

// Next returns the next row, or io.EOF after the last. Other errors are those of Reader.Next.
func (r *Rows) Next() (Row, error) {
	var record Record
	if len(r.sample) > 0 {
		record, r.sample = r.sample[0], r.sample[1:]
	} else {
		r.sample = nil // lets go of the array
		var err error
		if record, err = r.reader.Next(); err != nil {
			return Row{}, err
		}
	}
	row := Row{Line: record.Line, Record: record}
	if record.Fault != nil {
		row.Faults = []Fault{asFault(record.Fault, "", CodeMalformed)}
		return row, nil
	}
	r.fill(&row)
	return row, nil
}

func (r *Rows) fill(row *Row) {
	row.Members = make(map[string]any, 8)
	if r.mapping.Identity && row.Record.Object != nil {
		row.Members = identity(row.Record.Object)
	}
	failed := map[string]bool(nil)
	for i := range r.columns {
		c := &r.columns[i]
		value := c.in(row.Record)
		if value == nil || value == "" {
			continue
		}
		if err := r.put(row.Members, c, value); err != nil {
			if failed == nil {
				failed = map[string]bool{}
			}
			failed[c.member] = true
			row.Faults = append(row.Faults, asFault(err, c.member, CodeInvalidType))
		}
	}
	if r.key != nil {
		id, err := lineOf(r.key.in(row.Record))
		switch {
		case err != nil:
			row.Faults = append(row.Faults, asFault(err, r.key.name, CodeInvalidType))
		case id != "":
			row.Key = &ExternalKey{System: r.mapping.Key.System, ID: id}
			assign(row.Members, targets["externalIds"], map[string]any{"system": row.Key.System, "id": id})
		}
	}
	if _, ok := row.Members["kind"]; !ok && r.mapping.KindFromName && !failed["kind"] {
		for _, language := range []string{"fi", "sv", "en"} {
			if kind := KindFromName(textAt(row.Members, "name", language), r.mapping.Federations); kind != "" {
				row.Members["kind"] = kind
				break
			}
		}
	}
	for i := range r.defaults {
		c := &r.defaults[i]
		if _, ok := lookup(row.Members, c.target.path); ok || failed[c.member] {
			continue
		}
		if err := r.put(row.Members, c, c.value); err != nil { // it was well at the start
			row.Faults = append(row.Faults, asFault(err, c.member, CodeInvalidType))
		}
	}
	row.Faults = append(row.Faults, finish(row.Members, r.mapping, failed)...)
}

// finish does what bears on several members.
func finish(members map[string]any, mapping *Mapping, failed map[string]bool) []Fault {
	var faults []Fault
	if _, ok := members["kind"]; !ok && mapping.KindFromName && !failed["kind"] {
		faults = append(faults, Fault{"kind", CodeMissingKind, "the name does not tell the kind, and the mapping has no constant for it"})
	}
	if address, ok := members["address"].(map[string]any); ok {
		// Spreadsheets take postal codes for numbers and drop their zeros.
		code, _ := address["postalCode"].(string)
		if country := textAt(members, "country"); (country == "" || country == "FI") && digits(code, 4) {
			address["postalCode"] = padded(code, 5)
		}
	}
	if point, ok := members["location"].(map[string]any); ok && !failed["location.lat"] && !failed["location.lon"] {
		if point["lat"] == nil || point["lon"] == nil {
			faults = append(faults, Fault{"location", CodeInvalidPoint, "a point needs both lat and lon"})
		}
	}
	if count, ok := members["memberCount"].(map[string]any); ok && count["value"] == nil && !mapping.Identity {
		delete(members, "memberCount") // a year without a count says nothing
	}
	return faults
}

// put converts one value, or each element of a list, and assigns what is not empty.
func (r *Rows) put(members map[string]any, c *column, value any) error {
	if !c.target.list {
		return r.putOne(members, c, value)
	}
	if text, ok := value.(string); ok && c.split != "" {
		for part := range strings.SplitSeq(text, c.split) {
			if err := r.putOne(members, c, part); err != nil {
				return err
			}
		}
		return nil
	}
	elements, ok := value.([]any)
	if !ok {
		return r.putOne(members, c, value)
	}
	for _, element := range elements {
		if err := r.putOne(members, c, element); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rows) putOne(members map[string]any, c *column, value any) error {
	if len(c.values) > 0 {
		if text, err := lineOf(value); err == nil {
			if translated, ok := c.values[text]; ok {
				value = translated
			} else if translated, ok := c.values[strings.ToLower(text)]; ok {
				value = translated
			}
		}
	}
	converted, err := c.target.convert(r.resolve, value)
	if err != nil {
		return err
	}
	if converted != nil {
		assign(members, c.target, converted)
	}
	return nil
}

// in finds the column in a record: a JSON member by its name, else by its path ("location.city.cityCode").
func (c *column) in(record Record) any {
	if record.Object == nil {
		return record.Cells[c.index]
	}
	if value, ok := record.Object[c.name]; ok {
		return value
	}
	if len(c.path) > 1 {
		value, _ := lookup(record.Object, c.path)
		return value
	}
	return nil
}

func (c *column) inObject(object map[string]any) bool {
	_, ok := object[c.name]
	if !ok && len(c.path) > 1 {
		_, ok = lookup(object, c.path)
	}
	return ok
}

// readOnly are the members of an exported row that the service writes itself.
var readOnly = set("id", "version", "createdAt", "updatedAt")

// identity copies a row of the API's own shape: its texts are cleaned, its members are for the caller to check.
func identity(object map[string]any) map[string]any {
	members := make(map[string]any, len(object))
	for name, value := range object {
		if !readOnly[name] {
			members[name] = cleaned(value)
		}
	}
	return members
}

func cleaned(value any) any {
	switch v := value.(type) {
	case string:
		return cleanText(v)
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = cleaned(element)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, member := range v {
			object[name] = cleaned(member)
		}
		return object
	}
	return value
}

// readAhead reads the records that stand for the header of a JSON file; whole says that the file has no more.
func (r *Rows) readAhead() (whole bool) {
	size := 0
	for len(r.sample) < sampleRecords && size < sampleBytes {
		record, err := r.reader.Next()
		if err != nil {
			return errors.Is(err, io.EOF) // Next answers the error again, after the sample
		}
		r.sample = append(r.sample, record)
		size += len(record.Raw)
	}
	return false
}

func describe(whole bool, n int) string {
	if whole {
		return "no record of the file has it"
	}
	return fmt.Sprintf("none of the first %d records has it; if later ones do, list it under \"optional\"", n)
}
