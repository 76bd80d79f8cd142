package importfile

import "strings"

// newColumn joins what the mapping says of a column.
func newColumn(mapping *Mapping, name, member string) (column, bool) {
	t, ok := findTarget(member)
	c := column{name: name, path: strings.Split(name, "."), member: strings.TrimSuffix(member, "[]"), target: t, split: mapping.Split[name]}
	for _, key := range []string{c.member, c.member + "[]"} {
		c.translate(mapping.Values[key])
	}
	return c, ok
}

// translate takes over the table, and the same in lower case where the table does not say otherwise.
func (c *column) translate(table map[string]string) {
	if c.values == nil && len(table) > 0 {
		c.values = make(map[string]string, 2*len(table))
	}
	for _, from := range sortedKeys(table) {
		c.values[cleanLine(from)] = table[from]
	}
	for _, from := range sortedKeys(table) {
		lower := strings.ToLower(cleanLine(from))
		if _, ok := c.values[lower]; !ok {
			c.values[lower] = table[from]
		}
	}
}

// bindDefaults converts the constants once, so that a wrong one is known before the first row.
func (r *Rows) bindDefaults() []Fault {
	var faults []Fault
	for _, member := range sortedKeys(r.mapping.Constants) {
		c, ok := newColumn(r.mapping, "", member)
		if !ok {
			faults = append(faults, Fault{"constants." + member, CodeUnknownMember, "the API has no such member for an import"})
			continue
		}
		c.value, c.values = r.mapping.Constants[member], nil
		if err := r.put(map[string]any{}, &c, c.value); err != nil {
			fault := asFault(err, "", CodeInvalidType)
			fault.Member = "constants." + member
			faults = append(faults, fault)
			continue
		}
		r.defaults = append(r.defaults, c)
	}
	return faults
}

// bindHeader finds the mapped columns in the header.
func (r *Rows) bindHeader() []Fault {
	var faults []Fault
	at := map[string]int{}
	doubled := map[string]bool{}
	for i, name := range r.reader.Columns() {
		if _, ok := at[name]; ok {
			doubled[name] = true
		}
		at[name] = i
	}
	find := func(c *column) bool {
		index, ok := at[c.name]
		switch {
		case !ok && !r.mapping.optional(c.name):
			faults = append(faults, Fault{c.name, CodeUnknownColumn, "the file has no such column; it has " + list(r.reader.Columns())})
		case doubled[c.name]:
			faults = append(faults, Fault{c.name, CodeDoubledColumn, "the file has this column more than once"})
		}
		c.index = index
		return ok
	}
	r.bindColumns(&faults, find)
	if r.mapping.Identity {
		for _, name := range r.reader.Columns() {
			if name == "" || readOnly[name] || r.mapping.mapped(name) {
				continue
			}
			c, ok := newColumn(r.mapping, name, name)
			if !ok {
				faults = append(faults, Fault{name, CodeUnknownMember, "the column is called as no member of the API that an import can set"})
				continue
			}
			if find(&c) {
				c.target = unguarded(c.target)
				r.columns = append(r.columns, c)
			}
		}
	}
	return faults
}

// bindSample finds the mapped columns among the members of the first records.
func (r *Rows) bindSample() []Fault {
	var faults []Fault
	whole := r.readAhead()
	readable := 0
	for _, record := range r.sample {
		if record.Fault == nil {
			readable++
		}
	}
	r.bindColumns(&faults, func(c *column) bool {
		if readable == 0 || r.mapping.optional(c.name) {
			return true
		}
		for _, record := range r.sample {
			if record.Fault == nil && c.inObject(record.Object) {
				return true
			}
		}
		faults = append(faults, Fault{c.name, CodeUnknownColumn, describe(whole, len(r.sample))})
		return true
	})
	return faults
}

// bindColumns keeps the columns that find finds. The order is fixed, so that faults are.
func (r *Rows) bindColumns(faults *[]Fault, find func(*column) bool) {
	for _, name := range sortedKeys(r.mapping.Columns) {
		c, ok := newColumn(r.mapping, name, r.mapping.Columns[name])
		if !ok {
			*faults = append(*faults, Fault{"columns." + name, CodeUnknownMember, "no member that a column can be mapped to"})
			continue
		}
		if find(&c) {
			r.columns = append(r.columns, c)
		}
	}
	if r.mapping.Key != nil {
		name := r.mapping.Key.Column
		if c := (column{name: name, path: strings.Split(name, ".")}); find(&c) {
			r.key = &c
		}
	}
}

// unguarded takes away the apostrophe that our exports put before a text that a spreadsheet would take for a formula.
func unguarded(t target) target {
	convert := t.convert
	t.convert = func(resolve Resolver, v any) (any, error) {
		if text, ok := v.(string); ok && len(text) > 1 && text[0] == '\'' && strings.IndexByte("=+-@\t\r", text[1]) >= 0 {
			v = text[1:]
		}
		return convert(resolve, v)
	}
	return t
}

// list names at most 30 columns: a detail shall stay readable.
func list(columns []string) string {
	if len(columns) > 30 {
		return strings.Join(columns[:30], ", ") + " …"
	}
	return strings.Join(columns, ", ")
}
